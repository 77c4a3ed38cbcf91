/**
 * What series there are: names and values of labels, and whole label sets.
 *
 * Never knows: HTTP.
 */
import type { TimeRange } from '@clew/query';
import type { Count } from './counted.ts';
import { bounds, type Family, families, labelsOf } from './families.ts';
import { familiesOf, isBoundAsked } from './matching.ts';
import { PromqlError } from './promql/errors.ts';
import type { LabelSet } from './promql/series.ts';
import type { Matcher, Selector } from './promql/tree.ts';

export type Listing = {
  /** Series that one of these chooses; none: all. */
  readonly selectors: readonly Selector[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
};

export function labelNames(selectors: readonly Selector[]): readonly string[] {
  return [...new Set(chosen(selectors).flatMap(({ family }) => labelsOf(family)))].sort();
}

type Chosen = { readonly family: Family; readonly matchers: readonly Matcher[] };

function chosen(selectors: readonly Selector[]): readonly Chosen[] {
  if (selectors.length === 0) return families.map((family) => ({ family, matchers: [] }));
  return selectors.flatMap(({ matchers }) =>
    familiesOf(matchers).map((family) => ({ family, matchers })),
  );
}

/** In order. A label that no metric has has no values. */
export async function labelValues(
  count: Count,
  label: string,
  { selectors, limit, ...when }: Listing,
): Promise<readonly string[]> {
  const asked = chosen(selectors).filter(({ family }) => labelsOf(family).includes(label));
  if (label === '__name__') return [...new Set(asked.map(({ family }) => family.name))].sort();
  if (label === 'le') return [...new Set(asked.flatMap(boundsOf))].slice(0, limit);
  const values = new Set<string>();
  // All metrics about calls have the same labels, and so have all about spans.
  const once = new Map(
    asked.map((one) => [`${one.family.subject} ${JSON.stringify(one.matchers)}`, one]),
  );
  for (const { family, matchers } of once.values()) {
    const counter: Family = { ...family, measure: 'calls', part: 'counter' };
    const ask = { family: counter, matchers, keep: [label], ...minutesOf(when) };
    for (const { labels } of await count(ask)) {
      const value = labels[label];
      if (value !== undefined && value !== '') values.add(value);
    }
  }
  return [...values].sort().slice(0, limit);
}

function boundsOf({ matchers }: Chosen): readonly string[] {
  return bounds.flatMap(({ le }) => (isBoundAsked(matchers, le) ? [le] : []));
}

/** @throws PromqlError without a selector */
export async function listSeries(
  count: Count,
  { selectors, limit, ...when }: Listing,
): Promise<readonly LabelSet[]> {
  if (selectors.length === 0) throw new PromqlError('no match[] parameter provided');
  const found = new Map<string, LabelSet>();
  for (const { family, matchers } of chosen(selectors)) {
    const ask = { family, matchers, keep: null, ...minutesOf(when) };
    for (const { labels } of await count(ask)) {
      found.set(JSON.stringify(labels), labels);
      if (found.size >= limit) return [...found.values()];
    }
  }
  return [...found.values()];
}

const minuteMs = 60_000;

/** The whole minutes around a range, as one slot. */
function minutesOf({ fromMs, toMs }: { fromMs: number; toMs: number }): {
  range: TimeRange;
  slotMinutes: number;
} {
  const from = Math.max(0, Math.floor(fromMs / minuteMs));
  const to = Math.max(from + 1, Math.ceil(toMs / minuteMs));
  const ns = (minute: number) => BigInt(minute) * 60_000_000_000n;
  return { range: { fromNs: ns(from), toNs: ns(to) }, slotMinutes: to - from };
}
