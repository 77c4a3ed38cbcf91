/**
 * MessagePack → values, by the library, after a look that bounds what it may be made to build.
 *
 * The library makes room for as many elements as a header claims before it reads one: five bytes can
 * cost it 128 MB, and headers nest. So one pass over the bytes checks first that everything claimed
 * is there, how deep it nests and how much there is of it. 64-bit integers come as bigint.
 * Never knows: what the values mean.
 * Source: https://github.com/msgpack/msgpack/blob/master/spec.md
 */

import { Decoder } from '@msgpack/msgpack';
import { TranslateError } from './translate-error.ts';

export interface MsgpackLimits {
  /** Levels of arrays and maps. */
  readonly depthMax: number;
  /** Values in all, keys included: each may become an object of some hundred bytes. */
  readonly valuesMax: number;
  /** Arrays and maps in all. */
  readonly containersMax: number;
}

const decoder = new Decoder({ useBigInt64: true });

/** @throws TranslateError when the bytes are no MessagePack, cut off, or over a limit. */
export function parseMsgpack(bytes: Uint8Array, limits: MsgpackLimits): unknown {
  checkMsgpack(bytes, limits);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new TranslateError('', `found malformed msgpack (${problem})`, { cause });
  }
}

/** One value and nothing behind it. @throws TranslateError */
export function checkMsgpack(bytes: Uint8Array, limits: MsgpackLimits): void {
  // How many values are still to come at each level; a container's header pushes its own.
  const open = new Float64Array(limits.depthMax + 1);
  open[0] = 1;
  let depth = 0;
  let at = 0;
  let values = 0;
  let containers = 0;
  while (depth >= 0) {
    if (open[depth] === 0) {
      depth -= 1;
      continue;
    }
    open[depth]! -= 1;
    values += 1;
    if (at >= bytes.length) throw cutOff(bytes.length);
    const inner = valuesInside(bytes, at);
    at = valueEnd(bytes, at);
    if (at > bytes.length) throw cutOff(bytes.length);
    if (inner < 0) continue;
    containers += 1;
    depth += 1;
    if (inner > bytes.length - at) throw cutOff(bytes.length);
    if (depth > limits.depthMax) throw over(`nesting deeper than ${limits.depthMax} levels`, at);
    open[depth] = inner;
    if (containers > limits.containersMax) {
      throw over(`more than ${limits.containersMax} arrays and maps`, at);
    }
    if (values > limits.valuesMax) throw over(`more than ${limits.valuesMax} values`, at);
  }
  if (values > limits.valuesMax) throw over(`more than ${limits.valuesMax} values`, at);
  if (at < bytes.length) {
    throw new TranslateError('', `found ${bytes.length - at} bytes behind the msgpack value`);
  }
}

/** How many values the array or map at `at` claims to hold; −1 when it is neither. */
function valuesInside(bytes: Uint8Array, at: number): number {
  const head = bytes[at]!;
  if (head >= 0x80 && head < 0x90) return 2 * (head & 0x0f);
  if (head >= 0x90 && head < 0xa0) return head & 0x0f;
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
      return -1;
  }
}

/** Bytes of a value's head and body, by the head 0xc0 … 0xdf; sizes given in the value are 0 here. */
// biome-ignore format: one row per eight heads, as in the specification's table
const FIXED_BYTES = [
  1, 1, 1, 1, 0, 0, 0, 0,
  0, 0, 5, 9, 2, 3, 5, 9,
  2, 3, 5, 9, 3, 4, 6, 10,
  18, 0, 0, 0, 3, 5, 3, 5,
] as const;

/** The position after the value at `at`; for arrays and maps, after their header. */
function valueEnd(bytes: Uint8Array, at: number): number {
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

function cutOff(length: number): TranslateError {
  return new TranslateError('', `found msgpack that is cut off at byte ${length}`);
}

function over(what: string, at: number): TranslateError {
  return new TranslateError('', `found msgpack with ${what} at byte ${at}`);
}
