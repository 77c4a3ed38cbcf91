/**
 * Broken copies of captured bytes, by a seed: what a bad network, a bad client or a bad person may send.
 */

/** A small generator of numbers (mulberry32), so that a failure can be made again from its seed. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) % below;
  };
}

/** Bytes that mean something in one encoding or another: edges of lengths, types, brackets. */
const TELLING = [0x00, 0x01, 0x0f, 0x19, 0x7f, 0x80, 0xf9, 0xff, 0x22, 0x2c, 0x5b, 0x7b, 0x7d];

/** Lists, maps and texts of msgpack that promise too much, and depth in msgpack and JSON. */
const HEADS = [
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdf, 0x0f, 0xff, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0x91, 0x91, 0x91, 0x91, 0x91],
  [0x5b, 0x5b, 0x5b, 0x7b, 0x22],
].map((head) => Uint8Array.from(head));

/** One to four changes: a bit, a byte, a length, a piece cut out, doubled, moved, or the end cut off. */
export function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  for (let left = 1 + random(4); left > 0 && mutated.length > 0; left -= 1) {
    mutated = change(mutated, random);
  }
  return mutated;
}

function change(bytes: Uint8Array<ArrayBuffer>, random: (below: number) => number) {
  const at = random(bytes.length);
  const length = 1 + random(Math.min(32, bytes.length - at));
  switch (random(9)) {
    case 0:
      bytes[at] = bytes[at]! ^ (1 << random(8));
      return bytes;
    case 1:
      bytes[at] = TELLING[random(TELLING.length)]!;
      return bytes;
    case 2:
      return bytes.slice(0, at);
    case 3:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 4:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    case 5:
      // A length or a count that claims the most it can.
      return bytes.fill(0xff, at, Math.min(bytes.length, at + 4 + random(6)));
    case 6:
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from({ length }, () => random(256)),
        bytes.subarray(at),
      );
    case 7:
      return joined(bytes.subarray(0, at), HEADS[random(HEADS.length)]!, bytes.subarray(at + 5));
    default:
      return joined(bytes.subarray(at), bytes.subarray(0, at));
  }
}

function joined(...pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
