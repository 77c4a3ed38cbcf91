/**
 * What is done with series once they are there: the highest or lowest of them, those above a bound, arithmetic.
 *
 * A series is a value per step; a step without one is not there. Meaning:
 * https://grafana.com/docs/tempo/latest/traceql/metrics-queries/.
 *
 * Never knows: where values come from.
 */
import type { MetricsBinary, SecondStage, SeriesFilter, Static } from '@clew/traceql';
import { compareValues, type FieldValue } from '../value.ts';

export type Label = { readonly name: string; readonly value: FieldValue };

export type Series = {
  readonly labels: readonly Label[];
  /** Values by the number of their step. */
  readonly values: ReadonlyMap<number, number>;
  readonly exemplars: readonly Exemplar[];
};

/** One span out of many that a value was made of. */
export type Exemplar = {
  readonly traceId: string;
  readonly spanId: string;
  /** When the span starts, epoch nanoseconds. */
  readonly timeNs: string;
  /** What was measured of the span; of a span that was only counted, the series' value at its time. */
  readonly value: number;
  /** The `by` fields of the span. */
  readonly labels: readonly Label[];
};

export function applyStages(
  series: readonly Series[],
  stages: readonly SecondStage[],
): readonly Series[] {
  return stages.reduce(
    (all, stage) =>
      stage.kind === 'top'
        ? pick(all, stage.count, stage.name === 'topk' ? -1 : 1)
        : filter(all, stage),
    series,
  );
}

/** An exemplar stays when its own value passes. */
function filter(series: readonly Series[], { operator, value: of }: SeriesFilter) {
  const right = { type: 'float', value: constantOf(of) } as const;
  const passes = (value: number) => compareValues(operator, { type: 'float', value }, right);
  return keep(series, passes).map((one) => ({
    ...one,
    exemplars: one.exemplars.filter(({ value }) => passes(value)),
  }));
}

/** Durations are seconds, as the values of series are. */
export function constantOf(of: Static): number {
  return of.type === 'duration' ? Number(of.value) / 1e9 : Number(of.value);
}

/** Series that keep no value are left out. */
function keep(
  series: readonly Series[],
  isKept: (value: number, step: number, of: Series) => boolean,
): readonly Series[] {
  return series.flatMap((one) => {
    const values = new Map([...one.values].filter(([step, value]) => isKept(value, step, one)));
    return values.size === 0 ? [] : [{ ...one, values }];
  });
}

/** The first few at each step, ties in the order of their labels. */
function pick(series: readonly Series[], count: number, sign: 1 | -1): readonly Series[] {
  if (series.length <= count) return series;
  const picked = new Map<number, ReadonlySet<Series>>();
  for (const step of new Set(series.flatMap((one) => [...one.values.keys()]))) {
    const there = series.filter((one) => one.values.has(step));
    there.sort((a, b) => sign * (a.values.get(step)! - b.values.get(step)!) || byLabels(a, b));
    picked.set(step, new Set(there.slice(0, count)));
  }
  return keep(series, (_, step, one) => picked.get(step)!.has(one));
}

export function byLabels(one: Series, other: Series): number {
  const [a, b] = [labelKey(one), labelKey(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same for series that belong together: equal labels, whatever they are called. */
function labelKey({ labels }: Series): string {
  const named = labels.filter((label) => label.name !== '__name__');
  return JSON.stringify(named.map(({ name, value }) => [name, value.type, value.value]));
}

// ── Arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────────

type Operator = MetricsBinary['operator'];

const results: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? Number.NaN : a / b),
};

/**
 * Series of equal labels are joined; one side that is a single series without labels goes with every series of the other.
 * Steps that only one side has, and what is divided by zero, are left out.
 */
export function combine(
  operator: Operator,
  left: readonly Series[] | number,
  right: readonly Series[] | number,
): readonly Series[] {
  const compute = results[operator];
  if (typeof left === 'number') {
    return typeof right === 'number' ? [] : map(right, (value) => compute(left, value));
  }
  if (typeof right === 'number') return map(left, (value) => compute(value, right));
  const isSingle = (side: readonly Series[]) => side.length === 1 && labelKey(side[0]!) === '[]';
  const [leftSingle, rightSingle] = [isSingle(left), isSingle(right)];
  if (rightSingle && !leftSingle) {
    return map(left, (value, step) => compute(value, at(right[0]!, step)));
  }
  if (leftSingle && !rightSingle) {
    return map(right, (value, step) => compute(at(left[0]!, step), value));
  }
  const partners = new Map(right.map((one) => [labelKey(one), one]));
  return left.flatMap((one) => {
    const partner = partners.get(labelKey(one));
    if (partner === undefined) return [];
    const joined = {
      ...one,
      labels: joinedLabels(operator, one, partner),
      exemplars: [...one.exemplars, ...partner.exemplars],
    };
    return map([joined], (value, step) => compute(value, at(partner, step)));
  });
}

/** Two that have only a name are called by what was done: `(rate / rate)`. */
function joinedLabels(operator: Operator, left: Series, right: Series): readonly Label[] {
  const nameOf = ({ labels }: Series) =>
    labels.find(({ name }) => name === '__name__')?.value.value;
  const [a, b] = [nameOf(left), nameOf(right)];
  if (a === undefined || b === undefined) return left.labels;
  return [{ name: '__name__', value: { type: 'string', value: `(${a} ${operator} ${b})` } }];
}

function at(series: Series, step: number): number {
  return series.values.get(step) ?? Number.NaN;
}

function map(
  series: readonly Series[],
  change: (value: number, step: number) => number,
): readonly Series[] {
  const changed = series.map((one) => ({
    ...one,
    values: new Map([...one.values].map(([step, value]) => [step, change(value, step)] as const)),
  }));
  return keep(changed, Number.isFinite);
}
