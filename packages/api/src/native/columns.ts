/**
 * A trace as columns in one binary message, `application/vnd.clew.trace-columns`; the layout is in README.md.
 *
 * Little-endian: "CLW1" · u32 header length · header JSON padded with spaces · buffers. Everything
 * starts at a multiple of eight, so that a reader makes typed views and copies nothing.
 *
 * Never knows: how the columns were made, or who draws them.
 */
import { endianness } from 'node:os';
import type { TraceColumns } from '@clew/query';

export const columnsMediaType = 'application/vnd.clew.trace-columns';

type Numbers = Int32Array | Float64Array | Uint8Array | Uint16Array | Uint32Array;
type ColumnType = 'i32' | 'f64' | 'u8' | 'u16' | 'u32' | 'u64be';
type Column = { readonly name: string; readonly type: ColumnType; readonly values: Numbers };
type Place = { readonly at: number; readonly type: ColumnType };

const magic = 'CLW1';
const leadBytes = 8;

/** The whole message. Its size is about 36 bytes per span and the texts of the dictionaries. */
export function encodeColumns(trace: TraceColumns): Buffer {
  const columns = columnsOf(trace);
  const places: Record<string, Place> = {};
  let buffersBytes = 0;
  for (const { name, type, values } of columns) {
    places[name] = { at: buffersBytes, type };
    buffersBytes += aligned(values.byteLength);
  }
  const header = Buffer.from(JSON.stringify({ ...headerOf(trace), columns: places }));
  const buffersAt = leadBytes + aligned(header.length);
  const message = Buffer.alloc(buffersAt + buffersBytes);
  message.write(magic, 0, 'latin1');
  message.writeUInt32LE(buffersAt - leadBytes, 4);
  message.fill(' ', leadBytes, buffersAt);
  message.set(header, leadBytes);
  for (const { name, values } of columns) {
    message.set(littleEndian(values), buffersAt + places[name]!.at);
  }
  return message;
}

function headerOf({ traceId, baseNs, spans, complete, services, names }: TraceColumns) {
  const looks = services.map(({ name, look }) => ({ name, look }));
  return { traceId, baseNs, spans, complete, services: looks, names };
}

function columnsOf(trace: TraceColumns): Column[] {
  return [
    { name: 'parent', type: 'i32', values: trace.parent },
    { name: 'start', type: 'f64', values: trace.start },
    { name: 'duration', type: 'f64', values: trace.duration },
    { name: 'spanId', type: 'u64be', values: trace.spanId },
    { name: 'name', type: unsigned(trace.name), values: trace.name },
    { name: 'service', type: unsigned(trace.service), values: trace.service },
    { name: 'kind', type: 'u8', values: trace.kind },
    { name: 'status', type: 'u8', values: trace.status },
    { name: 'flags', type: 'u8', values: trace.flags },
  ];
}

function unsigned(values: Uint8Array | Uint16Array | Uint32Array): 'u8' | 'u16' | 'u32' {
  const widths = { 1: 'u8', 2: 'u16', 4: 'u32' } as const;
  return widths[values.BYTES_PER_ELEMENT as 1 | 2 | 4];
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

const isLittleEndian = endianness() === 'LE';

function littleEndian(values: Numbers): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (isLittleEndian || values.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = Buffer.from(bytes);
  return values.BYTES_PER_ELEMENT === 8
    ? copy.swap64()
    : values.BYTES_PER_ELEMENT === 4
      ? copy.swap32()
      : copy.swap16();
}
