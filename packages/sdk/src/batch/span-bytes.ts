/**
 * A growable buffer with the few protobuf writes that a span needs.
 *
 * Wire's writer is general; this one leaves room for lengths and patches them, and writes ids as
 * words. Never knows: what a span is. Source: https://protobuf.dev/programming-guides/encoding/
 */

const TWO_32 = 2 ** 32;
/** Up to this length a loop over char codes beats the call into the runtime (reference, 5.3). */
const SHORT = 20;

export class SpanBytes {
  bytes: Buffer;
  at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes sure that `size` more bytes fit. */
  room(size: number): void {
    const wanted = this.at + size;
    if (wanted <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.bytes.length));
    this.bytes.copy(bytes, 0, 0, this.at);
    this.bytes = bytes;
  }

  /** One byte; tags of fields 1 … 15 are one. */
  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A whole number of 0 … 2⁵³; the caller made room for 10 bytes. */
  varint(given: number): void {
    let value = given;
    while (value >= TWO_32) {
      this.bytes[this.at++] = (value % 128) | 0x80;
      value = Math.floor(value / 128);
    }
    value = value >>> 0;
    while (value > 127) {
      this.bytes[this.at++] = (value & 127) | 0x80;
      value >>>= 7;
    }
    this.bytes[this.at++] = value;
  }

  /** An int64 of a number or bigint, also a negative one. */
  int64(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) {
      this.varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.bytes[this.at++] = Number(rest & 127n) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  /** A word of an id, most significant byte first. */
  word(value: number): void {
    const { bytes, at } = this;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
    this.at = at + 4;
  }

  /** A fixed32, least significant byte first. */
  fixed32(value: number): void {
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.at = at + 4;
  }

  /**
   * `ms` milliseconds and `ns` nanoseconds of the epoch as a fixed64. The product with 10⁶ is made
   * in two halves of 16 bits, so that every step stays below 2⁵³.
   */
  nanos(ms: number, ns: number): void {
    const upper = Math.floor(ms / 65_536);
    const x = upper * 1_000_000;
    const low = (x % 65_536) * 65_536 + (ms - upper * 65_536) * 1_000_000 + ns;
    const carry = Math.floor(low / TWO_32);
    this.fixed32(low - carry * TWO_32);
    this.fixed32(Math.floor(x / 65_536) + carry);
  }

  double(value: number): void {
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  /** Length and UTF-8 of a text; lone surrogates become U+FFFD. Makes its own room. */
  text(text: string): void {
    const { length } = text;
    this.room(3 * length + 8);
    if (length <= SHORT) {
      const { bytes, at } = this;
      let i = 0;
      for (; i < length; i += 1) {
        const code = text.charCodeAt(i);
        if (code > 127) break;
        bytes[at + 1 + i] = code;
      }
      if (i === length) {
        bytes[at] = length;
        this.at = at + 1 + length;
        return;
      }
    }
    const mark = this.open();
    this.at += this.bytes.write(text, this.at);
    this.close(mark);
  }

  /** Length and bytes. */
  block(block: Uint8Array): void {
    this.room(block.length + 10);
    this.varint(block.length);
    this.bytes.set(block, this.at);
    this.at += block.length;
  }

  /** The bytes as they are. */
  raw(block: Uint8Array): void {
    this.room(block.length);
    this.bytes.set(block, this.at);
    this.at += block.length;
  }

  /** Leaves one byte for a length; hand the result to `close`, innermost first. */
  open(): number {
    return this.at++;
  }

  close(mark: number): void {
    const size = this.at - mark - 1;
    if (size < 128) {
      this.bytes[mark] = size;
      return;
    }
    this.#widen(mark, size, size < 16_384 ? 2 : size < 2_097_152 ? 3 : 4, 1);
  }

  /** As `open`, for what is mostly of 128 … 16,383 bytes. */
  openWide(): number {
    const mark = this.at;
    this.at += 2;
    return mark;
  }

  closeWide(mark: number): void {
    const size = this.at - mark - 2;
    if (size >= 128 && size < 16_384) {
      this.bytes[mark] = (size & 127) | 0x80;
      this.bytes[mark + 1] = size >>> 7;
      return;
    }
    this.#widen(mark, size, size < 128 ? 1 : size < 2_097_152 ? 3 : 4, 2);
  }

  /** Moves the content so that its length takes `wanted` bytes instead of the `had` that it got. */
  #widen(mark: number, size: number, wanted: number, had: number): void {
    this.room(4);
    this.bytes.copyWithin(mark + wanted, mark + had, this.at);
    this.at = mark;
    this.varint(size);
    this.at += size;
  }
}
