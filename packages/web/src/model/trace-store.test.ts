import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeColumns, type FixtureRow, idOf, randomTrace } from '../../test/trace-columns.ts';
import { readColumns } from './columns.ts';
import {
  buildTraceStore,
  findSpanId,
  isOnPath,
  pathTime,
  spanIdHex,
  storeBuffers,
  subtreeErrors,
  type TraceStore,
} from './trace-store.ts';

function storeOf(rows: readonly FixtureRow[]): TraceStore {
  return buildTraceStore(readColumns(encodeColumns(rows)));
}

/** Names in depth-first order, indented by depth. */
function treeOf(store: TraceStore): string[] {
  return Array.from(store.name, (id, span) => '  '.repeat(store.depth[span]!) + store.names[id]);
}

const random = fc
  .record({ spans: fc.integer({ min: 1, max: 300 }), seed: fc.nat() })
  .map(({ spans, seed }) => storeOf(randomTrace(spans, seed)));

describe('the order', () => {
  it('is depth first, children by start', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 9, name: 'root' },
      { parent: 0, start: 1, duration: 1, name: 'first' },
      { parent: 0, start: 2, duration: 5, name: 'second' },
      { parent: 1, start: 3, duration: 1, name: 'late child of first' },
    ]);
    expect(treeOf(store)).toEqual(['root', '  first', '    late child of first', '  second']);
    expect([...store.subtreeSize]).toEqual([4, 2, 1, 1]);
  });

  it('takes a child that began before its parent', () => {
    const store = storeOf([
      { parent: 1, start: 0, duration: 5, name: 'child' },
      { parent: -1, start: 2, duration: 9, name: 'root' },
    ]);
    expect(treeOf(store)).toEqual(['root', '  child']);
  });

  it('sorts rows that a foreign sender left unsorted', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 9, name: 'root' },
      { parent: 0, start: 5, duration: 1, name: 'b' },
      { parent: 0, start: 2, duration: 1, name: 'a' },
    ]);
    expect(treeOf(store)).toEqual(['root', '  a', '  b']);
  });

  it('survives a chain of 100,000', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => ({
      parent: i - 1,
      start: i,
      duration: 5,
    }));
    expect(storeOf(chain).depthMax).toBe(99_999);
  });

  it('holds for every random trace: each span once, each subtree contiguous', () => {
    fc.assert(
      fc.property(random, (store) => {
        const ids = new Set(Array.from({ length: store.spans }, (_, i) => spanIdHex(store, i)));
        expect(ids.size).toBe(store.spans);
        for (let span = 1; span < store.spans; span++) {
          const above = store.parent[span]!;
          if (above >= 0) {
            expect(span).toBeGreaterThan(above);
            expect(span).toBeLessThan(above + store.subtreeSize[above]!);
            expect(store.depth[span]).toBe(store.depth[above]! + 1);
          }
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe('the repairs', () => {
  it('shows a span whose parent is missing as a root', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 9, name: 'root' },
      { parent: -2, start: 1, duration: 2, name: 'orphan' },
    ]);
    expect(treeOf(store)).toEqual(['root', 'orphan']);
    expect(store.repairs.orphans).toBe(1);
  });

  it('opens a cycle at its earliest span and keeps what hangs on it', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 9, name: 'root' },
      { parent: 3, start: 1, duration: 2, name: 'a' },
      { parent: 1, start: 2, duration: 2, name: 'b' },
      { parent: 2, start: 3, duration: 2, name: 'c' },
      { parent: 3, start: 4, duration: 2, name: 'tail' },
    ]);
    expect(treeOf(store)).toEqual(['root', 'a', '  b', '    c', '      tail']);
    expect(store.repairs.cycles).toBe(1);
  });

  it('finds a cycle behind a chain that leads into it', () => {
    const store = storeOf([
      { parent: 1, start: 0, duration: 2, name: 'tail' },
      { parent: 2, start: 1, duration: 2, name: 'a' },
      { parent: 1, start: 2, duration: 2, name: 'b' },
    ]);
    expect(treeOf(store)).toEqual(['a', '  tail', '  b']);
  });

  it('takes a span that is its own parent as a root', () => {
    const store = storeOf([{ parent: 0, start: 0, duration: 2, name: 'me' }]);
    expect(treeOf(store)).toEqual(['me']);
    expect(store.repairs.cycles).toBe(1);
  });

  it('drops exact copies, and gives their children to the one that stays', () => {
    const copy = { parent: 0, start: 1, duration: 2, name: 'twice', spanId: '00000000000000aa' };
    const store = storeOf([
      { parent: -1, start: 0, duration: 9, name: 'root' },
      copy,
      copy,
      { parent: 2, start: 2, duration: 1, name: 'child' },
    ]);
    expect(treeOf(store)).toEqual(['root', '  twice', '    child']);
    expect(store.repairs).toMatchObject({ copies: 1, duplicates: 0 });
  });

  it('keeps two different spans with one id, marked (Zipkin shares ids)', () => {
    const spanId = '00000000000000aa';
    const store = storeOf([
      { parent: -1, start: 0, duration: 9, name: 'client', spanId },
      { parent: 0, start: 1, duration: 2, name: 'server', spanId },
    ]);
    expect(store.spans).toBe(2);
    expect(store.repairs).toMatchObject({ copies: 0, duplicates: 2 });
  });

  it('draws a negative duration as none and says so', () => {
    const store = storeOf([{ parent: -1, start: 5, duration: -3 }]);
    expect(store.duration[0]).toBe(0);
    expect(store.repairs.negative).toBe(1);
  });
});

