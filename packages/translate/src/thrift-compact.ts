/**
 * Thrift's compact encoding: numbers as varints, field ids as differences, booleans inside their field's head.
 *
 * Never knows: which struct it reads.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

import {
  BINARY,
  BOOL,
  BYTE,
  DOUBLE,
  I16,
  I32,
  I64,
  LIST,
  MAP,
  SET,
  STOP,
  STRUCT,
  ThriftReader,
  UUID,
} from './thrift-reader.ts';

const PROTOCOL_ID = 0x82;
const VERSION = 1;
const TRUE = 1;
/** Not of the compact encoding: stands for the bool whose value is in the head of its field. */
const NONE = -1;

/** The compact encoding's types → those of the binary one. */
const TYPES = [STOP, BOOL, BOOL, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT, UUID];
/** As many bytes as 64 bits take in groups of seven. */
const VARINT_BYTES_MAX = 10;

class CompactReader extends ThriftReader {
  #lastId = 0;
  /** The value of a boolean field, which its head holds; NONE inside lists. */
  #bool = NONE;

  beginStruct(): number {
    const outer = this.#lastId;
    this.#lastId = 0;
    return outer;
  }

  endStruct(outer: number): void {
    this.#lastId = outer;
  }

  field(): boolean {
    this.need(1);
    const head = this.source[this.at++]!;
    if (head === STOP) {
      this.fieldType = STOP;
      return false;
    }
    const delta = head >>> 4;
    this.#lastId = delta === 0 ? this.i16() : this.#lastId + delta;
    this.fieldId = this.#lastId;
    const type = head & 0x0f;
    this.fieldType = this.#typeOf(type);
    this.#bool = this.fieldType === BOOL ? type : NONE;
    return true;
  }

  bool(): boolean {
    const type = this.#bool;
    this.#bool = NONE;
    return (type === NONE ? this.byte() : type) === TRUE;
  }

  i16(): number {
    return this.i32();
  }

  i32(): number {
    const value = this.#varint32();
    return (value >>> 1) ^ -(value & 1);
  }

  i64(): void {
    this.#varint64();
    const sign = -(this.low & 1);
    this.low = ((this.low >>> 1) | (this.high << 31)) ^ sign;
    this.high = (this.high >>> 1) ^ sign;
  }

  double(): number {
    this.need(8);
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  binary(): void {
    this.took(this.#varint32());
  }

  list(): number {
    this.need(1);
    const head = this.source[this.at++]!;
    this.elementType = this.#typeOf(head & 0x0f);
    this.#bool = NONE;
    const size = head >>> 4;
    return this.counted(size === 15 ? this.#varint32() : size);
  }

  skipMap(depth: number): void {
    const size = this.#varint32();
    if (size === 0) return;
    this.need(1);
    const types = this.source[this.at++]!;
    this.counted(size, 2);
    const key = this.#typeOf(types >>> 4);
    const value = this.#typeOf(types & 0x0f);
    this.#bool = NONE;
    for (let i = 0; i < size; i += 1) {
      this.skip(key, depth + 1);
      this.skip(value, depth + 1);
    }
  }

  message(): string {
    this.need(2);
    const isOurs = this.source[this.at] === PROTOCOL_ID;
    if (!isOurs || (this.source[this.at + 1]! & 0x1f) !== VERSION) {
      this.refuse('no message of the compact encoding');
    }
    this.at += 2;
    this.#varint32();
    return this.text();
  }

  #typeOf(type: number): number {
    return TYPES[type] ?? this.refuse(`type ${type}, which the compact encoding does not have`);
  }

  /** The low 32 bits of a varint, unsigned. */
  #varint32(): number {
    const byte = this.source[this.at];
    if (byte !== undefined && byte < 0x80) {
      this.at += 1;
      return byte;
    }
    this.#varint64();
    // Some writers send negative numbers of 32 bits with their sign drawn out to 64.
    return this.low >>> 0;
  }

  #varint64(): void {
    let low = 0;
    let high = 0;
    const last = Math.min(this.end, this.at + VARINT_BYTES_MAX);
    for (let shift = 0; this.at < last; shift += 7) {
      const byte = this.source[this.at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else {
        high |= bits << (shift - 32);
      }
      if (byte < 0x80) {
        this.low = low;
        this.high = high;
        return;
      }
    }
    this.refuse('a varint cut off or over 64 bits');
  }
}

/** A reader over bytes in the compact encoding. */
export function createCompactReader(source: Uint8Array): ThriftReader {
  return new CompactReader(source);
}
