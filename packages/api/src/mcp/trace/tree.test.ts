import type { TraceColumns } from '@clew/query';
import { describe, expect, test } from 'vitest';
import { gapsOf, operationShares, repeatsOf } from './findings.ts';
import { foldedLines } from './fold.ts';
import { treeOf } from './tree.ts';

type Row = readonly [
  parent: number,
  start: number,
  duration: number,
  name: string,
  error?: 'error',
];

/** Rows in start order, times in milliseconds, all of one service. */
function columnsOf(rows: readonly Row[]): TraceColumns {
  const names = [...new Set(rows.map(([, , , name]) => name))];
  return {
    traceId: '1'.repeat(32),
    baseNs: '0',
    spans: rows.length,
    complete: true,
    services: [{ name: 'svc', look: 0 }],
    names,
    parent: Int32Array.from(rows, ([parent]) => parent),
    start: Float64Array.from(rows, ([, start]) => start * 1e6),
    duration: Float64Array.from(rows, ([, , duration]) => duration * 1e6),
    spanId: new Uint8Array(rows.length * 8),
    name: Uint16Array.from(rows, ([, , , name]) => names.indexOf(name)),
    service: new Uint8Array(rows.length),
    kind: new Uint8Array(rows.length),
    status: Uint8Array.from(rows, ([, , , , error]) => (error === undefined ? 0 : 2)),
    flags: new Uint8Array(rows.length),
    took: { ms: 0, rowsRead: 0 },
  };
}
const ms = (times: Float64Array) => [...times].map((ns) => ns / 1e6);

describe('self time and critical path', () => {
  test.each<[string, readonly Row[], readonly number[], readonly number[]]>([
    ['a single span', [[-1, 0, 10, 'a']], [10], [10]],
    [
      'one after another',
      [
        [-1, 0, 100, 'a'],
        [0, 10, 30, 'b'],
        [0, 50, 40, 'c'],
      ],
      [30, 30, 40],
      [30, 30, 40],
    ],
    [
      'at the same time: what ends last is waited for',
      [
        [-1, 0, 100, 'a'],
        [0, 10, 50, 'b'],
        [0, 20, 60, 'c'],
      ],
      [30, 50, 60],
      [30, 10, 60],
    ],
    [
      'a child that outlives its parent counts while the parent runs',
      [
        [-1, 0, 50, 'a'],
        [0, 40, 100, 'b'],
      ],
      [40, 100],
      [40, 10],
    ],
    [
      'children of children',
      [
        [-1, 0, 100, 'a'],
        [0, 0, 100, 'b'],
        [1, 20, 50, 'c'],
      ],
      [0, 50, 50],
      [0, 50, 50],
    ],
    [
      'a second root is not on the path of the longer one',
      [
        [-1, 0, 10, 'a'],
        [-2, 5, 80, 'b'],
      ],
      [10, 80],
      [0, 80],
    ],
  ])('%s', (_, rows, self, critical) => {
    const tree = treeOf(columnsOf(rows));
    expect(ms(tree.selfNs)).toEqual(self);
    expect(ms(tree.criticalNs)).toEqual(critical);
  });

  test('a chain of 100 000 spans is walked without a stack', () => {
    const rows = Array.from({ length: 100_000 }, (_, at): Row => [at - 1, 0, 1, 'deep']);
    const tree = treeOf(columnsOf(rows));
    expect(tree.criticalNs.at(-1)).toBe(1e6);
    expect(foldedLines(tree).at(-1)).toContain('deeper levels left out');
  });

  test('no span at all', () => {
    const tree = treeOf(columnsOf([]));
    expect([tree.durationNs, foldedLines(tree)]).toEqual([0, []]);
  });
});

test('what repeats is folded, few of a kind are not', () => {
  const calls = Array.from({ length: 40 }, (_, at): Row => [0, at, 1, 'query']);
  const lines = foldedLines(treeOf(columnsOf([[-1, 0, 50, 'list'], ...calls, [0, 45, 2, 'end']])));
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^ {2}\* ×40 svc: query \(40 ms in all, each 1 ms to 1 ms/);
});

test('repeats, retries and gaps are found', () => {
  const tree = treeOf(
    columnsOf([
      [-1, 0, 100, 'a'],
      [0, 0, 10, 'try', 'error'],
      [0, 10, 10, 'try'],
      [0, 20, 30, 'wide'],
      [0, 20, 30, 'wide'],
      [0, 20, 30, 'wide'],
    ]),
  );
  expect(repeatsOf(tree)).toMatchObject([
    { rows: [3, 4, 5], isSequential: false, isRetry: false },
    { rows: [1, 2], isSequential: true, isRetry: true, errors: 1 },
  ]);
  expect(gapsOf(tree)).toEqual([{ row: 0, fromNs: 50e6, toNs: 100e6 }]);
  const [first] = operationShares([tree]);
  expect(first).toMatchObject({ name: 'a', criticalNs: 50e6, spans: 1 });
});
