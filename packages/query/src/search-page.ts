/**
 * What both searches, for spans and for traces, are given and give back.
 *
 * Never knows: which of the two it is.
 */
import type { CheckedQuery } from '@clew/traceql';
import type { Cursor } from './cursor.ts';
import type { Asked } from './lower.ts';
import type { TimeRange } from './question.ts';
import type { Run } from './run.ts';
import { type Inhabited, withSpans } from './spans-range.ts';
import type { Evaluation } from './spanset/evaluate.ts';
import { firstWidth, windowsOf } from './windows.ts';

export type Search = {
  readonly query: CheckedQuery;
  readonly range: TimeRange;
  readonly tenant: string;
  /** The clock when the search began. */
  readonly nowNs: bigint;
  readonly limit: number;
  readonly cursor: string | null;
  /** The question as text, with which a cursor is bound up. */
  readonly asked: string;
  readonly run: Run;
  readonly search: Asked;
  /** Turns traces into spansets; a search that single spans answer does without, unless spansets are shown. */
  readonly evaluation: Evaluation;
};

export type Found<Row> = {
  readonly rows: readonly Row[];
  readonly complete: boolean;
  readonly cursor: string | null;
};

/** A trace that may be part of the answer, and the newest of its spans for which it may. */
export type NewestMatch = { readonly traceId: string; readonly newestNs: string };

const minuteNs = 60_000_000_000n;
/**
 * While spans arrive, what arrived in the last seconds is in small parts of its own: a question that they answer reads
 * nothing else. Later they are merged, and a minute is as cheap as a second.
 */
const arrivingNs = 4_000_000_000n;

/** Spans that start after this are in parts that are not merged yet. */
export function isArriving(timeNs: bigint, nowNs: bigint): boolean {
  return timeNs > nowNs - 2n * minuteNs;
}

/**
 * What is left to look at, as windows from the newest. Matches that start later than the cursor says have been given;
 * and where there are no spans at all, at the end of the range, nothing is looked for.
 *
 * @param met how many of what the page needs the windows so far have brought
 */
export async function* windowsLeft(
  search: Search,
  cursor: Cursor | null,
  met: () => number,
): AsyncGenerator<TimeRange> {
  const left = await withSpans(search.run, rangeLeft(search, cursor));
  if (left === null) return;
  const firstNs = widthWhileArriving(left, search.nowNs) ?? firstWidth(left);
  yield* windowsOf(left, { firstNs, needs: { wanted: search.limit, met } });
}

/** Null where nothing is arriving, or so little that a minute of it costs nothing. `toNs` is where the newest span starts. */
function widthWhileArriving({ toNs, strideNs }: Inhabited, nowNs: bigint): bigint | null {
  const widthNs = toNs - nowNs + arrivingNs;
  return widthNs > 0n && widthNs < minuteNs && strideNs < minuteNs ? widthNs : null;
}

function rangeLeft(search: Search, cursor: Cursor | null): TimeRange {
  const { fromNs, toNs } = search.range;
  if (cursor === null || cursor.matchesFromNs >= toNs) return search.range;
  return { fromNs, toNs: cursor.matchesFromNs + 1n };
}
