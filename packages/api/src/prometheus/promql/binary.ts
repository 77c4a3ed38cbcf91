/**
 * Arithmetic, comparison and set operators between numbers and series.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operators. Never knows: where series come from.
 */
import { labelsKept } from './aggregate.ts';
import { PromqlError } from './errors.ts';
import {
  isNotEmpty,
  keyOf,
  type LabelSet,
  mapValues,
  nameless,
  only,
  type Result,
  type Scalar,
  type Series,
  type Vector,
  vector,
} from './series.ts';
import type { Binary } from './tree.ts';

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

/** @throws PromqlError */
export function combine(of: Binary, left: Result, right: Result): Result {
  if (left.kind === 'text' || right.kind === 'text') {
    throw new PromqlError('binary expression must contain only scalar and instant vector types');
  }
  if (left.kind === 'vector' && right.kind === 'vector') {
    return of.operator in sets ? sets[of.operator]!(of, left, right) : join(of, left, right);
  }
  if (of.operator in sets) {
    throw new PromqlError(`set operator "${of.operator}" not allowed in binary scalar expression`);
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') return scalars(of, left, right);
  return left.kind === 'vector'
    ? withScalar(of, left, right as Scalar, 'right')
    : withScalar(of, right as Vector, left as Scalar, 'left');
}

function scalars(of: Binary, left: Scalar, right: Scalar): Scalar {
  if (of.operator in comparisons && !of.isBool) {
    throw new PromqlError('comparisons between scalars must use BOOL modifier');
  }
  const values = left.values.map((a, at) => compute(of, a, right.values[at]!) ?? Number.NaN);
  return { kind: 'scalar', values };
}

/** A comparison keeps the series' own value, on whichever side the number stands. */
function withScalar(of: Binary, series: Vector, scalar: Scalar, side: 'left' | 'right'): Vector {
  const isFilter = of.operator in comparisons && !of.isBool;
  const computed = (value: number, at: number) => {
    const [a, b] = side === 'right' ? [value, scalar.values[at]!] : [scalar.values[at]!, value];
    const result = compute(of, a, b);
    return result === null || !isFilter ? result : value;
  };
  if (!isFilter) return mapValues(series, computed);
  const kept = series.series.map(({ labels, values }) => ({
    labels,
    values: values.map((value, at) => (value === null ? null : computed(value, at))),
  }));
  return vector(kept.filter(isNotEmpty));
}

/** Null where a comparison leaves the sample out. */
function compute({ operator, isBool }: Binary, a: number, b: number): number | null {
  const test = comparisons[operator];
  if (test === undefined) return arithmetic[operator]!(a, b);
  if (isBool) return test(a, b) ? 1 : 0;
  return test(a, b) ? a : null;
}

// ── Series with series ──────────────────────────────────────────────────────────────────────────────────────────────

function join(of: Binary, left: Vector, right: Vector): Vector {
  const isManyRight = of.many === 'right';
  const [many, one] = isManyRight ? [right, left] : [left, right];
  const partners = byMatch(of, one.series, isManyRight ? 'left' : 'right');
  const seen = new Set<string>();
  const joined = many.series.flatMap((member): Series[] => {
    const key = keyOf(labelsKept(member.labels, of.on));
    const partner = partners.get(key);
    if (partner === undefined) return [];
    const labels = joinedLabels(of, member.labels, partner.labels);
    const own = of.many === null ? key : keyOf(labels);
    if (seen.has(own)) throw ambiguous(isManyRight ? 'right' : 'left');
    seen.add(own);
    const values = member.values.map((value, at) => {
      const other = partner.values[at] ?? null;
      if (value === null || other === null) return null;
      return isManyRight ? compute(of, other, value) : compute(of, value, other);
    });
    return [{ labels, values }];
  });
  return vector(joined.filter(isNotEmpty));
}

function byMatch(of: Binary, series: readonly Series[], side: string): Map<string, Series> {
  const partners = new Map<string, Series>();
  for (const one of series) {
    const key = keyOf(labelsKept(one.labels, of.on));
    if (partners.has(key)) throw ambiguous(side);
    partners.set(key, one);
  }
  return partners;
}

function ambiguous(side: string): PromqlError {
  return new PromqlError(
    `found duplicate series for the match group on the ${side} side of the operation: many-to-many matching not allowed: matching labels must be unique on one side`,
    'execution',
  );
}

function joinedLabels(of: Binary, member: LabelSet, partner: LabelSet): LabelSet {
  const keepsName = of.operator in comparisons && !of.isBool;
  const own = keepsName ? member : nameless(member);
  if (of.many !== null) return { ...own, ...only(partner, of.include) };
  return of.on.mode === 'only' ? only(own, of.on.names) : labelsKept(own, of.on);
}

const sets: Readonly<Record<string, (of: Binary, left: Vector, right: Vector) => Vector>> = {
  and: (of, left, right) => keepWhere(of, left, right, true),
  unless: (of, left, right) => keepWhere(of, left, right, false),
  or: (of, left, right) => vector([...left.series, ...keepWhere(of, right, left, false).series]),
};

/** Samples at whose time the other side has one with the same labels, or has none. */
function keepWhere(of: Binary, { series }: Vector, other: Vector, isThere: boolean): Vector {
  const there = new Map<string, Series[]>();
  for (const one of other.series) {
    const key = keyOf(labelsKept(one.labels, of.on));
    there.set(key, [...(there.get(key) ?? []), one]);
  }
  const kept = series.map(({ labels, values }) => {
    const partners = there.get(keyOf(labelsKept(labels, of.on))) ?? [];
    const has = (at: number) => partners.some((one) => (one.values[at] ?? null) !== null);
    return { labels, values: values.map((value, at) => (has(at) === isThere ? value : null)) };
  });
  return vector(kept.filter(isNotEmpty));
}
