/**
 * Frames: what a segment is made of.
 *
 * A frame is a varint length, the body of one request and a trailer. Protobuf concatenation is
 * merge, so the trailer is nothing but a few more `TracesData` fields behind the body: tenant,
 * listener, arrival and, last, a checksum of everything before it inside the frame. The engine
 * reads a segment of frames as it is. Never knows: files; how a checksum is computed.
 */

import { FIXED32, FIXED64, fields, RESERVED_FIRST, RESERVED_LAST } from './fields.ts';
import { createReader, type Reader, WireError } from './reader.ts';
import { varintSize, writeVarint } from './varint.ts';
import { createWriter } from './writer.ts';

/** The checksum, handed in: CRC-32 as in zlib, continued from `previous`. */
export type Crc32 = (bytes: Uint8Array, previous?: number) => number;

/** What is known about a request besides its bytes. */
export interface FrameFacts {
  readonly tenant: string;
  readonly arrivedMs: number;
  readonly listener: string;
}

/** A two-byte tag and four bytes. */
const CRC_FIELD_BYTES = 6;
/** A two-byte tag and eight bytes. */
const ARRIVED_FIELD_BYTES = 10;
const TAIL_BYTES = CRC_FIELD_BYTES + ARRIVED_FIELD_BYTES;

/** The length prefix of a frame whose body and trailer take `length` bytes together. */
export function frameHead(length: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(varintSize(length));
  writeVarint(head, 0, length);
  return head;
}

/**
 * The trailer of a frame, its checksum still zero: `sealTrailer` fills it in. The same facts give
 * the same size.
 */
export function frameTrailer(facts: FrameFacts): Uint8Array<ArrayBuffer> {
  const writer = createWriter();
  const { tenant, listener, arrived_ms, crc32 } = fields.TracesData;
  writer.string(tenant, facts.tenant);
  writer.string(listener, facts.listener);
  writer.fixed64(arrived_ms, BigInt(Math.trunc(facts.arrivedMs)));
  writer.fixed32(crc32, 0);
  return writer.finish();
}

/** Writes the checksum of `body` and the trailer's other fields into the trailer's last bytes. */
export function sealTrailer(trailer: Uint8Array, body: Uint8Array, crc32: Crc32): void {
  const facts = trailer.subarray(0, trailer.length - CRC_FIELD_BYTES);
  const sum = crc32(facts, crc32(body)) >>> 0;
  for (let i = 0; i < 4; i += 1) {
    trailer[trailer.length - 4 + i] = sum >>> (8 * i);
  }
}

/** The three pieces of a frame, to be written one after the other. The body is not copied. */
export function frame(
  body: Uint8Array,
  facts: FrameFacts,
  crc32: Crc32,
): { readonly head: Uint8Array; readonly body: Uint8Array; readonly trailer: Uint8Array } {
  const trailer = frameTrailer(facts);
  sealTrailer(trailer, body, crc32);
  return { head: frameHead(body.length + trailer.length), body, trailer };
}

/** A frame that was read, its length prefix at `at` and its last byte before `end`. */
export interface Frame extends FrameFacts {
  readonly state: 'whole';
  readonly at: number;
  readonly end: number;
  /** The request as it was appended, a view into the segment. */
  readonly body: Uint8Array;
}

/**
 * Bytes that are no frame. 'damaged': a whole frame follows at `end`, or the segment's length is
 * accounted for. 'torn': nothing that follows is a frame, as after a write that was cut off.
 */
export interface Rubble {
  readonly state: 'damaged' | 'torn';
  readonly at: number;
  readonly end: number;
  readonly reason: string;
}

/**
 * Reads the frames of a segment in order. Where bytes are no whole frame it looks for the next one,
 * yields what lies between as damaged, and goes on; without a next one the rest is yielded as torn.
 */
