/**
 * The rows of one trace, and how they hang together: parents, depth-first numbers, children.
 *
 * Rows are in start order, ties by span id. What the tree says is worked out when first asked for. Whatever was sent, the
 * tree is a forest (parents.ts), so nothing that walks it can walk for ever.
 *
 * Never knows: conditions, SQL.
 */
import { findParents, missingParent } from '../parents.ts';

/** Columns of spans of many traces: cell `n` of each is of span `n`; the spans of one trace are neighbours. */
export type SpanColumns = {
  readonly traceId: readonly string[];
  readonly idHigh: readonly number[];
  readonly idLow: readonly number[];
  readonly parentHigh: readonly number[];
  readonly parentLow: readonly number[];
  readonly kindNumber: readonly number[];
  readonly seconds: readonly number[];
  readonly nanoseconds: readonly number[];
  /** 1 where the span starts within the range that is asked about. */
  readonly isAsked: readonly number[];
  /** Per condition, 1 where it holds. */
  readonly holds: readonly (readonly number[])[];
  /** Per expression, its value as a cell (sql/operand.ts). */
  readonly cells: readonly (readonly string[])[];
  /** Per expression over events or links, its value as a cell at each of them. */
  readonly lists: readonly (readonly (readonly string[])[])[];
};

/** Depth-first numbers, as Tempo counts them: 0 for what hangs below no root, −1 as the parent of roots. */
export type NestedSet = {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly parent: Int32Array;
};

export class TraceRows {
  readonly traceId: string;
  readonly count: number;
  readonly columns: SpanColumns;
  /** Where the trace's first row stands among the columns. */
  readonly at: number;
  #parent: Int32Array | null = null;
  #children: Int32Array | null = null;
  #nested: NestedSet | null = null;

  constructor(columns: SpanColumns, at: number, to: number) {
    this.columns = columns;
    this.at = at;
    this.count = to - at;
    this.traceId = columns.traceId[at]!;
  }

  /** Row of each row's parent, `rootParent` or `missingParent`. */
  get parent(): Int32Array {
    this.#parent ??= this.#findParents();
    return this.#parent;
  }

  get childCount(): Int32Array {
    if (this.#children !== null) return this.#children;
    const children = new Int32Array(this.count);
    for (const above of this.parent) if (above >= 0) children[above]! += 1;
    this.#children = children;
    return children;
  }

  get nested(): NestedSet {
    this.#nested ??= numberRows(this.parent, (row) => this.#isRoot(row));
    return this.#nested;
  }

  /** Without a parent id, as Tempo has it: a server that shares its root's id (Zipkin) is one too, though it hangs below. */
  #isRoot(row: number): boolean {
    const { parentHigh, parentLow } = this.columns;
    return parentHigh[this.at + row] === 0 && parentLow[this.at + row] === 0;
  }

  /** The same for rows that are siblings: of one parent, of one missing parent id, or roots. */
  siblingKey(row: number): number | string {
    const parent = this.parent[row]!;
    const { parentHigh, parentLow } = this.columns;
    if (parent !== missingParent) return parent;
    return `${parentHigh[this.at + row]} ${parentLow[this.at + row]}`;
  }

  startNs(row: number): bigint {
    const { seconds, nanoseconds } = this.columns;
    return BigInt(seconds[this.at + row]!) * 1_000_000_000n + BigInt(nanoseconds[this.at + row]!);
  }

  spanId(row: number): string {
    const { idHigh, idLow } = this.columns;
    return hex32(idHigh[this.at + row]!) + hex32(idLow[this.at + row]!);
  }

  #findParents(): Int32Array {
    const of = (column: readonly number[]) => column.slice(this.at, this.at + this.count);
    const { idHigh, idLow, parentHigh, parentLow, kindNumber } = this.columns;
    return findParents({
      idHigh: of(idHigh),
      idLow: of(idLow),
      parentHigh: of(parentHigh),
      parentLow: of(parentLow),
      kind: Uint8Array.from(of(kindNumber)),
    });
  }
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** The traces that the columns hold, one after another. */
export function tracesIn(columns: SpanColumns): TraceRows[] {
  const { traceId } = columns;
  const traces: TraceRows[] = [];
  for (let at = 0, to = 0; at < traceId.length; at = to) {
    while (to < traceId.length && traceId[to] === traceId[at]) to += 1;
    traces.push(new TraceRows(columns, at, to));
  }
  return traces;
}

/** Walks down from every root with a list of its own: a deep trace would overflow the call stack. */
function numberRows(parent: Int32Array, isRoot: (row: number) => boolean): NestedSet {
  const count = parent.length;
  const [left, right, above] = [0, 1, 2].map(() => new Int32Array(count)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  // Children as linked lists; built from the back, so that the first child comes first.
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  for (let row = count - 1; row >= 0; row--) {
    const of = parent[row]!;
    if (of < 0 || isRoot(row)) continue;
    nextSibling[row] = firstChild[of]!;
    firstChild[of] = row;
  }
  let number = 0;
  for (let root = 0; root < count; root++) {
    if (!isRoot(root)) continue;
    for (let row = root; ; ) {
      left[row] = ++number;
      above[row] = row === root ? -1 : left[parent[row]!]!;
      if (firstChild[row]! >= 0) {
        row = firstChild[row]!;
        continue;
      }
      right[row] = ++number;
      while (row !== root && nextSibling[row]! < 0) {
        row = parent[row]!;
        right[row] = ++number;
      }
      if (row === root) break;
      row = nextSibling[row]!;
    }
  }
  return { left, right, parent: above };
}
