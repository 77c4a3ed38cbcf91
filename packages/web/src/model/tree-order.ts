/**
 * Puts the rows of a trace into depth-first order and repairs what real traces get wrong.
 *
 * Repairs: a parent that is missing makes the span a root that says so; a cycle is opened at its earliest span;
 * an exact copy of a span is dropped and counted; two different spans with one id both stay, marked.
 * Everything is linear in the number of spans, also for a chain of 100,000 (no recursion).
 *
 * Never knows: times beyond their order, or what is folded.
 */
import type { TraceColumns } from './columns.ts';

/** Bits of `TreeOrder.marks`: what is unusual about a span's place in the tree. */
export const PLACE = { orphan: 1, cycle: 2, duplicate: 4, negative: 8 } as const;

export interface TreeOrder {
  /** Input row of each position in depth-first order; children follow in start order. */
  readonly order: Uint32Array;
  /** Position of the parent, −1 for roots. */
  readonly parent: Int32Array;
  /** Spans in the subtree, the span itself included. */
  readonly subtreeSize: Uint32Array;
  /** 0 for roots. 32 bits, because a chain of 100,000 spans is a real test. */
  readonly depth: Uint32Array;
  /** Bits of `PLACE` by position. */
  readonly marks: Uint8Array;
  /** Copies of spans that were dropped. */
  readonly copies: number;
}

/** Orders and repairs. The result has one position per row that is not an exact copy of another. */
export function orderTree(columns: TraceColumns): TreeOrder {
  const marks = new Uint8Array(columns.spans);
  const same = findCopies(columns, marks);
  const parent = repairedParents(columns, same, marks);
  const children = childLists(columns, parent, same);
  const rowOrder = walk(columns.spans, parent, same, marks, children);
  return positions(rowOrder, parent, marks, columns.spans - rowOrder.length);
}

/** For each row the row it is an exact copy of, or itself. Rows that only share the id are marked. */
function findCopies(columns: TraceColumns, marks: Uint8Array): Int32Array {
  const { spans, spanId } = columns;
  const id = new DataView(spanId.buffer, spanId.byteOffset, spanId.byteLength);
  const same = new Int32Array(spans);
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, spans * 2)));
  const slots = new Int32Array(capacity).fill(-1);
  for (let row = 0; row < spans; row++) {
    same[row] = row;
    const high = id.getInt32(row * 8);
    const low = id.getInt32(row * 8 + 4);
    const hash = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
    let slot = (hash ^ (hash >>> 15)) & (capacity - 1);
    for (; slots[slot]! >= 0; slot = (slot + 1) & (capacity - 1)) {
      const first = slots[slot]!;
      if (id.getInt32(first * 8) !== high || id.getInt32(first * 8 + 4) !== low) {
        continue;
      }
      if (isCopy(columns, first, row)) {
        same[row] = first;
      } else {
        marks[first]! |= PLACE.duplicate;
        marks[row]! |= PLACE.duplicate;
      }
      break;
    }
    if (slots[slot]! < 0) {
      slots[slot] = row;
    }
  }
  return same;
}

function isCopy(columns: TraceColumns, a: number, b: number): boolean {
  const { parent, start, duration, name, service, kind } = columns;
  return (
    start[a] === start[b] &&
    duration[a] === duration[b] &&
    name[a] === name[b] &&
    service[a] === service[b] &&
    kind[a] === kind[b] &&
    parent[a] === parent[b]
  );
}

function repairedParents(columns: TraceColumns, same: Int32Array, marks: Uint8Array): Int32Array {
  const parent = new Int32Array(columns.spans);
  for (let row = 0; row < columns.spans; row++) {
    const declared = columns.parent[row]!;
    parent[row] = declared < 0 ? -1 : same[declared]!;
    if (declared === -2) {
      marks[row]! |= PLACE.orphan;
    }
    if (parent[row] === row) {
      parent[row] = -1;
      marks[row]! |= PLACE.cycle;
    }
    if (columns.duration[row]! < 0) {
      marks[row]! |= PLACE.negative;
    }
  }
  return parent;
}

