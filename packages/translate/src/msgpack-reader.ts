/**
 * A cursor over MessagePack that `checkMsgpack` has passed: values are read where they stand, nothing is built.
 *
 * Because every length was checked, nothing here looks for the end. What is of another type than asked for is passed
 * over and read as nothing: a span is worth more than its odd member. Never knows: what the values mean.
 * Source: https://github.com/msgpack/msgpack/blob/master/spec.md
 */

import { TranslateError } from './translate-error.ts';

export class MsgpackReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;
  /** Where the text stands that `text` found. */
  textAt = 0;
  textEnd = 0;
  /** Start and end of each text, when texts are told by their number (Datadog 0.5). */
  table: Uint32Array | undefined;

  constructor(bytes: Uint8Array) {
    // A plain view: slices of Node's Buffer, which is one too, cost several times as much.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many elements follow, 0 for nil; −1 when it is no array, which is then passed over. */
  array(): number {
    const head = this.bytes[this.at]!;
    if (head >= 0x90 && head < 0xa0) {
      this.at += 1;
      return head & 0x0f;
    }
    return this.#count(head, 0xdc);
  }

  /** How many pairs follow, 0 for nil; −1 when it is no map, which is then passed over. */
  map(): number {
    const head = this.bytes[this.at]!;
    if (head >= 0x80 && head < 0x90) {
      this.at += 1;
      return head & 0x0f;
    }
    return this.#count(head, 0xde);
  }

  #count(head: number, short: number): number {
    if (head === short) {
      this.at += 3;
      return this.#view.getUint16(this.at - 2);
    }
    if (head === short + 1) {
      this.at += 5;
      return this.#view.getUint32(this.at - 4);
    }
    const isNil = head === 0xc0;
    this.skip();
    return isNil ? 0 : -1;
  }

  /** Whether a text stood here; it is at `textAt … textEnd`. */
  text(): boolean {
    if (this.table !== undefined) return this.#textOfTable(this.table);
    const head = this.bytes[this.at]!;
    if (head >= 0xa0 && head < 0xc0) return this.#foundText(1, head & 0x1f);
    if (head === 0xd9) return this.#foundText(2, this.bytes[this.at + 1]!);
    if (head === 0xda) return this.#foundText(3, this.#view.getUint16(this.at + 1));
    if (head === 0xdb) return this.#foundText(5, this.#view.getUint32(this.at + 1));
    this.skip();
    return false;
  }

  #foundText(head: number, length: number): true {
    this.textAt = this.at + head;
    this.textEnd = this.textAt + length;
    this.at = this.textEnd;
    return true;
  }

  #textOfTable(table: Uint32Array): true {
    const from = this.at;
    const place = this.#place();
    if (!(place >= 0 && 2 * place < table.length)) {
      const wanted = `the place of one of ${table.length / 2} texts`;
      throw new TranslateError('', `found ${place} at byte ${from}, wanted ${wanted}`);
    }
    this.textAt = table[2 * place]!;
    this.textEnd = table[2 * place + 1]!;
    return true;
  }

  /** A whole number, or its digits (JSON has no other keys); NaN for anything else. */
  #place(): number {
    const head = this.bytes[this.at]!;
    if (head < 0x80) {
      this.at += 1;
      return head;
    }
    if (head === 0xce) {
      this.at += 5;
      return this.#view.getUint32(this.at - 4);
    }
    const isText = (head >= 0xa0 && head < 0xc0) || (head >= 0xd9 && head <= 0xdb);
    if (isText) return Number(this.integer());
    const number = this.number();
    return Number.isInteger(number) ? number : Number.NaN;
  }

  /** Whether a number stands here. */
  isNumber(): boolean {
    const head = this.bytes[this.at]!;
    return head < 0x80 || head >= 0xe0 || (head >= 0xca && head <= 0xd3);
  }

  /** A number as a double; NaN when there is none. */
  number(): number {
    const view = this.#view;
    const at = this.at;
    const head = this.bytes[at]!;
    this.skip();
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xca:
        return view.getFloat32(at + 1);
      case 0xcb:
        return view.getFloat64(at + 1);
      case 0xcc:
        return view.getUint8(at + 1);
      case 0xcd:
        return view.getUint16(at + 1);
      case 0xce:
        return view.getUint32(at + 1);
      case 0xcf:
        return Number(view.getBigUint64(at + 1));
      case 0xd0:
        return view.getInt8(at + 1);
      case 0xd1:
        return view.getInt16(at + 1);
      case 0xd2:
        return view.getInt32(at + 1);
      case 0xd3:
        return Number(view.getBigInt64(at + 1));
      default:
        return Number.NaN;
    }
  }

  /** A whole number, the fraction of a double cut off; text of digits counts, everything else is 0. */
  integer(): bigint {
    const head = this.bytes[this.at]!;
    if (head === 0xcf) {
      this.at += 9;
      return this.#view.getBigUint64(this.at - 8);
    }
    if (head === 0xd3) {
      this.at += 9;
      return this.#view.getBigInt64(this.at - 8);
    }
    if (head === 0xc3) {
      this.at += 1;
      return 1n;
    }
    if (this.isNumber()) {
      const number = this.number();
      return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
    }
    const { table } = this;
    this.table = undefined;
    const digits = this.text() ? this.#digits() : 0n;
    this.table = table;
    return digits;
  }

  #digits(): bigint {
    const length = this.textEnd - this.textAt;
    if (length === 0 || length > 21) return 0n;
    let text = '';
    for (let i = this.textAt; i < this.textEnd; i += 1) text += String.fromCharCode(this.bytes[i]!);
    return /^-?\d{1,20}$/.test(text) ? BigInt(text) : 0n;
  }

  /** Passes over one value, whatever it holds. */
  skip(): void {
    const head = this.bytes[this.at]!;
    if (head < 0x80) {
      this.at += 1;
      return;
    }
    if (head === 0xcb || head === 0xcf) {
      this.at += 9;
      return;
    }
    let open = 1;
    while (open > 0) {
      open += valuesInside(this.bytes, this.at) - 1;
      this.at = valueEnd(this.bytes, this.at);
    }
  }
}

