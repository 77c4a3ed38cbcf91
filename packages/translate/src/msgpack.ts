/**
 * MessagePack: whether bytes are that, within bounds; and values, by the library, for what is seldom and small.
 *
 * The library makes room for as many elements as a header claims before it reads one: five bytes can
 * cost it 128 MB, and headers nest. So one pass over the bytes checks first that everything claimed
 * is there, how deep it nests and how much there is of it. 64-bit integers come as bigint.
 * Never knows: what the values mean.
 * Source: https://github.com/msgpack/msgpack/blob/master/spec.md
 */

import { Decoder } from '@msgpack/msgpack';
import { isContainer, valueEnd, valuesInside } from './msgpack-reader.ts';
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
    const start = at;
    at = valueEnd(bytes, at);
    if (at > bytes.length) throw cutOff(bytes.length);
    if (bytes[start] === 0xc1) throw over('a byte 0xc1, which begins nothing,', start);
    if (!isContainer(bytes, start)) continue;
    const inner = valuesInside(bytes, start);
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

function cutOff(length: number): TranslateError {
  return new TranslateError('', `found msgpack that is cut off at byte ${length}`);
}

function over(what: string, at: number): TranslateError {
  return new TranslateError('', `found msgpack with ${what} at byte ${at}`);
}
