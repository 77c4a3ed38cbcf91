/**
 * A trace as a tree over the rows of its columns: children, self time, and the critical path.
 *
 * All walks keep their own stack: a chain may be 100 000 spans deep.
 * Never knows: words.
 */
import type { TraceColumns } from '@clew/query';

export type TraceTree = {
  readonly columns: TraceColumns;
  readonly rows: number;
  /** Rows without a parent here, in start order. */
  readonly roots: readonly number[];
  readonly children: readonly (readonly number[])[];
  /** Nanoseconds of a row in which none of its children ran. */
  readonly selfNs: Float64Array;
  /** Nanoseconds of a row that the trace's end waited for. */
  readonly criticalNs: Float64Array;
  /** The root that the critical path belongs to: the one that took longest. */
  readonly mainRoot: number;
  readonly durationNs: number;
  readonly service: (row: number) => string;
  readonly name: (row: number) => string;
  readonly isError: (row: number) => boolean;
  readonly spanId: (row: number) => string;
};

const errorStatus = 2;

export function treeOf(columns: TraceColumns): TraceTree {
  const { spans: rows, parent, start, duration } = columns;
  const children: number[][] = Array.from({ length: rows }, () => []);
  const roots: number[] = [];
  let end = 0;
  for (let row = 0; row < rows; row++) {
    const up = parent[row]!;
    if (up < 0) roots.push(row);
    else children[up]!.push(row);
    end = Math.max(end, start[row]! + duration[row]!);
  }
  const mainRoot = roots.reduce(
    (best, row) => (duration[row]! > duration[best]! ? row : best),
    roots[0] ?? 0,
  );
  return {
    columns,
    rows,
    roots,
    children,
    selfNs: selfTimes(columns, children),
    criticalNs: criticalTimes(columns, children, mainRoot),
    mainRoot,
    durationNs: end,
    service: (row) => columns.services[columns.service[row]!]?.name ?? '',
    name: (row) => columns.names[columns.name[row]!] ?? '',
    isError: (row) => columns.status[row] === errorStatus,
    spanId: (row) => Buffer.from(columns.spanId.subarray(row * 8, row * 8 + 8)).toString('hex'),
  };
}

/** Parts of a row in which none of its children ran, in order. Rows are in start order, so children are too. */
export function uncovered(
  { start, duration }: TraceColumns,
  row: number,
  children: readonly number[],
): readonly (readonly [fromNs: number, toNs: number])[] {
  const end = start[row]! + duration[row]!;
  const parts: [number, number][] = [];
  let at = start[row]!;
  for (const child of children) {
    const from = Math.min(start[child]!, end);
    if (from > at) parts.push([at, from]);
    at = Math.max(at, Math.min(end, start[child]! + duration[child]!));
  }
  if (end > at) parts.push([at, end]);
  return parts;
}

function selfTimes(columns: TraceColumns, children: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(children, (own, row) =>
    uncovered(columns, row, own).reduce((sum, [from, to]) => sum + to - from, 0),
  );
}

/**
 * Backwards from the root's end: what ended last is what was waited for, from its start on the one that ended last before
 * that. What lies between belongs to the row itself.
 */
function criticalTimes(
  { start, duration, spans }: TraceColumns,
  children: readonly (readonly number[])[],
  root: number,
): Float64Array {
  const critical = new Float64Array(spans);
  if (spans === 0) return critical;
  const endOf = (row: number) => start[row]! + duration[row]!;
  const todo: [row: number, from: number, to: number][] = [[root, start[root]!, endOf(root)]];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [row, from, to] = next;
    let at = to;
    for (const child of [...children[row]!].sort((a, b) => endOf(b) - endOf(a))) {
      const childEnd = Math.min(endOf(child), at);
      const childStart = Math.max(start[child]!, from);
      if (childEnd <= childStart) continue;
      critical[row]! += at - childEnd;
      todo.push([child, childStart, childEnd]);
      at = childStart;
    }
    critical[row]! += Math.max(0, at - from);
  }
  return critical;
}
