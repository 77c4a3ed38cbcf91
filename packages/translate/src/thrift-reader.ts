/**
 * A cursor over Thrift structs in one of the two encodings, and what both have in common.
 *
 * It reads in place and allocates nothing but texts that are asked for. Every read is bounded by the source: a
 * length or a count that claims more than is left is refused before anything is made of it, and what is skipped
 * may be nested only so deep. Never knows: which struct it reads.
 * https://github.com/apache/thrift/tree/master/doc/specs
 */

import { bytesToText } from '@clew/wire';
import { TranslateError } from './translate-error.ts';

/** Types as in the binary encoding; the compact one is mapped to them. */
export const STOP = 0;
export const BOOL = 2;
export const BYTE = 3;
export const DOUBLE = 4;
export const I16 = 6;
export const I32 = 8;
export const I64 = 10;
export const BINARY = 11;
export const STRUCT = 12;
export const MAP = 13;
export const SET = 14;
export const LIST = 15;
export const UUID = 16;

/** Jaeger's and Zipkin's structs go four deep; unknown fields of later versions a little deeper. */
const SKIP_DEPTH_MAX = 32;

export abstract class ThriftReader {
  readonly source: Uint8Array;
  /** Where the next read begins. */
  at: number;
  /** What `field` found. */
  fieldId = 0;
  fieldType = 0;
  /** What `i64` read: two 32-bit halves, the high one signed. */
  high = 0;
  low = 0;
  /** Where `binary` found the bytes. */
  bytesAt = 0;
  bytesEnd = 0;
  /** What `list` found beside its count. */
  elementType = 0;
  protected readonly view: DataView;
  protected readonly end: number;

  constructor(source: Uint8Array) {
    this.source = source;
    this.at = 0;
    this.end = source.length;
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** Enters a struct; the value is for `endStruct`. */
  abstract beginStruct(): number;
  abstract endStruct(outer: number): void;
  /** Moves to the next field of the struct. Returns false at its end. */
  abstract field(): boolean;
  /** The value of a boolean field, or of an element of a list of them. */
  abstract bool(): boolean;
  abstract i16(): number;
  abstract i32(): number;
  abstract i64(): void;
  abstract double(): number;
  abstract binary(): void;
  /** Enters a list or set; returns how many elements follow. */
  abstract list(): number;
  abstract skipMap(depth: number): void;
  /** Reads the head of a message up to its arguments' struct. Returns the method's name. */
  abstract message(): string;

  byte(): number {
    this.need(1);
    return this.view.getInt8(this.at++);
  }

  text(): string {
    this.binary();
    return bytesToText(this.source, this.bytesAt, this.bytesEnd);
  }

  /** Whether the field has that type; a field of another is skipped, as by Thrift's own readers. */
  is(type: number): boolean {
    if (this.fieldType === type) return true;
    this.skip(this.fieldType);
    return false;
  }

  /** Enters the list of structs of the present field; 0 when it holds anything else, which is skipped. */
  structs(): number {
    if (!this.is(LIST)) return 0;
    const size = this.list();
    if (this.elementType === STRUCT || size === 0) return size;
    for (let i = 0; i < size; i += 1) this.skip(this.elementType, 1);
    return 0;
  }

  /** Passes over a value of that type. */
  skip(type: number, depth = 0): void {
    if (depth > SKIP_DEPTH_MAX) this.refuse(`values nested deeper than ${SKIP_DEPTH_MAX}`);
    switch (type) {
      case BOOL:
        this.bool();
        return;
      case BYTE:
        this.byte();
        return;
      case I16:
        this.i16();
        return;
      case I32:
        this.i32();
        return;
      case I64:
        this.i64();
        return;
      case DOUBLE:
        this.double();
        return;
      case BINARY:
        this.binary();
        return;
      case STRUCT:
        this.#skipStruct(depth);
        return;
      case LIST:
      case SET:
        this.#skipList(depth);
        return;
      case MAP:
        this.skipMap(depth);
        return;
      case UUID:
        this.need(16);
        this.at += 16;
        return;
      default:
        this.refuse(`type ${type}, which Thrift does not have`);
    }
  }

  #skipStruct(depth: number): void {
    const outer = this.beginStruct();
    while (this.field()) this.skip(this.fieldType, depth + 1);
    this.endStruct(outer);
  }

  #skipList(depth: number): void {
    const size = this.list();
    const type = this.elementType;
    for (let i = 0; i < size; i += 1) this.skip(type, depth + 1);
  }

  /** Ends the translation: at the present byte, `found` was found. */
  refuse(found: string): never {
    throw new TranslateError('', `found ${found} at byte ${this.at}`);
  }

  protected need(bytes: number): void {
    if (bytes < 0 || bytes > this.end - this.at) {
      this.refuse(`a value of ${bytes} bytes where ${this.end - this.at} are left`);
    }
  }

  /** Every element takes at least a byte, so a count beyond what is left is a lie. */
  protected counted(size: number, bytesPerElement = 1): number {
    if (size < 0 || size * bytesPerElement > this.end - this.at) {
      this.refuse(`a list of ${size} elements where ${this.end - this.at} bytes are left`);
    }
    return size;
  }

  protected took(length: number): void {
    this.need(length);
    this.bytesAt = this.at;
    this.at += length;
    this.bytesEnd = this.at;
  }
}
