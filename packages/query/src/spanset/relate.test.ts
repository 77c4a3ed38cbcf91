/** Structural operators on shapes that would break a careless walk: very deep, very wide, in circles. */
import { expect, test } from 'vitest';
import { relate } from './relate.ts';
import { type SpanColumns, TraceRows } from './trace-rows.ts';

/** One trace; the span id of row `n` is `n + 1` or given, its parent's id is given, 0 for a root. */
function traceOf(
  parents: readonly number[],
  { ids = parents.map((_, row) => row + 1), kinds = parents.map(() => 0) } = {},
): TraceRows {
  const zeros = parents.map(() => 0);
  const columns: SpanColumns = {
    traceId: parents.map(() => 't'),
    idHigh: zeros,
    idLow: ids,
    parentHigh: zeros,
    parentLow: parents,
    kindNumber: kinds,
    seconds: zeros,
    nanoseconds: zeros,
    isAsked: zeros,
    holds: [],
    cells: [],
    lists: [],
  };
  return new TraceRows(columns, 0, parents.length);
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, row) => row);
const size = 200_000;

test('a chain of 200 000 spans is walked in one go', { timeout: 5_000 }, () => {
  const chain = traceOf(rowsOf(size));
  const all = rowsOf(size);
  expect(relate('>>', chain, all, all)).toHaveLength(size - 1);
  expect(relate('<<', chain, all, all)).toHaveLength(size - 1);
  expect(relate('>>', chain, [size - 1], all)).toEqual([]);
  expect(relate('&>>', chain, [0], [size - 1])).toEqual([0, size - 1]);
  expect(chain.nested.right[0]).toBe(2 * size);
});

test('200 000 siblings are not compared in pairs', { timeout: 5_000 }, () => {
  const wide = traceOf([0, ...rowsOf(size).map(() => 1)]);
  const all = rowsOf(size + 1);
  expect(relate('~', wide, all, all)).toHaveLength(size);
  expect(relate('~', wide, [1], all)).toHaveLength(size - 1);
  expect(relate('!~', wide, all, all)).toEqual([0]);
});

test('a circle is cut at its earliest span, which then has no parent', () => {
  const circle = traceOf([3, 1, 2]);
  const all = rowsOf(3);
  expect(relate('>', circle, all, all)).toEqual([1, 2]);
  expect(relate('>>', circle, [0], all)).toEqual([1, 2]);
  expect(relate('<<', circle, [0], all)).toEqual([]);
  expect([...circle.nested.left]).toEqual([0, 0, 0]);
});

test('spans of one missing parent are siblings, of two are not', () => {
  const torn = traceOf([8, 8, 9]);
  const all = rowsOf(3);
  expect(relate('~', torn, all, all)).toEqual([0, 1]);
});

test('a server that shares the id of a root is below it, and a root itself for its numbers', () => {
  const [server, client] = [2, 3];
  const joined = traceOf([0, 0, 1], { ids: [1, 1, 2], kinds: [client, server, client] });
  expect(relate('>', joined, [0], rowsOf(3))).toEqual([1]);
  expect(relate('>', joined, [1], rowsOf(3))).toEqual([2]);
  expect([...joined.nested.parent]).toEqual([-1, -1, 3]);
  expect([...joined.nested.left]).toEqual([1, 3, 4]);
  expect([...joined.nested.right]).toEqual([2, 6, 5]);
});
