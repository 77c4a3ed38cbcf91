/**
 * A fixed-size set of small integers, one bit each: which spans are folded, which match a search.
 *
 * One bit per span keeps the fold state of a 100,000-span trace at 12 KB, so a change can copy it.
 * Never knows: what the integers stand for.
 */
export type Bitset = Uint32Array;

/** An empty set for the integers 0 … size − 1. */
export function createBitset(size: number): Bitset {
  return new Uint32Array((size + 31) >>> 5);
}

export function hasBit(set: Bitset, index: number): boolean {
  return ((set[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

export function setBit(set: Bitset, index: number): void {
  set[index >>> 5]! |= 1 << (index & 31);
}

export function clearBit(set: Bitset, index: number): void {
  set[index >>> 5]! &= ~(1 << (index & 31));
}

export function toggleBit(set: Bitset, index: number): void {
  set[index >>> 5]! ^= 1 << (index & 31);
}
