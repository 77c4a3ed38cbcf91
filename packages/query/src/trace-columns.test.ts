import { describe, expect, test } from 'vitest';
import { buildTraceColumns, type ColumnRows } from './trace-columns.ts';

type Cells = { id: number; parent?: number; seconds?: number; ns?: number; name?: string };

function rowsOf(cells: readonly Cells[]): ColumnRows {
  return {
    idHigh: cells.map(() => 0xfffffffe),
    idLow: cells.map(({ id }) => id),
    parentHigh: cells.map(({ parent }) => (parent === undefined ? 0 : 0xfffffffe)),
    parentLow: cells.map(({ parent }) => parent ?? 0),
    seconds: cells.map(({ seconds }) => seconds ?? 100),
    nanoseconds: cells.map(({ ns }) => ns ?? 0),
    duration: cells.map(() => 5),
    service: cells.map(({ id }) => `s${id}`),
    name: cells.map(({ name }) => name ?? 'n'),
    kindNumber: cells.map(() => 2),
    statusNumber: cells.map(() => 0),
    flagBits: cells.map(() => 0),
  };
}

describe('the columns of a trace', () => {
  test('count time from the first row, exactly over seconds', () => {
    const rows = rowsOf([
      { id: 1, seconds: 4_102_444_800, ns: 999_999_999 },
      { id: 2, parent: 1, seconds: 4_102_531_200, ns: 1 },
    ]);
    const columns = buildTraceColumns('t', rows, 10);
    expect(columns.baseNs).toBe('4102444800999999999');
    expect([...columns.start]).toEqual([0, 86_399_000_000_002]);
    expect([...columns.parent]).toEqual([-1, 0]);
    expect([...columns.spanId.subarray(8)]).toEqual([255, 255, 255, 254, 0, 0, 0, 2]);
  });

  test('drop exact repeats only', () => {
    const rows = rowsOf([
      { id: 1 },
      { id: 1 },
      { id: 1, name: 'other' },
      { id: 1, ns: 1 },
      { id: 2, ns: 1 },
    ]);
    expect(buildTraceColumns('t', rows, 10)).toMatchObject({ spans: 4, complete: true });
  });

  test('are cut at the limit, and say so', () => {
    const rows = rowsOf([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(buildTraceColumns('t', rows, 2)).toMatchObject({ spans: 2, complete: false });
    expect(buildTraceColumns('t', rows, 3)).toMatchObject({ spans: 3, complete: true });
  });

  test('number names and services as narrowly as they fit', () => {
    const few = buildTraceColumns('t', rowsOf([{ id: 1 }, { id: 2, name: 'm' }]), 10);
    expect(few.services).toEqual(['s1', 's2']);
    expect(few.names).toEqual(['n', 'm']);
    expect(few.service).toEqual(Uint8Array.of(0, 1));
    expect(few.name).toEqual(Uint16Array.of(0, 1));
    const cells = Array.from({ length: 70_000 }, (_, at) => ({ id: at + 1, name: `n${at}` }));
    const many = buildTraceColumns('t', rowsOf(cells), 100_000);
    expect(many.name).toBeInstanceOf(Uint32Array);
    expect(many.service).toBeInstanceOf(Uint16Array);
  });
});
