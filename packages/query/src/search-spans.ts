/**
 * A search for spans: exact newest-first pages.   before: query.ts   after: sql/print.ts, run.ts
 *
 * Windows are walked from the newest, and the walk stops when the page is full. Time running out ends a page early; it
 * then says so, and its cursor goes on from there.
 *
 * What whole traces decide is found window by window: the traces that can be part of the answer are evaluated, newest
 * first, and of their spans those that start in the window are given.
 *
 * Never knows: SQL, looks.
 */
import { StatementTimedOut } from '@clew/store';
import { printCursor, readCursor } from './cursor.ts';
import { lower } from './lower.ts';
import { newestMatches } from './newest-matches.ts';
import type { Place } from './plan.ts';
import type { TimeRange } from './question.ts';
import type { SpanHit } from './results.ts';
import { type Found, type NewestMatch, type Search, windowsLeft } from './search-page.ts';
import { readDetails } from './spanset/show.ts';
import { isLater, type SpanPlace, spansIn } from './spanset/spans-in.ts';
import { compile } from './sql/print.ts';

export type SpanRow = Omit<SpanHit, 'look'>;

/** @throws QuestionError `bad-cursor`, `unsupported-query` */
export async function findSpans(search: Search): Promise<Found<SpanRow>> {
  const cursor = search.cursor === null ? null : readCursor(search.cursor, search.asked);
  const rows: SpanRow[] = [];
  let after: Place | null = cursor?.after ?? null;
  const page = (complete: boolean): Found<SpanRow> => {
    const next = after && { after, matchesFromNs: after.startNs };
    return { rows, complete, cursor: next && printCursor(next, search.asked) };
  };
  try {
    for await (const window of windowsLeft(search, cursor, () => rows.length)) {
      for (let isMore = true; isMore; ) {
        const limit = search.limit - rows.length;
        const step = { range: window, limit, after };
        const found: readonly SpanRow[] =
          search.search.kind === 'filter' ? await read(search, step) : await evaluate(search, step);
        for (const row of found) if (!isRepeat(row, rows.at(-1))) rows.push(row);
        if (found.length > 0) after = placeOf(found.at(-1)!);
        if (rows.length === search.limit) return page(true);
        isMore = found.length === limit;
      }
      after = topOf(window.fromNs);
    }
  } catch (error) {
    if (error instanceof StatementTimedOut && after !== null) return page(false);
    throw error;
  }
  return { rows, complete: true, cursor: null };
}

type Step = { readonly range: TimeRange; readonly limit: number; readonly after: Place | null };

function read({ query, tenant, run }: Search, step: Step): Promise<readonly SpanRow[]> {
  return run.rows<SpanRow>(compile(lower(query, { by: 'span', tenant, ...step })));
}

/** Traces that are evaluated at once. */
const batchTraces = 256;

/**
 * The newest spans of a window that whole traces decide. Candidates come in the order of their newest possible span, so
 * spans that start later than the last candidate's are certain of their place.
 */
async function evaluate(search: Search, step: Step): Promise<readonly SpanRow[]> {
  const met = new Set<string>();
  const found: SpanPlace[] = [];
  let reached: Place | null = null;
  for (let isMore = true; isMore; ) {
    const matches: readonly NewestMatch[] = await newestMatches(
      search,
      step.range,
      batchTraces,
      reached,
    );
    const ids = matches.map((match) => match.traceId).filter((id) => !met.has(id));
    for (const id of ids) met.add(id);
    const evaluated = await search.evaluation.evaluate(ids);
    const fresh = evaluated.flatMap((one) => spansIn(one, step.range));
    found.push(...fresh.filter(({ place }) => step.after === null || isLater(step.after, place)));
    const last = matches.at(-1);
    isMore = matches.length === batchTraces && last !== undefined;
    if (last === undefined) break;
    reached = { startNs: BigInt(last.newestNs), traceId: last.traceId, spanId: '' };
    const { startNs } = reached;
    if (found.filter(({ place }) => place.startNs > startNs).length >= step.limit) isMore = false;
  }
  found.sort((a, b) => (isLater(a.place, b.place) ? -1 : 1));
  const page = found.slice(0, step.limit).map(({ place }) => place);
  const details = await readDetails(search, page, []);
  return page.flatMap((place) => details.get(place)?.row ?? []);
}

/** The place before every span that starts earlier than this. */
function topOf(timeNs: bigint): Place {
  return { startNs: timeNs, traceId: '0'.repeat(32), spanId: '0'.repeat(16) };
}

function placeOf(row: SpanRow): Place {
  return { startNs: BigInt(row.startNs), traceId: row.traceId, spanId: row.spanId };
}

/** A client that retries sends the same span again; the order puts repeats side by side. */
function isRepeat(row: SpanRow, before: SpanRow | undefined): boolean {
  return (
    before !== undefined &&
    row.spanId === before.spanId &&
    row.traceId === before.traceId &&
    row.startNs === before.startNs
  );
}
