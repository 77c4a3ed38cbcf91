/**
 * The primitives of the walk: lengths, varints and text over one source of bytes.
 *
 * Positions are numbers, a failure is −1 and notes its reason in `found`; nothing is allocated. The
 * state stands in module variables because passing it costs a tenth of the walk. One scan runs at
 * a time, to its end, and nothing in it is awaited. Never knows: which message is scanned.
 */

import { isText } from './text.ts';
import type { MendReason, RefuseReason, Walk } from './verdict.ts';

/** The result of the running scan, reused by the next one. */
export const found: Walk = {
  verdict: 'clean',
  spans: 0,
  offset: -1,
  reason: '',
  firstSpanOffset: -1,
  firstSpanEnd: -1,
};

const NOTHING = new Uint8Array(0);
const NO_VIEW: DataView = new DataView(NOTHING.buffer);
const TWO_32 = 4294967296;

/** The bytes that are scanned. */
export let source: Uint8Array = NOTHING;
let view = NO_VIEW;
/** Where the content starts that `open` opened. */
export let contentAt = 0;
/** The tag or length that `short` read. */
export let shortValue = 0;

export function beginScan(bytes: Uint8Array): void {
  source = bytes;
  view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  found.verdict = 'clean';
  found.spans = 0;
  found.offset = -1;
  found.reason = '';
  found.firstSpanOffset = -1;
  found.firstSpanEnd = -1;
}

/** Lets go of the source, which may be large, and gives the result. */
export function endScan(): Walk {
  source = NOTHING;
  view = NO_VIEW;
  return found;
}

/** Notes that the bytes need mending. The first reason stays. */
export function mend(reason: MendReason, at: number): void {
  if (found.verdict === 'clean') {
    found.verdict = 'mend';
    found.reason = reason;
    found.offset = at;
  }
}

/** Notes that the bytes are refused. Returns −1, so that a scan can end with it. */
export function fail(reason: RefuseReason, at: number): -1 {
  found.verdict = 'refuse';
  found.reason = reason;
  found.offset = at;
  return -1;
}

/**
 * Reads the length at `at`. Returns where the content ends and leaves its start in `contentAt`, or
 * −1. A length byte that stands past `end` always yields an end past `end`, so it needs no check.
 */
export function open(at: number, end: number): number {
  const length = source[at]!;
  if (length < 0x80) {
    contentAt = at + 1;
    const stop = contentAt + length;
    return stop <= end ? stop : fail('truncated', at);
  }
  return openWide(at, end);
}

function openWide(at: number, end: number): number {
  const next = short(at, end);
  if (next < 0) return -1;
  contentAt = next;
  const stop = next + shortValue;
  return stop <= end ? stop : fail('truncated', at);
}

/**
 * Reads the 32-bit varint (a tag or length) at `at` into `shortValue`; returns where it ends, or −1.
 * As in the reference decoders it has at most five bytes; zero bits may pad it.
 */
export function short(at: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let i = at; i < end; i += 1) {
    const byte = source[i]!;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) {
      shortValue = value;
      return value < TWO_32 ? i + 1 : fail('varint-too-long', at);
    }
    if (i === at + 4) return fail('varint-too-long', at);
  }
  return fail('truncated', at);
}

/** Checks the varint at `at`; returns where it ends, or −1. */
export function varint(at: number, end: number): number {
  for (let i = at; i < end; i += 1) {
    const byte = source[i]!;
    if (byte < 0x80) {
      if (i - at === 9) {
        if (byte > 1) return fail('varint-too-long', at);
        // The engine fails on a tenth byte that is not 1, though zero bits are harmless elsewhere.
        if (byte === 0) mend('padded-varint', at);
      }
      return i + 1;
    }
    if (i - at === 9) return fail('varint-too-long', at);
  }
  return fail('truncated', at);
}

/** A varint of 0 … `most`, which fits one byte; anything else is for mending. */
export function enumeration(at: number, end: number, most: number): number {
  if (at < end && source[at]! <= most) return at + 1;
  const next = varint(at, end);
  if (next > 0) mend('unknown-enum', at);
  return next;
}

/** A varint that fits 32 bits; a larger one is for mending. */
export function uint32(at: number, end: number): number {
  const next = varint(at, end);
  // Four bytes hold 28 bits; five may hold 35 and then need a look.
  if (next - at >= 5 && (next - at > 5 || source[next - 1]! > 0x0f)) mend('number-range', at);
  return next;
}

/** Text of at most `bytesMax` bytes; longer text and bytes that are no UTF-8 are for mending. */
export function text(at: number, end: number, bytesMax: number, reason: MendReason): number {
  const stop = open(at, end);
  if (stop < 0) return -1;
  if (stop - contentAt > bytesMax) mend(reason, at);
  if (!isAscii(contentAt, stop) && !isText(source, contentAt, stop)) mend('not-utf8', at);
  return stop;
}

/** Whether `at … end` holds only ASCII: four bytes at a time, which is 2.5 × as fast as one. */
export function isAscii(at: number, end: number): boolean {
  const words = view;
  const last = end - 4;
  if (last < at) {
    for (let i = at; i < end; i += 1) {
      if (source[i]! > 0x7f) return false;
    }
    return true;
  }
  // The last word overlaps the one before, so there is no rest to loop over.
  let all = words.getInt32(last, true);
  for (let i = at; i < last; i += 4) all |= words.getInt32(i, true);
  return (all & 0x80808080) === 0;
}

/** A fixed64 as a double: exact to 53 bits, which every comparison in the walk allows for. */
export function fixed64(at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** Whether the fixed64 at `at` is less than the one at `other`, exactly. */
export function isBefore(at: number, other: number): boolean {
  const high = view.getUint32(at + 4, true);
  const otherHigh = view.getUint32(other + 4, true);
  return high === otherHigh
    ? view.getUint32(at, true) < view.getUint32(other, true)
    : high < otherHigh;
}

/** Whether the id of 8 or 16 bytes at `at` is all zero. */
export function isZeroId(at: number, size: number): boolean {
  let all = view.getInt32(at) | view.getInt32(at + 4);
  if (size === 16) all |= view.getInt32(at + 8) | view.getInt32(at + 12);
  return all === 0;
}

/**
 * Skips a field that its message does not know. `known` are the numbers that it does know, as
 * bits: such a field has come by a wrong wire type and is refused. Groups always are.
 */
export function skip(at: number, end: number, tag: number, known: number, tagAt: number): number {
  const field = tag >>> 3;
  if (field === 0) return fail('bad-field-number', tagAt);
  const type = tag & 7;
  if (type === 3 || type === 4) return fail('group', tagAt);
  if (field < 32 && ((known >>> field) & 1) === 1) return fail('wrong-wire-type', tagAt);
  switch (type) {
    case 0:
      return varint(at, end);
    case 1:
      return at + 8 <= end ? at + 8 : fail('truncated', tagAt);
    case 2:
      return open(at, end);
    case 5:
      return at + 4 <= end ? at + 4 : fail('truncated', tagAt);
    default:
      return fail('wrong-wire-type', tagAt);
  }
}

/** Notes that the singular `field` was seen; the second time is for mending. */
export function once(seen: number, field: number, at: number): number {
  const bit = 1 << field;
  if ((seen & bit) !== 0) mend('repeated-field', at);
  return seen | bit;
}
