import type { TraceColumns } from '@clew/query';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeColumns } from './columns.ts';

type Header = {
  traceId: string;
  baseNs: string;
  spans: number;
  complete: boolean;
  services: { name: string; look: number }[];
  names: string[];
  columns: Record<string, { at: number; type: string }>;
};

/** A reader written from the layout in README.md alone: DataView, byte by byte. */
function readColumns(message: Buffer): {
  header: Header;
  column(name: string): (number | string)[];
} {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  expect(message.toString('latin1', 0, 4)).toBe('CLW1');
  const headerBytes = view.getUint32(4, true);
  const buffersAt = 8 + headerBytes;
  expect(buffersAt % 8).toBe(0);
  const header = JSON.parse(message.toString('utf8', 8, buffersAt)) as Header;
  const readers: Record<string, [bytes: number, read: (at: number) => number | string]> = {
    i32: [4, (at) => view.getInt32(at, true)],
    f64: [8, (at) => view.getFloat64(at, true)],
    u8: [1, (at) => view.getUint8(at)],
    u16: [2, (at) => view.getUint16(at, true)],
    u32: [4, (at) => view.getUint32(at, true)],
    u64be: [8, (at) => message.toString('hex', at, at + 8)],
  };
  return {
    header,
    column(name) {
      const { at, type } = header.columns[name]!;
      expect(at % 8).toBe(0);
      const [bytes, read] = readers[type]!;
      return Array.from({ length: header.spans }, (_, row) => read(buffersAt + at + row * bytes));
    },
  };
}

function columnsOf(count: number, wide = false): TraceColumns {
  const rows = Array.from({ length: count }, (_, row) => row);
  const ids = Buffer.alloc(count * 8);
  for (const row of rows) ids.writeBigUInt64BE(0xfedcba9876543210n - BigInt(row), row * 8);
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    baseNs: '1769860800000000001',
    spans: count,
    complete: count !== 3,
    services: [
      { name: 'frontend', look: 0 },
      { name: 'Köln ☕', look: 23 },
    ],
    names: ['GET /', 'SELECT "orders"'],
    parent: Int32Array.from(rows, (row) => row - 1),
    start: Float64Array.from(rows, (row) => row * 1e15 + 1),
    duration: Float64Array.from(rows, (row) => row * 0.5),
    spanId: new Uint8Array(ids),
    name: wide
      ? Uint32Array.from(rows, (row) => row % 2)
      : Uint16Array.from(rows, (row) => row % 2),
    service: wide
      ? Uint16Array.from(rows, (row) => row % 2)
      : Uint8Array.from(rows, (row) => row % 2),
    kind: Uint8Array.from(rows, (row) => row % 6),
    status: Uint8Array.from(rows, (row) => row % 3),
    flags: Uint8Array.from(rows, (row) => row % 16),
    took: { ms: 1, rowsRead: count },
  };
}

test.each([
  [0, false],
  [1, false],
  [3, false],
  [7, true],
  [1000, true],
])('%i rows come back (wide: %s)', (count, wide) => {
  const trace = columnsOf(count, wide);
  const { header, column } = readColumns(encodeColumns(trace));
  const { traceId, baseNs, spans, complete, services, names } = trace;
  expect(header).toMatchObject({ traceId, baseNs, spans, complete, services, names });
  for (const name of [
    'parent',
    'start',
    'duration',
    'name',
    'service',
    'kind',
    'status',
    'flags',
  ]) {
    expect(column(name)).toEqual([...(trace[name as 'parent'] as Int32Array)]);
  }
  const ids = Buffer.from(trace.spanId).toString('hex').match(/.{16}/g) ?? [];
  expect(column('spanId')).toEqual(ids);
});

test('columns that are views into larger buffers are read from where they start', () => {
  const trace = columnsOf(3);
  const wide = new Uint8Array([9, 9, ...trace.kind, 9]);
  const message = encodeColumns({ ...trace, kind: wide.subarray(2, 5) });
  expect(readColumns(message).column('kind')).toEqual([...trace.kind]);
});

test('any names survive, whatever their bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (names) => {
      const { header } = readColumns(encodeColumns({ ...columnsOf(1), names }));
      expect(header.names).toEqual(names);
    }),
  );
});

test('a span takes less than 40 bytes', () => {
  expect(encodeColumns(columnsOf(10_000)).length / 10_000).toBeLessThan(40);
});
