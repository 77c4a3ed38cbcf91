/**
 * Span id → row, as an open hash table in one Int32Array: no object and no string per span.
 *
 * Never knows: what a row is besides its number.
 */

export type IdTable = {
  /** The row that has this id, or −1. */
  find(high: number, low: number): number;
  /** Enters a row under its own id; returns the row that was there before, or −1. */
  put(row: number): number;
  /** Lets another row with the same id take the place. */
  replace(row: number): void;
};

/** @param high upper halves of the ids of all rows · @param low lower halves */
export function createIdTable(high: readonly number[], low: readonly number[]): IdTable {
  // At most half full, so that a search ends after a few steps.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(high.length * 2 + 2))).fill(-1);
  const mask = slots.length - 1;

  const slotOf = (idHigh: number, idLow: number): number => {
    let slot = mix(idHigh, idLow) & mask;
    for (let row = slots[slot]!; row !== -1; row = slots[slot]!) {
      if (low[row] === idLow && high[row] === idHigh) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  };

  return {
    find: (idHigh, idLow) => slots[slotOf(idHigh, idLow)]!,
    put: (row) => {
      const slot = slotOf(high[row]!, low[row]!);
      const before = slots[slot]!;
      if (before === -1) slots[slot] = row;
      return before;
    },
    replace: (row) => {
      slots[slotOf(high[row]!, low[row]!)] = row;
    },
  };
}

/** Two odd constants of xxHash32; span ids are random, but test data often counts. */
function mix(high: number, low: number): number {
  const mixed = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca77);
  return mixed ^ (mixed >>> 15);
}
