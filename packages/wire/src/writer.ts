/**
 * A growing buffer that protobuf fields are appended to.
 *
 * Nested messages are written in place: `begin` leaves one byte for the length, `end` makes room
 * when the content needs more. Never knows: which message is written.
 */

import { FIXED32, FIXED64, LENGTH, VARINT } from './fields.ts';
import { writeText } from './text.ts';
import { varintSize, writeVarint, writeVarint64 } from './varint.ts';

/** A tag and a 64-bit varint never take more than this together. */
const FIELD_BYTES_MAX = 20;
const START_BYTES = 1024;

export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;

  constructor(startBytes: number) {
    this.#bytes = new Uint8Array(startBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** A uint32, an enum or any whole number of 0 … 2⁵³. */
  varint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#at = writeVarint(this.#bytes, this.#at, value);
  }

  /** An int64 or uint64: the low 64 bits of `value`. */
  varint64(field: number, value: bigint): void {
    this.#tag(field, VARINT);
    this.#at = writeVarint64(this.#bytes, this.#at, value);
  }

  /** An int64 or uint64 given as its two halves, which spares a bigint. */
  varint64Halves(field: number, high: number, low: number): void {
    this.#tag(field, VARINT);
    let rest = low >>> 0;
    let restHigh = high >>> 0;
    while (restHigh > 0) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest = ((rest >>> 7) | (restHigh << 25)) >>> 0;
      restHigh >>>= 7;
    }
    this.#at = writeVarint(this.#bytes, this.#at, rest);
  }

  bool(field: number, value: boolean): void {
    this.varint(field, value ? 1 : 0);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, FIXED64);
    this.#view.setBigUint64(this.#at, BigInt.asUintN(64, value), true);
    this.#at += 8;
  }

  /** A fixed64 given as its two halves, which spares a bigint. */
  fixed64Halves(field: number, high: number, low: number): void {
    this.#tag(field, FIXED64);
    this.#view.setUint32(this.#at, low, true);
    this.#view.setUint32(this.#at + 4, high, true);
    this.#at += 8;
  }

  double(field: number, value: number): void {
    this.#tag(field, FIXED64);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  string(field: number, text: string): void {
    this.#room(FIELD_BYTES_MAX + 3 * text.length);
    const mark = this.begin(field);
    this.#at = writeText(text, this.#bytes, this.#at);
    this.end(mark);
  }

  bytes(field: number, value: Uint8Array): void {
    this.slice(field, value, 0, value.length);
  }

  /** A length-delimited field that holds the bytes `at … end` of `from`. */
  slice(field: number, from: Uint8Array, at: number, end: number): void {
    this.#tag(field, LENGTH);
    this.#at = writeVarint(this.#bytes, this.#at, end - at);
    this.raw(from, at, end);
  }

  /** A length-delimited field that holds all that another writer has written. */
  message(field: number, content: Writer): void {
    this.slice(field, content.#bytes, 0, content.#at);
  }

  /** The bytes `at … end` of `from` as they are, without tag and length. */
  raw(from: Uint8Array, at: number, end: number): void {
    const size = end - at;
    this.#room(size);
    if (size < 24) {
      for (let i = at; i < end; i += 1) {
        this.#bytes[this.#at++] = from[i]!;
      }
      return;
    }
    this.#bytes.set(from.subarray(at, end), this.#at);
    this.#at += size;
  }

  /**
   * A text attribute as field `field` (below 16): a message of `key`, which is its encoded field `key`, and of a
   * value, the bytes `at … end` of `from`. The same as begin, raw, begin, slice, end, end, with one look for room.
   */
  textAttribute(field: number, key: Uint8Array, from: Uint8Array, at: number, end: number): void {
    const length = end - at;
    const value = 1 + varintSize(length) + length;
    const size = key.length + 1 + varintSize(value) + value;
    this.#room(FIELD_BYTES_MAX + size);
    const bytes = this.#bytes;
    let to = this.#at;
    bytes[to] = field * 8 + LENGTH;
    to = writeVarint(bytes, to + 1, size);
    for (let i = 0; i < key.length; i += 1) bytes[to++] = key[i]!;
    // KeyValue.value = 2, AnyValue.string_value = 1.
    bytes[to] = 2 * 8 + LENGTH;
    to = writeVarint(bytes, to + 1, value);
    bytes[to] = 8 + LENGTH;
    to = writeVarint(bytes, to + 1, length);
    if (length < 24) for (let i = at; i < end; i += 1) bytes[to++] = from[i]!;
    else {
      bytes.set(from.subarray(at, end), to);
      to += length;
    }
    this.#at = to;
  }

  /** Opens a nested message; hand the result to `end`, innermost first. */
  begin(field: number): number {
    this.#tag(field, LENGTH);
    return this.#at++;
  }

  /** Closes the nested message that `begin` opened. */
  end(mark: number): void {
    const size = this.#at - mark - 1;
    const more = varintSize(size) - 1;
    if (more > 0) {
      this.#room(more);
      this.#bytes.copyWithin(mark + 1 + more, mark + 1, this.#at);
      this.#at += more;
    }
    writeVarint(this.#bytes, mark, size);
  }

  /** Forgets everything that was written after `length`, as a caller does who changed his mind. */
  rewind(length: number): void {
    this.#at = length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  /** What was written, without a copy: the writer must not be used afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  #tag(field: number, wireType: number): void {
    this.#room(FIELD_BYTES_MAX);
    this.#at = writeVarint(this.#bytes, this.#at, field * 8 + wireType);
  }

  #room(size: number): void {
    const wanted = this.#at + size;
    if (wanted <= this.#bytes.length) {
      return;
    }
    const bytes = new Uint8Array(Math.max(wanted, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** `startBytes` is what is allocated at first; it grows as needed. */
export function createWriter(startBytes = START_BYTES): Writer {
  return new Writer(startBytes);
}
