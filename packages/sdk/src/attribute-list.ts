/**
 * The attributes of a span, event or link as a flat list: key, value, key, value.
 *
 * Setting a key compares with those before, by identity first: that beats an object up to some
 * sixteen keys and costs no shape. Longer lists get an index. Never knows: the limit of values.
 */

import type { Value } from './attribute-value.ts';

/** Above this many slots (two per attribute) an index pays. */
const SCAN_SLOTS_MAX = 32;

export class AttributeList {
  declare slots: (string | Value)[];
  /** Used slots, two per attribute. */
  declare used: number;
  declare dropped: number;
  declare index: Map<string, number> | undefined;

  constructor() {
    // Twelve attributes fit without growing, in one allocation.
    // biome-ignore format: a literal of 24 slots
    this.slots = ['', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''];
    this.used = 0;
    this.dropped = 0;
    this.index = undefined;
  }

  /** Overwrites or appends; a new key beyond `countMax` is counted as dropped and answers false. */
  set(key: string, value: Value, countMax: number): boolean {
    const at = this.#find(key);
    if (at >= 0) {
      this.slots[at + 1] = value;
      return true;
    }
    const { used } = this;
    if (used >= countMax * 2) {
      this.dropped += 1;
      return false;
    }
    this.slots[used] = key;
    this.slots[used + 1] = value;
    this.used = used + 2;
    this.index?.set(key, used);
    return true;
  }

  #find(key: string): number {
    const { slots, used } = this;
    if (used > SCAN_SLOTS_MAX) {
      this.index ??= indexOf(slots, used);
      return this.index.get(key) ?? -1;
    }
    for (let at = 0; at < used; at += 2) {
      if (slots[at] === key) return at;
    }
    return -1;
  }

  /** A plain object of the attributes, as readers of the stock SDK expect it. */
  toObject(): Record<string, Value> {
    const object: Record<string, Value> = {};
    for (let at = 0; at < this.used; at += 2) {
      object[this.slots[at] as string] = this.slots[at + 1] as Value;
    }
    return object;
  }
}

function indexOf(slots: readonly unknown[], used: number): Map<string, number> {
  const index = new Map<string, number>();
  for (let at = 0; at < used; at += 2) index.set(slots[at] as string, at);
  return index;
}
