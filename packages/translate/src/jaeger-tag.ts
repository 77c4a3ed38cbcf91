/**
 * A Jaeger tag as its two encodings bring it → an OTLP attribute, bytes to bytes.
 *
 * Never knows: Thrift, protobuf, which tags mean more than themselves.
 */

import { bytesToText, type Writer } from '@clew/wire';

/** Types by the numbers of jaeger.thrift; the protobuf form counts otherwise. */
export const STRING = 0;
export const DOUBLE = 1;
export const BOOL = 2;
export const LONG = 3;
export const BINARY = 4;

/** One tag, used again for the next: texts and bytes are places in `source`. */
export interface JaegerTag {
  source: Uint8Array;
  keyAt: number;
  keyEnd: number;
  type: number;
  /** Of a text. */
  textAt: number;
  textEnd: number;
  /** Of binary bytes. */
  bytesAt: number;
  bytesEnd: number;
  bool: boolean;
  double: number;
  /** Of a long. */
  high: number;
  low: number;
}

export function createTag(source: Uint8Array): JaegerTag {
  const tag = { source, keyAt: 0, keyEnd: 0, type: 0, textAt: 0, textEnd: 0, bytesAt: 0 };
  return { ...tag, bytesEnd: 0, bool: false, double: 0, high: 0, low: 0 };
}

/** Forgets the tag before; absent members have their type's zero. */
export function clearTag(tag: JaegerTag): void {
  tag.keyAt = tag.keyEnd = 0;
  tag.type = STRING;
  tag.textAt = tag.textEnd = 0;
  tag.bytesAt = tag.bytesEnd = 0;
  tag.bool = false;
  tag.double = 0;
  tag.high = tag.low = 0;
}

/** Writes the tag as a `KeyValue` in field `field`. */
export function writeTag(to: Writer, field: number, tag: JaegerTag): void {
  const pair = to.begin(field);
  to.slice(1, tag.source, tag.keyAt, tag.keyEnd);
  const value = to.begin(2);
  switch (tag.type) {
    case DOUBLE:
      to.double(4, tag.double);
      break;
    case BOOL:
      to.bool(2, tag.bool);
      break;
    case LONG:
      to.varint64Halves(3, tag.high, tag.low);
      break;
    case BINARY:
      to.slice(7, tag.source, tag.bytesAt, tag.bytesEnd);
      break;
    default:
      // A type of later versions has its value as text, if it has one.
      to.slice(1, tag.source, tag.textAt, tag.textEnd);
  }
  to.end(value);
  to.end(pair);
}

/** The value of a text tag; empty for every other. */
export function textOf(tag: JaegerTag): string {
  return tag.type === STRING ? bytesToText(tag.source, tag.textAt, tag.textEnd) : '';
}

/** The value as a count; `undefined` when it is none. Clients for JavaScript send every number as a double. */
export function countOf(tag: JaegerTag): number | undefined {
  if (tag.type === LONG) return tag.high === 0 ? tag.low >>> 0 : undefined;
  if (tag.type === DOUBLE) return tag.double === tag.double >>> 0 ? tag.double : undefined;
  const text = textOf(tag);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
