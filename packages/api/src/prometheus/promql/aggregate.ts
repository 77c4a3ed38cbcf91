/**
 * `sum`, `avg`, `topk` … over series with equal labels.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators. Never knows: where series come from.
 */
import { notSupported, PromqlError } from './errors.ts';
import {
  allBut,
  isNotEmpty,
  keyOf,
  type LabelSet,
  nameless,
  only,
  type Series,
  type Vector,
  vector,
} from './series.ts';
import type { Labels } from './tree.ts';

type Reduce = (values: readonly number[], parameter: number) => number;

const sum: Reduce = (values) => values.reduce((a, b) => a + b, 0);
const mean: Reduce = (values, parameter) => sum(values, parameter) / values.length;

function variance(values: readonly number[]): number {
  const middle = mean(values, 0);
  return (
    sum(
      values.map((value) => (value - middle) ** 2),
      0,
    ) / values.length
  );
}

const reducers: Readonly<Record<string, Reduce>> = {
  sum,
  avg: mean,
  min: (values) => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a)),
  max: (values) => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a)),
  count: (values) => values.length,
  group: () => 1,
  stddev: (values) => Math.sqrt(variance(values)),
  stdvar: (values) => variance(values),
  quantile: (values, parameter) => quantile(values, parameter),
};

/** Aggregations that need a number before the series. */
const withParameter: ReadonlySet<string> = new Set(['topk', 'bottomk', 'quantile']);

/** @throws PromqlError for an aggregation that is not answered */
export function checkAggregation(name: string): void {
  if (!(name in reducers || withParameter.has(name))) throw notSupported(`the aggregation ${name}`);
}

/** @throws PromqlError */
export function aggregate(
  name: string,
  by: Labels,
  parameter: readonly number[] | null,
  { series }: Vector,
): Vector {
  if (withParameter.has(name) !== (parameter !== null)) {
    throw new PromqlError(`wrong number of arguments for aggregate expression ${name}`);
  }
  const groups = groupsOf(series, by);
  if (name === 'topk' || name === 'bottomk') {
    const sign = name === 'topk' ? -1 : 1;
    return vector(groups.flatMap(({ members }) => pick(members, parameter!, sign)));
  }
  const reduce = reducers[name]!;
  const length = series[0]?.values.length ?? 0;
  const reduced = groups.map(({ labels, members }): Series => {
    const values = Array.from({ length }, (_, at) => {
      const there = members.map(({ values }) => values[at]!).filter((value) => value !== null);
      return there.length === 0 ? null : reduce(there, parameter?.[at] ?? Number.NaN);
    });
    return { labels, values };
  });
  return vector(reduced.filter(isNotEmpty));
}

export function labelsKept(labels: LabelSet, { mode, names }: Labels): LabelSet {
  return mode === 'only' ? only(labels, names) : allBut(nameless(labels), names);
}

type Group = { readonly labels: LabelSet; readonly members: Series[] };

function groupsOf(series: readonly Series[], by: Labels): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = labelsKept(one.labels, by);
    const key = keyOf(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    group.members.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The first few at each time, which keep their labels; in the order of their last values. */
function pick(
  members: readonly Series[],
  counts: readonly number[],
  sign: 1 | -1,
): readonly Series[] {
  const picked = members.map((): (number | null)[] => []);
  for (const [at, count] of counts.entries()) {
    const there = members
      .map(({ values }, index) => ({ index, value: values[at] ?? null }))
      .filter((one): one is { index: number; value: number } => one.value !== null);
    there.sort((a, b) => byValue(a.value, b.value, sign));
    const chosen = new Set(
      there.slice(0, Math.max(0, Math.trunc(count))).map(({ index }) => index),
    );
    for (const [index, values] of picked.entries()) {
      values.push(chosen.has(index) ? members[index]!.values[at]! : null);
    }
  }
  const kept = members.map(({ labels }, index) => ({ labels, values: picked[index]! }));
  const last = ({ values }: Series) => values.at(-1) ?? Number.NaN;
  return kept.filter(isNotEmpty).sort((a, b) => byValue(last(a), last(b), sign));
}

/** What is no number comes last. */
export function byValue(a: number, b: number, sign: 1 | -1): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (a - b);
}

function quantile(values: readonly number[], share: number): number {
  if (Number.isNaN(share)) return Number.NaN;
  if (share < 0) return Number.NEGATIVE_INFINITY;
  if (share > 1) return Number.POSITIVE_INFINITY;
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! * (1 - (place - below)) + sorted[above]! * (place - below);
}