describe('self time', () => {
  it('counts overlapping children once and clips them to the span', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 100 },
      { parent: 0, start: 10, duration: 30 },
      { parent: 0, start: 20, duration: 30 },
      { parent: 0, start: 90, duration: 60 },
    ]);
    expect(store.self[0]).toBe(50);
  });

  it('is the whole duration beside a child that runs elsewhere in time', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 10 },
      { parent: 0, start: 500, duration: 10 },
    ]);
    expect([...store.self]).toEqual([10, 10]);
  });

  it('is never negative and never above the duration', () => {
    fc.assert(
      fc.property(random, (store) => {
        for (let span = 0; span < store.spans; span++) {
          expect(store.self[span]).toBeGreaterThanOrEqual(0);
          expect(store.self[span]).toBeLessThanOrEqual(store.duration[span]!);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe('the critical path', () => {
  const times = (store: TraceStore) =>
    Array.from({ length: store.spans }, (_, i) => pathTime(store, i));

  it('follows the child that ended last, and blames the gaps on the parent', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 100, name: 'root' },
      { parent: 0, start: 10, duration: 30, name: 'quick' },
      { parent: 0, start: 10, duration: 50, name: 'slow' },
      { parent: 0, start: 70, duration: 20, name: 'last' },
    ]);
    expect(times(store)).toEqual([30, 0, 50, 20]);
  });

  it('goes through a child that was still running when the next began', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 100 },
      { parent: 0, start: 0, duration: 65 },
      { parent: 0, start: 60, duration: 40 },
    ]);
    expect(times(store)).toEqual([0, 60, 40]);
  });

  it('clips a child that outlives its parent', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 100 },
      { parent: 0, start: 50, duration: 500 },
    ]);
    expect(times(store)).toEqual([50, 50]);
  });

  it('walks a consumer after hours in a queue as a root of its own', () => {
    const hour = 3600e9;
    const store = storeOf([
      { parent: -1, start: 0, duration: 100 },
      { parent: 0, start: hour, duration: 40 },
    ]);
    expect(times(store)).toEqual([100, 40]);
  });

  it('is the wall time when one root covers it, without overlaps, and within each self time', () => {
    fc.assert(
      fc.property(random, (store) => {
        const total = times(store).reduce((sum, ns) => sum + ns, 0);
        expect(total).toBeCloseTo(store.wallEnd - store.wallStart, 3);
        for (let span = 0; span < store.spans; span++) {
          expect(pathTime(store, span)).toBeLessThanOrEqual(store.self[span]! + 1e-6);
        }
        const segments = Array.from(
          store.path.start,
          (from, i) => [from, store.path.end[i]!] as const,
        );
        segments.sort((a, b) => a[0] - b[0]);
        for (let i = 1; i < segments.length; i++) {
          expect(segments[i]![0]).toBeGreaterThanOrEqual(segments[i - 1]![1]);
        }
      }),
      { numRuns: 80, seed: 1 },
    );
  });

  it('has nothing to say about a trace without extent', () => {
    const store = storeOf([{ parent: -1, start: 7, duration: 0 }]);
    expect(isOnPath(store, 0)).toBe(false);
  });
});

