import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depthOf, findParents } from './parents.ts';

/** Rows as [id, parent id, kind]; ids below 2³². */
function parentsOf(rows: readonly (readonly [id: number, parent: number, kind?: number])[]) {
  return findParents({
    idHigh: rows.map(() => 9),
    idLow: rows.map(([id]) => id),
    parentHigh: rows.map(([, parent]) => (parent === 0 ? 0 : 9)),
    parentLow: rows.map(([, parent]) => parent),
    kind: Uint8Array.from(rows, ([, , kind]) => kind ?? 0),
  });
}

describe('parents', () => {
  test('are found whatever the order of rows', () => {
    expect([
      ...parentsOf([
        [3, 2],
        [1, 0],
        [2, 1],
        [4, 7],
      ]),
    ]).toEqual([2, -1, 1, -2]);
  });

  test('keep ids apart that share a half', () => {
    const parent = findParents({
      idHigh: [1, 2],
      idLow: [5, 5],
      parentHigh: [0, 1],
      parentLow: [0, 5],
      kind: new Uint8Array(2),
    });
    expect([...parent]).toEqual([-1, 0]);
  });

  test('cut circles at their earliest row', () => {
    expect([...parentsOf([[1, 1]])]).toEqual([-2]);
    expect([
      ...parentsOf([
        [1, 2],
        [2, 1],
        [3, 1],
      ]),
    ]).toEqual([-2, 0, 0]);
    expect([
      ...parentsOf([
        [9, 8],
        [1, 3],
        [2, 1],
        [3, 2],
        [8, 3],
      ]),
    ]).toEqual([4, -2, 1, 2, 3]);
  });

  test('of a shared id: the server below the client, children below the server', () => {
    const client = [5, 1, 3] as const;
    const server = [5, 1, 2] as const;
    expect([...parentsOf([[1, 0], client, server, [6, 5]])]).toEqual([-1, 0, 1, 2]);
    expect([...parentsOf([[1, 0], server, client, [6, 5]])]).toEqual([-1, 2, 0, 1]);
  });

  test('are a forest for any ids, and its depth is what walking up finds', () => {
    const row = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(5));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const parent = parentsOf(rows.map(([id, of, kind]) => [id + 1, of, kind] as const));
        const steps = (row: number): number => {
          let count = 0;
          for (let at = row; at >= 0; at = parent[at]!) {
            count += 1;
            expect(count).toBeLessThanOrEqual(rows.length);
          }
          return count;
        };
        expect(depthOf(parent)).toBe(Math.max(0, ...rows.map((_, at) => steps(at))));
      }),
      { seed: 1 },
    );
  });

  test('of 100,000 spans in one long chain are found without recursion', () => {
    const rows = Array.from({ length: 100_000 }, (_, at) => [at + 1, at] as const);
    const parent = parentsOf(rows);
    expect(parent[99_999]).toBe(99_998);
    expect(depthOf(parent)).toBe(100_000);
  });
});
