/**
 * Finds out whether bytes spell one of a few known keys, without making a text of them.
 *
 * Never knows: what the keys mean.
 */

import { textToBytes } from '@clew/wire';

/** The place of the key that `source` spells at `at … end` in the table's list, or −1. */
export type FindKey = (source: Uint8Array, at: number, end: number) => number;

export function createKeyTable(keys: readonly string[]): FindKey {
  const byLength: { readonly bytes: Uint8Array; readonly place: number }[][] = [];
  for (const [place, key] of keys.entries()) {
    const bytes = textToBytes(key);
    const there = byLength[bytes.length] ?? [];
    there.push({ bytes, place });
    byLength[bytes.length] = there;
  }
  const lengthMax = byLength.length - 1;
  return (source, at, end) => {
    const length = end - at;
    const candidates = length > lengthMax ? undefined : byLength[length];
    if (candidates === undefined) return -1;
    for (const { bytes, place } of candidates) {
      if (equals(source, at, bytes)) return place;
    }
    return -1;
  };
}

function equals(source: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i += 1) {
    if (source[at + i] !== bytes[i]) return false;
  }
  return true;
}
