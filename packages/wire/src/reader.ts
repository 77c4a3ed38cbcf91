/**
 * A cursor over the fields of one protobuf message.
 *
 * Used where clarity counts more than speed: mending, frames, translation and the decoder. The hot
 * path is walk.ts. Never knows: which message it reads.
 */

import { FIXED32, FIXED64, LENGTH, VARINT } from './fields.ts';
import { bytesToText } from './text.ts';
import { varintEnd, varintLow32, varintValue } from './varint.ts';

/** Bytes that are no protobuf, or not of the wanted shape. `offset` counts from the body's start. */
export class WireError extends Error {
  readonly offset: number;
  readonly reason: string;

  constructor(reason: string, offset: number, wanted: string) {
    super(`byte ${offset}: found ${reason}, wanted ${wanted}`);
    this.name = 'WireError';
    this.reason = reason;
    this.offset = offset;
  }
}

/** Tags and lengths are 32-bit numbers: five bytes, as the C++ reference decoder reads them. */
const SHORT_VARINT_BYTES_MAX = 5;

export class Reader {
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The field that `next` found: its number, wire type, and where its tag and value stand. */
  field = 0;
  wireType = 0;
  tagAt = 0;
  valueAt = 0;
  valueEnd: number;

  constructor(source: Uint8Array, start = 0, end = source.length) {
    this.source = source;
    this.start = start;
    this.end = end;
    this.valueEnd = start;
  }

  /**
   * Moves to the next field. Returns false at the end of the message.
   *
   * @throws WireError when the bytes are cut off, overlong, or hold a group.
   */
  next(): boolean {
    this.tagAt = this.valueEnd;
    if (this.tagAt >= this.end) {
      return false;
    }
    const tagEnd = this.#shortVarint(this.tagAt);
    const tag = varintLow32(this.source, this.tagAt, tagEnd);
    this.field = tag >>> 3;
    this.wireType = tag & 7;
    if (this.field === 0) {
      throw new WireError('field number 0', this.tagAt, 'a field number of at least 1');
    }
    this.#value(tagEnd);
    return true;
  }

  /** The number of a varint field, its low 32 bits. */
  uint32(): number {
    this.#expect(VARINT);
    return varintLow32(this.source, this.valueAt, this.valueEnd);
  }

  /** The number of a varint field, unsigned. */
  uint64(): bigint {
    this.#expect(VARINT);
    return varintValue(this.source, this.valueAt, this.valueEnd);
  }

  /** The number of a varint field, signed. */
  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  bool(): boolean {
    return this.uint64() !== 0n;
  }

  fixed32(): number {
    this.#expect(FIXED32);
    return this.#view().getUint32(0, true);
  }

  fixed64(): bigint {
    this.#expect(FIXED64);
    return this.#view().getBigUint64(0, true);
  }

  double(): number {
    this.#expect(FIXED64);
    return this.#view().getFloat64(0, true);
  }

  string(): string {
    this.#expect(LENGTH);
    return bytesToText(this.source, this.valueAt, this.valueEnd);
  }

  /** The bytes of a length-delimited field, as a view into the source. */
  bytes(): Uint8Array {
    this.#expect(LENGTH);
    return this.source.subarray(this.valueAt, this.valueEnd);
  }

  /** A cursor over the nested message of a length-delimited field. */
  message(): Reader {
    this.#expect(LENGTH);
    return new Reader(this.source, this.valueAt, this.valueEnd);
  }

  #value(at: number): void {
    this.valueAt = at;
    switch (this.wireType) {
      case VARINT:
        this.valueEnd = varintEnd(this.source, at, this.end);
        if (this.valueEnd < 0) {
          throw new WireError('a varint cut off or over 64 bits', at, 'a varint');
        }
        return;
      case FIXED64:
        this.valueEnd = at + 8;
        break;
      case FIXED32:
        this.valueEnd = at + 4;
        break;
      case LENGTH: {
        this.valueAt = this.#shortVarint(at);
        this.valueEnd = this.valueAt + varintLow32(this.source, at, this.valueAt);
        break;
      }
      default:
        throw new WireError(`wire type ${this.wireType}`, this.tagAt, 'wire type 0, 1, 2 or 5');
    }
    if (this.valueEnd > this.end) {
      throw new WireError('a field that ends past its message', this.tagAt, 'its whole value');
    }
  }

  #shortVarint(at: number): number {
    const end = varintEnd(this.source, at, this.end);
    const size = end - at;
    const overlong = size === SHORT_VARINT_BYTES_MAX && this.source[end - 1]! > 0x0f;
    if (end < 0 || size > SHORT_VARINT_BYTES_MAX || overlong) {
      throw new WireError('a varint cut off or over 32 bits', at, 'a tag or length');
    }
    return end;
  }

  #expect(wireType: number): void {
    if (this.wireType !== wireType) {
      const found = `wire type ${this.wireType} for field ${this.field}`;
      throw new WireError(found, this.tagAt, `wire type ${wireType}`);
    }
  }

  #view(): DataView {
    const { buffer, byteOffset } = this.source;
    return new DataView(buffer, byteOffset + this.valueAt, this.valueEnd - this.valueAt);
  }
}

export function createReader(source: Uint8Array, start = 0, end = source.length): Reader {
  return new Reader(source, start, end);
}
