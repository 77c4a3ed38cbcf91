/**
 * Seeded damage: bodies that are OTLP but for a few bytes.
 *
 * Never knows: what is expected of them.
 */

import fc from 'fast-check';
import { encodeTraces } from '../src/encode.ts';
import { traces } from './arbitrary.ts';

/** Mulberry32: the same numbers for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` damaged bodies, made from a few dozen sound ones. */
export function* damagedBodies(seed: number, count: number): Generator<Uint8Array> {
  const sound = fc.sample(traces, { seed, numRuns: 60 }).map((made) => encodeTraces(made));
  const bodies = sound.filter((body) => body.length > 0);
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let i = 0; i < count; i += 1) {
    const body = [...bodies[below(bodies.length)]!];
    for (let wounds = 1 + below(3); wounds > 0; wounds -= 1) {
      wound(body, below);
    }
    yield Uint8Array.from(body);
  }
}

function wound(body: number[], below: (limit: number) => number): void {
  const at = below(body.length + 1);
  switch (below(8)) {
    case 0:
      body[at] = (body[at] ?? 0) ^ (1 << below(8));
      return;
    case 1:
      body[at] = below(256);
      return;
    case 2:
      body.splice(at, 0, below(256));
      return;
    case 3:
      body.splice(at, 1 + below(4));
      return;
    case 4:
      body.length = Math.min(body.length, at);
      return;
    case 5:
      // A run given twice: repeated fields and members.
      body.splice(at, 0, ...body.slice(at, at + 1 + below(24)));
      return;
    case 6:
      // A padded or endless varint.
      body.splice(at, 0, ...Array.from({ length: 1 + below(10) }, () => 0x80));
      return;
    default:
      // Two neighbouring runs change places.
      body.splice(at, 0, ...body.splice(at + below(12), below(12)));
  }
}
