/**
 * Traces that may be part of an answer, by their newest possible span.
 *
 * What the engine needs for a window grows with the spans in it. Where that is more memory than a statement gets, the
 * window is halved until it fits, so a busy hour costs more statements instead of an error.
 *
 * Never knows: SQL text, what becomes of the traces.
 */
import { StatementRefused } from '@clew/store';
import { lower } from './lower.ts';
import type { Place } from './plan.ts';
import type { TimeRange } from './question.ts';
import type { NewestMatch, Search } from './search-page.ts';
import { compile } from './sql/print.ts';

/** Rows are kept by minutes: a narrower window reads no less. */
const halvedFromNs = 120_000_000_000n;
const minuteNs = 60_000_000_000n;

/**
 * At most `limit`, after a place, newest first; fewer are all there are. A trace that a page before has shown may come
 * again, where a window was halved between the two.
 */
export async function newestMatches(
  search: Pick<Search, 'query' | 'tenant' | 'run'>,
  range: TimeRange,
  limit: number,
  after: Place | null,
): Promise<readonly NewestMatch[]> {
  const { query, tenant, run } = search;
  const step = { by: 'trace', tenant, range, limit, after } as const;
  try {
    return await run.rows<NewestMatch>(compile(lower(query, step)));
  } catch (error) {
    const isTooWide = error instanceof StatementRefused && error.overLimit;
    if (!isTooWide || range.toNs - range.fromNs < halvedFromNs) throw error;
  }
  const middleNs = ((range.fromNs + range.toNs) / 2n / minuteNs) * minuteNs;
  const newer = await newestMatches(search, { ...range, fromNs: middleNs }, limit, after);
  if (newer.length === limit) return newer;
  const known = new Set(newer.map((match) => match.traceId));
  // The older half may find every one of these again.
  const most = limit + newer.length;
  const older = await newestMatches(search, { ...range, toNs: middleNs }, most, after);
  return [...newer, ...older.filter((match) => !known.has(match.traceId))].slice(0, limit);
}
