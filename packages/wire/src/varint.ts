/**
 * Base-128 varints, the integers of protobuf: seven bits a byte, least significant first.
 *
 * Numbers up to 2⁵³ are written from and read to JavaScript numbers. Never knows: tags, messages.
 * Source: https://protobuf.dev/programming-guides/encoding/#varints
 */

/** The longest varint there is: 64 bits in groups of seven. */
export const VARINT_BYTES_MAX = 10;

/** How many bytes `value` (a whole number, 0 … 2⁵³) takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    size += 1;
  }
  return size;
}

/** Writes `value` (a whole number, 0 … 2⁵³) at `at`; returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let i = at;
  let rest = value;
  while (rest > 0x7fffffff) {
    bytes[i++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest > 0x7f) {
    bytes[i++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[i++] = rest;
  return i;
}

/** Writes the low 64 bits of `value` at `at`; negative numbers take ten bytes, as protobuf wants. */
export function writeVarint64(bytes: Uint8Array, at: number, value: bigint): number {
  let i = at;
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes[i++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  bytes[i++] = Number(rest);
  return i;
}

/**
 * The position after the varint at `at`, or −1 when it is cut off at `end`, longer than ten bytes,
 * or holds more than 64 bits.
 */
export function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  const last = Math.min(end, at + VARINT_BYTES_MAX);
  for (let i = at; i < last; i += 1) {
    const byte = bytes[i]!;
    if (byte < 0x80) {
      return i - at === VARINT_BYTES_MAX - 1 && byte > 1 ? -1 : i + 1;
    }
  }
  return -1;
}

/** The varint `at … end` (as `varintEnd` found it) as an unsigned 64-bit number. */
export function varintValue(bytes: Uint8Array, at: number, end: number): bigint {
  let value = 0n;
  for (let i = end - 1; i >= at; i -= 1) {
    value = (value << 7n) | BigInt(bytes[i]! & 0x7f);
  }
  return value;
}

/** The low 32 bits of the varint `at … end`, as protobuf reads a uint32 or an enum. */
export function varintLow32(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = at, shift = 0; i < end && shift < 32; i += 1, shift += 7) {
    value |= (bytes[i]! & 0x7f) << shift;
  }
  return value >>> 0;
}