export function* readFrames(bytes: Uint8Array, crc32: Crc32): Generator<Frame | Rubble, void> {
  let at = 0;
  while (at < bytes.length) {
    const found = readFrame(bytes, at, crc32);
    if (typeof found !== 'string') {
      yield found;
      at = found.end;
      continue;
    }
    const next = nextFrame(bytes, at, crc32);
    yield next < 0
      ? { state: 'torn', at, end: bytes.length, reason: found }
      : { state: 'damaged', at, end: next, reason: found };
    at = next < 0 ? bytes.length : next;
  }
}

/** The frame at `at`, or the reason why there is none. */
function readFrame(bytes: Uint8Array, at: number, crc32: Crc32): Frame | string {
  const range = frameRange(bytes, at);
  if (range === undefined) {
    return 'length past the end';
  }
  if (!hasTail(bytes, range.start, range.end)) {
    return 'no trailer';
  }
  const crcAt = range.end - CRC_FIELD_BYTES;
  const sum = createReader(bytes, crcAt, range.end);
  sum.next();
  if (sum.fixed32() !== crc32(bytes.subarray(range.start, crcAt)) >>> 0) {
    return 'checksum differs';
  }
  try {
    return { ...readTrailer(bytes, range.start, crcAt), state: 'whole', at, end: range.end };
  } catch (error) {
    if (error instanceof WireError) {
      return error.message;
    }
    throw error;
  }
}

function frameRange(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  let length = 0;
  let scale = 1;
  // A frame is shorter than 2³⁵ bytes, which five bytes of varint hold.
  for (let i = at; i < Math.min(bytes.length, at + 5); i += 1) {
    const byte = bytes[i]!;
    length += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) {
      const end = i + 1 + length;
      return end <= bytes.length ? { start: i + 1, end } : undefined;
    }
  }
  return undefined;
}

/** Whether the last 16 bytes carry the tags of arrival and checksum: cheap, and true by chance once in 2³². */
function hasTail(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < TAIL_BYTES) {
    return false;
  }
  const { arrived_ms, crc32 } = fields.TracesData;
  return (
    hasTag(bytes, end - CRC_FIELD_BYTES, crc32 * 8 + FIXED32) &&
    hasTag(bytes, end - TAIL_BYTES, arrived_ms * 8 + FIXED64)
  );
}

function hasTag(bytes: Uint8Array, at: number, tag: number): boolean {
  return bytes[at] === ((tag & 0x7f) | 0x80) && bytes[at + 1] === tag >>> 7;
}

function readTrailer(
  bytes: Uint8Array,
  start: number,
  end: number,
): FrameFacts & { body: Uint8Array } {
  const facts = { tenant: '', listener: '', arrivedMs: 0 };
  let bodyEnd = end;
  for (const reader = createReader(bytes, start, end); reader.next(); ) {
    if (reader.field >= RESERVED_FIRST && reader.field <= RESERVED_LAST) {
      bodyEnd = Math.min(bodyEnd, reader.tagAt);
      readFact(reader, facts);
    }
  }
  return { ...facts, body: bytes.subarray(start, bodyEnd) };
}

function readFact(
  reader: Reader,
  facts: { tenant: string; listener: string; arrivedMs: number },
): void {
  switch (reader.field) {
    case fields.TracesData.tenant:
      facts.tenant = reader.string();
      return;
    case fields.TracesData.listener:
      facts.listener = reader.string();
      return;
    case fields.TracesData.arrived_ms:
      facts.arrivedMs = Number(reader.fixed64());
      return;
  }
}

/** The start of the next whole frame after `at`, or −1. */
function nextFrame(bytes: Uint8Array, at: number, crc32: Crc32): number {
  for (let i = at + 1; i < bytes.length; i += 1) {
    const range = frameRange(bytes, i);
    if (range !== undefined && hasTail(bytes, range.start, range.end)) {
      if (typeof readFrame(bytes, i, crc32) !== 'string') {
        return i;
      }
    }
  }
  return -1;
}