/** How many values the array or map at `at` claims to hold; 0 when it is neither. */
export function valuesInside(bytes: Uint8Array, at: number): number {
  const head = bytes[at]!;
  if (head < 0x80 || head >= 0xe0) return 0;
  if (head < 0x90) return 2 * (head & 0x0f);
  if (head < 0xa0) return head & 0x0f;
  switch (head) {
    case 0xdc:
      return bigEndian(bytes, at + 1, 2);
    case 0xdd:
      return bigEndian(bytes, at + 1, 4);
    case 0xde:
      return 2 * bigEndian(bytes, at + 1, 2);
    case 0xdf:
      return 2 * bigEndian(bytes, at + 1, 4);
    default:
      return 0;
  }
}

/** Whether the value at `at` is an array or a map. */
export function isContainer(bytes: Uint8Array, at: number): boolean {
  const head = bytes[at]!;
  return (head >= 0x80 && head < 0xa0) || (head >= 0xdc && head < 0xe0);
}

/** Bytes of a value's head and body, by the head 0xc0 … 0xdf; 0 where the value itself tells its size. */
// biome-ignore format: one row per eight heads, as in the specification's table
const FIXED_BYTES = [
  1, 1, 1, 1, 0, 0, 0, 0,
  0, 0, 5, 9, 2, 3, 5, 9,
  2, 3, 5, 9, 3, 4, 6, 10,
  18, 0, 0, 0, 3, 5, 3, 5,
] as const;

/** The position after the value at `at`; for arrays and maps, after their header. */
export function valueEnd(bytes: Uint8Array, at: number): number {
  const head = bytes[at]!;
  if (head < 0xa0 || head >= 0xe0) return at + 1;
  if (head < 0xc0) return at + 1 + (head & 0x1f);
  const fixed = FIXED_BYTES[head - 0xc0]!;
  if (fixed > 0) return at + fixed;
  switch (head) {
    case 0xc4:
    case 0xd9:
      return at + 2 + bigEndian(bytes, at + 1, 1);
    case 0xc5:
    case 0xda:
      return at + 3 + bigEndian(bytes, at + 1, 2);
    case 0xc6:
    case 0xdb:
      return at + 5 + bigEndian(bytes, at + 1, 4);
    case 0xc7:
      return at + 3 + bigEndian(bytes, at + 1, 1);
    case 0xc8:
      return at + 4 + bigEndian(bytes, at + 1, 2);
    default:
      return at + 6 + bigEndian(bytes, at + 1, 4);
  }
}

function bigEndian(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = at; i < at + size; i += 1) value = value * 256 + (bytes[i] ?? 0);
  return value;
}
