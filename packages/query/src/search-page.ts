/**
 * What both searches, for spans and for traces, are given and give back.
 *
 * Never knows: which of the two it is.
 */
import type { CheckedQuery } from '@clew/traceql';
import type { Cursor } from './cursor.ts';
import type { TimeRange } from './question.ts';
import type { Run } from './run.ts';

export type Search = {
  readonly query: CheckedQuery;
  readonly range: TimeRange;
  readonly tenant: string;
  readonly limit: number;
  readonly cursor: string | null;
  /** The question as text, with which a cursor is bound up. */
  readonly asked: string;
  readonly run: Run;
};

export type Found<Row> = {
  readonly rows: readonly Row[];
  readonly complete: boolean;
  readonly cursor: string | null;
};

/** What is left to look at: matches that start later than the cursor says have been given. */
export function rangeOf(search: Search, cursor: Cursor | null): TimeRange {
  const { fromNs, toNs } = search.range;
  if (cursor === null || cursor.matchesFromNs >= toNs) return search.range;
  return { fromNs, toNs: cursor.matchesFromNs + 1n };
}
