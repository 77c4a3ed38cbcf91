/**
 * `histogram_quantile`: series of `le` become one of quantiles.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile. Never knows: whose buckets they are.
 */
import { allBut, isNotEmpty, keyOf, nameless, type Series, type Vector, vector } from './series.ts';

type Bucket = { readonly upTo: number; readonly values: Series['values'] };

export function histogramQuantile(quantiles: readonly number[], { series }: Vector): Vector {
  const groups = new Map<
    string,
    { readonly labels: Series['labels']; readonly buckets: Bucket[] }
  >();
  for (const { labels, values } of series) {
    const upTo = readBound(labels['le']);
    if (Number.isNaN(upTo)) continue;
    const rest = allBut(nameless(labels), ['le']);
    const key = keyOf(rest);
    const group = groups.get(key) ?? { labels: rest, buckets: [] };
    group.buckets.push({ upTo, values });
    groups.set(key, group);
  }
  const found = [...groups.values()].map(({ labels, buckets }): Series => {
    buckets.sort((a, b) => a.upTo - b.upTo);
    return { labels, values: quantiles.map((quantile, at) => quantileAt(buckets, quantile, at)) };
  });
  return vector(found.filter(isNotEmpty));
}

export function readBound(le: string | undefined): number {
  if (le === '+Inf') return Number.POSITIVE_INFINITY;
  return le === undefined || le === '' ? Number.NaN : Number(le);
}

/** Counts are cumulative; within a bucket spans are taken to be evenly spread. */
function quantileAt(buckets: readonly Bucket[], quantile: number, at: number): number | null {
  const there = buckets.filter(({ values }) => values[at] !== null);
  const last = there.at(-1);
  if (last === undefined) return null;
  if (last.upTo !== Number.POSITIVE_INFINITY || there.length < 2) return Number.NaN;
  const all = last.values[at]!;
  if (all === 0 || Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const rank = quantile * all;
  const found = there.findIndex(({ values }) => values[at]! >= rank);
  const bucket = there[found]!;
  const before = there[found - 1];
  if (bucket.upTo === Number.POSITIVE_INFINITY) return before!.upTo;
  const [from, countBefore] = before === undefined ? [0, 0] : [before.upTo, before.values[at]!];
  const own = bucket.values[at]! - countBefore;
  return own === 0 ? bucket.upTo : from + (bucket.upTo - from) * ((rank - countBefore) / own);
}
