/**
 * Captures of real clients, and seeded damage to them.
 *
 * Never knows: what is expected of them.
 */
import { readFileSync } from 'node:fs';

/** A file of `fixtures/`, as it was captured. */
export function capture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));
}

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  };
}

/** `count` captures, each with one to three wounds. */
export function* damaged(
  captures: readonly Uint8Array[],
  seed: number,
  count: number,
): Generator<Uint8Array> {
  const below = createRandom(seed);
  for (let i = 0; i < count; i += 1) {
    let body = captures[below(captures.length)] as Uint8Array;
    for (let wounds = 1 + below(3); wounds > 0; wounds -= 1) body = wounded(body, below);
    yield body;
  }
}

function wounded(sound: Uint8Array, below: (limit: number) => number): Uint8Array {
  const body = sound.slice();
  const at = below(Math.max(1, body.length));
  switch (below(7)) {
    case 0:
      body[at] = (body[at] ?? 0) ^ (1 << below(8));
      return body;
    case 1:
      body[at] = below(256);
      return body;
    case 2:
      return joined(body.subarray(0, at), Uint8Array.of(below(256)), body.subarray(at));
    case 3:
      return joined(body.subarray(0, at), body.subarray(at + 1 + below(8)));
    case 4:
      return body.subarray(0, at);
    case 5:
      // A run given twice: repeated fields and elements that nobody counted.
      return joined(body.subarray(0, at + 1 + below(24)), body.subarray(at));
    default:
      // Headers of lists, maps and texts that promise too much, in whatever format.
      return joined(body.subarray(0, at), HEADS[below(HEADS.length)]!, body.subarray(at + 5));
  }
}

const HEADS = [
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdf, 0x0f, 0xff, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0x91, 0x91, 0x91, 0x91, 0x91],
  [0x5b, 0x5b, 0x5b, 0x7b, 0x22],
].map((head) => Uint8Array.from(head));

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