describe('groups', () => {
  const call = (start: number, name: string, duration = 2) => ({
    parent: 0,
    start,
    duration,
    name,
  });

  it('are five or more same-named siblings, wherever they stand', () => {
    const rows = [
      { parent: -1, start: 0, duration: 100, name: 'root' },
      ...[1, 2, 3, 4].map((at) => call(at, 'few')),
      ...[5, 6, 7, 8, 9].map((at) => call(at, 'many', at)),
      call(10, 'few2'),
      call(11, 'many', 100),
    ];
    const { groups } = storeOf(rows);
    expect(groups.count).toBe(1);
    expect(groups.members.length).toBe(6);
    expect(groups.sum[0]).toBe(135);
    expect(groups.p95[0]).toBe(100);
  });

  it('need the same service', () => {
    const rows = [
      { parent: -1, start: 0, duration: 100, name: 'root' },
      ...[1, 2, 3, 4, 5].map((at) => ({ ...call(at, 'op'), service: `s${at}` })),
    ];
    expect(storeOf(rows).groups.count).toBe(0);
  });
});

describe('the store', () => {
  it('knows the errors of a subtree', () => {
    const store = storeOf([
      { parent: -1, start: 0, duration: 9 },
      { parent: 0, start: 1, duration: 5, status: 2 },
      { parent: 1, start: 2, duration: 1, status: 2 },
      { parent: 0, start: 7, duration: 1 },
    ]);
    expect([0, 1, 2, 3].map((span) => subtreeErrors(store, span))).toEqual([2, 2, 1, 0]);
  });

  it('finds spans by id in any case, and nothing else', () => {
    const store = storeOf(randomTrace(20));
    expect(spanIdHex(store, findSpanId(store, idOf(7).toUpperCase()))).toBe(idOf(7));
    expect(findSpanId(store, 'ffffffffffffffff')).toBe(-1);
    expect(findSpanId(store, 'not an id')).toBe(-1);
  });

  it('names each buffer once, so that a worker may transfer them', () => {
    const buffers = storeBuffers(storeOf(randomTrace(20)));
    expect(new Set(buffers).size).toBe(buffers.length);
    expect(buffers.length).toBeGreaterThan(15);
  });

  it('gives the smaller of two services with one look the next free look, and says so', () => {
    const columns = readColumns(
      encodeColumns([
        { parent: -1, start: 0, duration: 9, service: 'small' },
        { parent: 0, start: 1, duration: 1, service: 'large' },
        { parent: 0, start: 2, duration: 1, service: 'large' },
      ]),
    );
    const services = columns.services.map(({ name }) => ({
      name,
      look: name === 'large' ? 27 : 3,
    }));
    const [small, large] = buildTraceStore({ ...columns, services }).services;
    expect(large!.look).toMatchObject({ slot: 3, swapped: false });
    expect(small!.look).toMatchObject({ slot: 4, swapped: true });
  });
});
