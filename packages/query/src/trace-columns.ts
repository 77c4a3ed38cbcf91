/**
 * The columns of a trace as typed arrays: repeats removed, names and services numbered, parents found.
 *
 * A trace of 100,000 spans passes through here, so there is no object per span: rows are numbers in arrays, and parents
 * are found with a hash table made of one.
 *
 * Never knows: how a face encodes the arrays, or how the screen draws them.
 */
import { findParents } from './parents.ts';
import type { TraceColumns } from './results.ts';

/** What sql/trace.ts selects; rows in start order. */
export type ColumnRows = {
  readonly idHigh: readonly number[];
  readonly idLow: readonly number[];
  readonly parentHigh: readonly number[];
  readonly parentLow: readonly number[];
  readonly seconds: readonly number[];
  readonly nanoseconds: readonly number[];
  readonly duration: readonly number[];
  readonly service: readonly string[];
  readonly name: readonly string[];
  readonly kindNumber: readonly number[];
  readonly statusNumber: readonly number[];
  readonly flagBits: readonly number[];
};

export type BuiltColumns = Omit<TraceColumns, 'services' | 'took'> & {
  readonly services: readonly string[];
};

/** @param rowsMax rows shown at most; `rows` may hold one more, which tells that the trace was cut */
export function buildTraceColumns(
  traceId: string,
  read: ColumnRows,
  rowsMax: number,
): BuiltColumns {
  const complete = read.seconds.length <= rowsMax;
  const rows = take(read, keptRows(read, rowsMax));
  const kind = Uint8Array.from(rows.kindNumber);
  const services = numbered(rows.service);
  const names = numbered(rows.name);
  const [seconds = 0, nanoseconds = 0] = [rows.seconds[0], rows.nanoseconds[0]];
  return {
    traceId,
    baseNs: (BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)).toString(),
    spans: rows.seconds.length,
    complete,
    services: services.values,
    names: names.values,
    parent: findParents({ ...rows, kind }),
    start: startsOf(rows, seconds, nanoseconds),
    duration: Float64Array.from(rows.duration),
    spanId: bigEndian(rows.idHigh, rows.idLow),
    name: names.values.length > 0xffff ? names.indices : Uint16Array.from(names.indices),
    service:
      services.values.length > 0xff
        ? Uint16Array.from(services.indices)
        : Uint8Array.from(services.indices),
    kind,
    status: Uint8Array.from(rows.statusNumber),
    flags: Uint8Array.from(rows.flagBits),
  };
}

/** The rows to show: the first of each run of repeats, which the order of the rows puts side by side. */
function keptRows(rows: ColumnRows, rowsMax: number): number[] {
  const kept: number[] = [];
  const count = Math.min(rows.seconds.length, rowsMax);
  for (let row = 0; row < count; row++) {
    if (row === 0 || !isRepeat(rows, row)) kept.push(row);
  }
  return kept;
}

/** A client that retries sends the same span again: same id, start, kind, name and duration. */
function isRepeat(rows: ColumnRows, row: number): boolean {
  const same = (cells: readonly (number | string)[]) => cells[row] === cells[row - 1];
  return (
    same(rows.idLow) &&
    same(rows.idHigh) &&
    same(rows.nanoseconds) &&
    same(rows.seconds) &&
    same(rows.kindNumber) &&
    same(rows.name) &&
    same(rows.duration)
  );
}

function take(rows: ColumnRows, kept: readonly number[]): ColumnRows {
  if (kept.length === rows.seconds.length) return rows;
  const entries = Object.entries(rows) as [string, readonly unknown[]][];
  return Object.fromEntries(
    entries.map(([name, cells]) => [name, kept.map((row) => cells[row])]),
  ) as unknown as ColumnRows;
}

/** Nanoseconds after the first row; exact up to 2⁵³ ns, 104 days. */
function startsOf(rows: ColumnRows, seconds: number, nanoseconds: number): Float64Array {
  return Float64Array.from(
    rows.seconds,
    (second, row) => (second - seconds) * 1e9 + (rows.nanoseconds[row]! - nanoseconds),
  );
}

/** Distinct values in order of appearance, and for each row which one it is. */
function numbered(cells: readonly string[]): { values: string[]; indices: Uint32Array } {
  const numbers = new Map<string, number>();
  const indices = new Uint32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const value = cells[row]!;
    let number = numbers.get(value);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(value, number);
    }
    indices[row] = number;
  }
  return { values: [...numbers.keys()], indices };
}

function bigEndian(high: readonly number[], low: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(high.length * 8);
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < high.length; row++) {
    view.setUint32(row * 8, high[row]!);
    view.setUint32(row * 8 + 4, low[row]!);
  }
  return bytes;
}
