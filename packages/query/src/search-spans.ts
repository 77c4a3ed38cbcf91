/**
 * A search for spans: exact newest-first pages.   before: query.ts   after: sql/print.ts, run.ts
 *
 * Windows are walked from the newest, and the walk stops when the page is full. Time running out ends a page early; it
 * then says so, and its cursor goes on from there.
 *
 * Never knows: SQL, looks.
 */
import { StatementTimedOut } from '@clew/store';
import { printCursor, readCursor } from './cursor.ts';
import { lower } from './lower.ts';
import type { Place } from './plan.ts';
import type { SpanHit } from './results.ts';
import { type Found, type Search, windowsLeft } from './search-page.ts';
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
    for await (const window of windowsLeft(search, cursor)) {
      for (let isMore = true; isMore; ) {
        const limit = search.limit - rows.length;
        const found: readonly SpanRow[] = await read(search, { range: window, limit, after });
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

function read(
  { query, tenant, run }: Search,
  step: { range: Search['range']; limit: number; after: Place | null },
): Promise<readonly SpanRow[]> {
  return run.rows<SpanRow>(compile(lower(query, { by: 'span', tenant, ...step })));
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
