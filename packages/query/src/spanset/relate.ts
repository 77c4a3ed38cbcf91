/**
 * Structural operators between two sets of rows of one trace: `>` `>>` `<` `<<` `~`, negated and united.
 *
 * Every operator is a few passes over the rows, however deep the trace is: what is asked of each row is whether a row of
 * the other set stands above, below or beside it.
 *
 * Never knows: what the sets were chosen by.
 */
import type { Relation, SpansetOperator } from '@clew/traceql';
import type { TraceRows } from './trace-rows.ts';

/** Rows of a trace in ascending order, which is start order. */
export type RowSet = readonly number[];

type Related = { readonly left: RowSet; readonly right: RowSet };

/** The rows that `left operator right` selects. */
export function relate(
  operator: SpansetOperator,
  trace: TraceRows,
  left: RowSet,
  right: RowSet,
): RowSet {
  if (operator === '&&') return left.length > 0 && right.length > 0 ? union(left, right) : [];
  if (operator === '||') return union(left, right);
  const mode = operator[0] === '!' || operator[0] === '&' ? operator[0] : '';
  const relation = operator.slice(mode.length) as Relation;
  const related = relations[relation](trace, left, right);
  if (mode === '') return related.right;
  if (mode === '&') return union(related.left, related.right);
  const hits = new Set(related.right);
  return right.filter((row) => !hits.has(row));
}

export function union(left: RowSet, right: RowSet): RowSet {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  return [...new Set([...left, ...right])].sort((a, b) => a - b);
}

/** Relation → the rows of both sides that stand in it with some row of the other. */
const relations: Readonly<
  Record<Relation, (trace: TraceRows, left: RowSet, right: RowSet) => Related>
> = {
  '>': (trace, left, right) => {
    const { upper, lower } = parents(trace, left, right);
    return { left: upper, right: lower };
  },
  '<': (trace, left, right) => {
    const { upper, lower } = parents(trace, right, left);
    return { left: lower, right: upper };
  },
  '>>': (trace, left, right) => {
    const { upper, lower } = ancestors(trace, left, right);
    return { left: upper, right: lower };
  },
  '<<': (trace, left, right) => {
    const { upper, lower } = ancestors(trace, right, left);
    return { left: lower, right: upper };
  },
  '~': (trace, left, right) => ({
    left: besides(trace, left, right),
    right: besides(trace, right, left),
  }),
};

type Levels = { readonly upper: RowSet; readonly lower: RowSet };

function parents({ parent }: TraceRows, upper: RowSet, lower: RowSet): Levels {
  const [isUpper, isLower] = [new Set(upper), new Set(lower)];
  const withChild = new Set<number>();
  for (const row of isLower) withChild.add(parent[row]!);
  return {
    upper: upper.filter((row) => withChild.has(row)),
    lower: lower.filter((row) => isUpper.has(parent[row]!)),
  };
}

function ancestors({ parent }: TraceRows, upper: RowSet, lower: RowSet): Levels {
  const above = belowAny(parent, new Set(upper));
  const hasBelow = new Uint8Array(parent.length);
  for (const row of lower) {
    for (let up = parent[row]!; up >= 0 && hasBelow[up] === 0; up = parent[up]!) hasBelow[up] = 1;
  }
  return {
    upper: upper.filter((row) => hasBelow[row] === 1),
    lower: lower.filter((row) => above[row] === yes),
  };
}

const unknown = 0;
const no = 1;
const yes = 2;

/** Per row, whether one of the set is among its ancestors. Each row is walked over twice at most. */
function belowAny(parent: Int32Array, set: ReadonlySet<number>): Uint8Array {
  const known = new Uint8Array(parent.length);
  const way: number[] = [];
  for (let from = 0; from < parent.length; from++) {
    let row = from;
    for (; row >= 0 && known[row] === unknown; row = parent[row]!) way.push(row);
    let answer = row >= 0 && (known[row] === yes || set.has(row)) ? yes : no;
    for (let back = way.pop(); back !== undefined; back = way.pop()) {
      known[back] = answer;
      if (set.has(back)) answer = yes;
    }
  }
  return known;
}

/** Rows that have another row of the set beside them. */
function besides(trace: TraceRows, rows: RowSet, others: RowSet): RowSet {
  const counts = new Map<number | string, number>();
  for (const row of others) {
    const key = trace.siblingKey(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const isOther = new Set(others);
  return rows.filter((row) => {
    const beside = counts.get(trace.siblingKey(row)) ?? 0;
    return beside > (isOther.has(row) ? 1 : 0);
  });
}
