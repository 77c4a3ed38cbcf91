/**
 * Of how many spans the conditions of filters hold: each alone, each two together, and all.
 *
 * Counted from the newest spans backwards until there were enough of them or time is up, so that the answer is soon there
 * however long the range is.
 *
 * Never knows: what the counts mean.
 */
import type { FieldExpression } from '@clew/traceql';
import type { Ask } from '../ask.ts';
import { isOfSpan } from '../fields.ts';
import type { TimeRange } from '../question.ts';
import { withSpans } from '../spans-range.ts';
import { conditionCountsStatement } from '../sql/condition-counts.ts';
import { firstWidth, windowsOf } from '../windows.ts';
import type { FilterParts } from './filters.ts';

export type FilterCounts = {
  /** Spans of which all conditions hold that a span can answer by itself. */
  readonly spans: number;
  /** By condition; null where only whole traces can tell. */
  readonly alone: readonly (number | null)[];
  readonly pairs: readonly Pair[];
};

/** Places of two conditions among those of their filter. */
export type Pair = { readonly one: number; readonly other: number; readonly spans: number };

export type Counts = {
  readonly spans: number;
  /** What was counted; `isWhole` when it is the range that is asked about. */
  readonly range: TimeRange;
  readonly isWhole: boolean;
  readonly filters: readonly FilterCounts[];
};

const spansEnough = 3_000_000;
const msEnough = 1_500;
/** More conditions than this are counted alone only: pairs grow with their square. */
const pairedMost = 8;

export async function countConditions(
  ask: Ask,
  filters: readonly FilterParts[],
  range: TimeRange,
): Promise<Counts> {
  const asked = filters.map(countedOf);
  const counted = asked.flatMap((one) => one.lists);
  const totals = new Array<number>(counted.length + 1).fill(0);
  const startedMs = performance.now();
  const inhabited = await withSpans(ask.run, range);
  let fromNs = range.toNs;
  for (const window of inhabited === null
    ? []
    : windowsOf(inhabited, { firstNs: firstWidth(inhabited) })) {
    const statement = conditionCountsStatement({ tenant: ask.tenant, range: window, counted });
    const [row] = await ask.run.rows<Readonly<Record<string, number>>>(statement);
    totals[0]! += row!['spans']!;
    for (const at of counted.keys()) totals[at + 1]! += row![`c${at}`]!;
    fromNs = window.fromNs;
    if (totals[0]! >= spansEnough || performance.now() - startedMs > msEnough) break;
  }
  const isWhole = fromNs <= (inhabited ?? range).fromNs || totals[0] === 0;
  let at = 1;
  const found = asked.map((one): FilterCounts => {
    const own = totals.slice(at, at + one.lists.length);
    at += one.lists.length;
    return one.read(own);
  });
  return {
    spans: totals[0]!,
    range: isWhole ? range : { ...range, fromNs },
    isWhole,
    filters: found,
  };
}

/** What is counted for a filter, and how its counts are read. */
function countedOf({ conditions }: FilterParts) {
  const places = [...conditions.keys()].filter((at) => isOfSpan(conditions[at]!));
  const paired = places.length > pairedMost ? [] : places;
  const pairs = paired.flatMap((one, at) => paired.slice(at + 1).map((other) => ({ one, other })));
  const lists: readonly FieldExpression[][] = [
    places.map((at) => conditions[at]!),
    ...places.map((at) => [conditions[at]!]),
    ...pairs.map(({ one, other }) => [conditions[one]!, conditions[other]!]),
  ];
  const read = ([spans, ...rest]: readonly number[]): FilterCounts => ({
    spans: spans!,
    alone: [...conditions.keys()].map((at) => rest[places.indexOf(at)] ?? null),
    pairs: pairs.map((pair, at) => ({ ...pair, spans: rest[places.length + at]! })),
  });
  return { lists, read };
}