/** Children of each row in start order: `list[from[row]] … list[from[row + 1] − 1]`; roots sit at `from[spans]`. */
interface ChildLists {
  readonly from: Uint32Array;
  readonly list: Uint32Array;
}

function childLists(columns: TraceColumns, parent: Int32Array, same: Int32Array): ChildLists {
  const { spans } = columns;
  const from = new Uint32Array(spans + 2);
  const home = (row: number) => (parent[row]! < 0 ? spans : parent[row]!);
  for (let row = 0; row < spans; row++) {
    if (same[row] === row) {
      from[home(row) + 1]! += 1;
    }
  }
  for (let row = 0; row <= spans; row++) {
    from[row + 1]! += from[row]!;
  }
  const next = from.slice();
  const list = new Uint32Array(from[spans + 1]!);
  for (const row of startOrder(columns)) {
    if (same[row] === row) {
      list[next[home(row)]!++] = row;
    }
  }
  return { from, list };
}

/** The rows by start time. Servers send them so; a foreign sender may not. */
function startOrder({ spans, start }: TraceColumns): Uint32Array {
  const rows = new Uint32Array(spans);
  for (let row = 0; row < spans; row++) {
    rows[row] = row;
  }
  for (let row = 1; row < spans; row++) {
    if (start[row]! < start[row - 1]!) {
      return rows.sort((a, b) => start[a]! - start[b]! || a - b);
    }
  }
  return rows;
}

/** Visits roots, then whatever only a cycle holds, each cycle opened at its earliest span. */
function walk(
  spans: number,
  parent: Int32Array,
  same: Int32Array,
  marks: Uint8Array,
  { from, list }: ChildLists,
): Uint32Array {
  const order = new Uint32Array(list.length);
  const seen = new Uint8Array(spans);
  const stack: number[] = [];
  let count = 0;
  const visit = (root: number) => {
    stack.push(root);
    while (stack.length > 0) {
      const row = stack.pop()!;
      seen[row] = 1;
      order[count++] = row;
      for (let i = from[row + 1]! - 1; i >= from[row]!; i--) {
        if (seen[list[i]!] === 0) {
          stack.push(list[i]!);
        }
      }
    }
  };
  for (let i = from[spans]!; i < from[spans + 1]!; i++) {
    visit(list[i]!);
  }
  for (let row = 0; row < spans && count < order.length; row++) {
    if (seen[row] === 0 && same[row] === row) {
      const opened = earliestOnCycle(row, parent);
      parent[opened] = -1;
      marks[opened]! |= PLACE.cycle;
      visit(opened);
    }
  }
  return order;
}

/** The lowest row (rows are in start order) of the cycle that `row` hangs on. */
function earliestOnCycle(row: number, parent: Int32Array): number {
  const met = new Set<number>();
  let at = row;
  for (; !met.has(at); at = parent[at]!) {
    met.add(at);
  }
  let earliest = at;
  for (let next = parent[at]!; next !== at; next = parent[next]!) {
    earliest = Math.min(earliest, next);
  }
  return earliest;
}

function positions(
  order: Uint32Array,
  rowParent: Int32Array,
  rowMarks: Uint8Array,
  copies: number,
): TreeOrder {
  const count = order.length;
  const positionOf = new Int32Array(rowParent.length).fill(-1);
  const parent = new Int32Array(count);
  const depth = new Uint32Array(count);
  const marks = new Uint8Array(count);
  const subtreeSize = new Uint32Array(count).fill(1);
  for (let position = 0; position < count; position++) {
    const row = order[position]!;
    positionOf[row] = position;
    const above = rowParent[row]! < 0 ? -1 : positionOf[rowParent[row]!]!;
    parent[position] = above;
    depth[position] = above < 0 ? 0 : depth[above]! + 1;
    marks[position] = rowMarks[row]!;
  }
  for (let position = count - 1; position >= 0; position--) {
    if (parent[position]! >= 0) {
      subtreeSize[parent[position]!]! += subtreeSize[position]!;
    }
  }
  return { order, parent, subtreeSize, depth, marks, copies };
}
