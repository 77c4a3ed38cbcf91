/**
 * The attributes of a span, event or link as a flat list: key, value, key, value.
 *
 * Setting a key compares with those before, by identity first: that beats an object up to some
 * sixteen keys and costs no shape. Longer lists get an index. Never knows: the limit of values.
 */

import type { Value } from './attribute-value.ts';

/** Above this many slots (two per attribute) an index pays. */
const SCAN_SLOTS_MAX = 32;
/** Lists that wait to be used again: those of the spans that are open at once in a busy moment. */
const POOL_MAX = 64;
/** A list that grew beyond this many slots is let go. */
const POOL_SLOTS_MAX = 64;

const pool: AttributeList[] = [];

/** An empty list; one that was given back, when there is one: a third less garbage per span. */
export function takeList(): AttributeList {
  return pool.pop() ?? new AttributeList();
}

/** Takes back a list that nobody else refers to. Its values are forgotten, its keys are kept. */
export function giveBack(list: AttributeList): void {
  const { slots, used } = list;
  if (pool.length >= POOL_MAX || slots.length > POOL_SLOTS_MAX) return;
  for (let at = 1; at < used; at += 2) slots[at] = '';
  if (!list.isAsBefore || used > list.before) list.before = used;
  list.isAsBefore = true;
  list.used = 0;
  list.dropped = 0;
  list.index = undefined;
  pool.push(list);
}

export class AttributeList {
  declare slots: (string | Value)[];
  /** Used slots, two per attribute. */
  declare used: number;
  declare dropped: number;
  declare index: Map<string, number> | undefined;
  /** How many slots still hold the keys of the list's life before. */
  declare before: number;
  /** Whether the keys so far are those of the life before: then the next of them is a new one. */
  declare isAsBefore: boolean;

  constructor() {
    // Twelve attributes fit without growing, in one allocation.
    // biome-ignore format: a literal of 24 slots
    this.slots = ['', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''];
    this.used = 0;
    this.dropped = 0;
    this.index = undefined;
    this.before = 0;
    this.isAsBefore = true;
  }

  /** Overwrites or appends; a new key beyond `countMax` is counted as dropped and answers false. */
  set(key: string, value: Value, countMax: number): boolean {
    const { used, slots } = this;
    const isExpected = this.isAsBefore && used < this.before && slots[used] === key;
    if (!isExpected) {
      const at = find(this, key);
      if (at >= 0) {
        slots[at + 1] = value;
        return true;
      }
    }
    if (used >= countMax * 2) {
      this.dropped += 1;
      return false;
    }
    if (!isExpected) {
      this.isAsBefore = false;
      slots[used] = key;
    }
    slots[used + 1] = value;
    this.used = used + 2;
    this.index?.set(key, used);
    return true;
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

function find(list: AttributeList, key: string): number {
  const { slots, used } = list;
  if (used > SCAN_SLOTS_MAX) {
    list.index ??= indexOf(slots, used);
    return list.index.get(key) ?? -1;
  }
  for (let at = 0; at < used; at += 2) {
    if (slots[at] === key) return at;
  }
  return -1;
}

function indexOf(slots: readonly unknown[], used: number): Map<string, number> {
  const index = new Map<string, number>();
  for (let at = 0; at < used; at += 2) index.set(slots[at] as string, at);
  return index;
}
