import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeColumns, type FixtureRow, randomTrace } from '../../test/trace-columns.ts';
import { type Bitset, createBitset, hasBit, setBit } from './bitset.ts';
import { readColumns } from './columns.ts';
import { buildTraceStore, type TraceStore } from './trace-store.ts';
import {
  type FoldState,
  groupOfRow,
  groupRow,
  type VisibleRows,
  visibleRows,
} from './visible-rows.ts';

function storeOf(rows: readonly FixtureRow[]): TraceStore {
  return buildTraceStore(readColumns(encodeColumns(rows)));
}

function open(store: TraceStore, more: Partial<FoldState> = {}): FoldState {
  return {
    collapsed: createBitset(store.spans),
    openGroups: createBitset(store.groups.count),
    grouping: true,
    keep: null,
    focus: -1,
    ...more,
  };
}

function bits(size: number, members: readonly number[]): Bitset {
  const set = createBitset(size);
  for (const member of members) setBit(set, member);
  return set;
}

function spansIn(visible: VisibleRows): number[] {
  return [...visible.rows].filter((code) => code >= 0);
}

/** A trace, a random set of folded spans and of open groups. */
const folded = fc
  .record({
    spans: fc.integer({ min: 1, max: 200 }),
    seed: fc.nat(),
    folds: fc.array(fc.nat(199)),
    groups: fc.nat(),
  })
  .map(({ spans, seed, folds, groups }) => {
    const rows = randomTrace(spans, seed).map((row) => ({
      ...row,
      service: 's',
      name: `op ${row.kind! % 2}`,
    }));
    const store = storeOf(rows);
    const collapsed = bits(
      store.spans,
      folds.filter((fold) => fold < store.spans),
    );
    const openGroups = createBitset(store.groups.count).fill(groups >>> 0);
    return { store, fold: open(store, { collapsed, openGroups }) };
  });

describe('visibleRows', () => {
  const fan = storeOf([
    { parent: -1, start: 0, duration: 100, name: 'root' },
    { parent: 0, start: 1, duration: 1, name: 'before' },
    ...[2, 4, 6, 8, 10].map((start) => ({ parent: 0, start, duration: 1, name: 'call' })),
    { parent: 2, start: 11, duration: 1, name: 'inside' },
    { parent: 0, start: 12, duration: 1, name: 'after' },
  ]);
  const names = (visible: VisibleRows) =>
    Array.from(visible.rows, (code, row) => {
      const name =
        code < 0
          ? `[${fan.groups.from[groupOfRow(code) + 1]! - fan.groups.from[groupOfRow(code)]!}]`
          : fan.names[fan.name[code]!];
      return '  '.repeat(visible.indent[row]!) + name;
    });

  it('puts a group where its first member stood', () => {
    expect(names(visibleRows(fan, open(fan)))).toEqual(['root', '  before', '  [5]', '  after']);
  });

  it('shows the members of an open group one step further in, with their subtrees', () => {
    const rows = names(visibleRows(fan, open(fan, { openGroups: bits(1, [0]) })));
    expect(rows).toEqual([
      'root',
      '  before',
      '  [5]',
      '    call',
      '      inside',
      ...Array(4).fill('    call'),
      '  after',
    ]);
  });

  it('shows siblings one by one without grouping', () => {
    expect(visibleRows(fan, open(fan, { grouping: false })).count).toBe(fan.spans);
  });

  it('roots the view at the focus', () => {
    const call = fan.groups.members[0]!;
    const rows = names(visibleRows(fan, open(fan, { focus: call })));
    expect(rows).toEqual(['call', '  inside']);
  });

  it('keeps only what it is told to', () => {
    const before = [...fan.name].findIndex((id) => fan.names[id] === 'before');
    const visible = visibleRows(fan, open(fan, { keep: bits(fan.spans, [0, before]) }));
    expect(names(visible)).toEqual(['root', '  before']);
  });

  it('never shows more when more is folded, and keeps the order', () => {
    fc.assert(
      fc.property(folded, ({ store, fold }) => {
        const all = spansIn(visibleRows(store, open(store, { openGroups: fold.openGroups })));
        const some = spansIn(visibleRows(store, fold));
        const at = new Map(all.map((span, row) => [span, row]));
        const places = some.map((span) => at.get(span));
        expect(places).not.toContain(undefined);
        expect(places).toEqual(places.toSorted((a, b) => a! - b!));
      }),
    );
  });

  it('hides exactly what has a folded ancestor, without groups', () => {
    fc.assert(
      fc.property(folded, ({ store, fold }) => {
        const shown = new Set(spansIn(visibleRows(store, { ...fold, grouping: false })));
        for (let span = 0; span < store.spans; span++) {
          let hidden = false;
          for (let above = store.parent[span]!; above >= 0; above = store.parent[above]!) {
            hidden ||= hasBit(fold.collapsed, above);
          }
          expect(shown.has(span)).toBe(!hidden);
        }
      }),
    );
  });

  it('knows the row of each span and group it shows', () => {
    fc.assert(
      fc.property(folded, ({ store, fold }) => {
        const visible = visibleRows(store, fold);
        visible.rows.forEach((code, row) => {
          const known = code < 0 ? visible.rowOfGroup[groupOfRow(code)] : visible.rowOfSpan[code];
          expect(known).toBe(row);
          expect(code < 0 ? groupRow(groupOfRow(code)) : code).toBe(code);
        });
      }),
    );
  });
});
