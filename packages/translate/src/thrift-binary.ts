/**
 * Thrift's binary encoding: everything in its full width, big-endian.
 *
 * Never knows: which struct it reads.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
 */

import { bytesToText } from '@clew/wire';
import { STOP, ThriftReader } from './thrift-reader.ts';

const VERSION_1 = 0x8001;

class BinaryReader extends ThriftReader {
  beginStruct(): number {
    return 0;
  }

  endStruct(): void {}

  field(): boolean {
    this.need(1);
    this.fieldType = this.source[this.at++]!;
    if (this.fieldType === STOP) return false;
    this.fieldId = this.i16();
    return true;
  }

  bool(): boolean {
    return this.byte() !== 0;
  }

  i16(): number {
    this.need(2);
    this.at += 2;
    return this.view.getInt16(this.at - 2);
  }

  i32(): number {
    this.need(4);
    this.at += 4;
    return this.view.getInt32(this.at - 4);
  }

  i64(): void {
    this.need(8);
    this.high = this.view.getInt32(this.at);
    this.low = this.view.getInt32(this.at + 4);
    this.at += 8;
  }

  double(): number {
    this.need(8);
    this.at += 8;
    return this.view.getFloat64(this.at - 8);
  }

  binary(): void {
    this.took(this.i32());
  }

  list(): number {
    this.elementType = this.byte();
    return this.counted(this.i32());
  }

  skipMap(depth: number): void {
    const key = this.byte();
    const value = this.byte();
    const size = this.counted(this.i32(), 2);
    for (let i = 0; i < size; i += 1) {
      this.skip(key, depth + 1);
      this.skip(value, depth + 1);
    }
  }

  /** The strict form begins with a version, the old one with the length of the name. */
  message(): string {
    const first = this.i32();
    if (first >= 0) {
      this.took(first);
      const name = bytesToText(this.source, this.bytesAt, this.bytesEnd);
      this.byte();
      this.i32();
      return name;
    }
    if (first >>> 16 !== VERSION_1) this.refuse('no message of the binary encoding');
    const name = this.text();
    this.i32();
    return name;
  }
}

/** A reader over bytes in the binary encoding. */
export function createBinaryReader(source: Uint8Array): ThriftReader {
  return new BinaryReader(source);
}
