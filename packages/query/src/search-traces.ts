/**
 * A search for traces: exact pages, newest trace start first.   before: query.ts   after: sql/print.ts, run.ts
 *
 * A trace is found through its matching spans, but its place in the list is its own start, which may be much earlier. So
 * traces are met in the order of their newest match, batch by batch, and a trace is certain of its place when it starts
 * later than anything not met yet can: no trace starts after its newest match. (This is Fagin's threshold algorithm,
 * https://doi.org/10.1016/S0022-0000(03)00026-6, with one list.)
 *
 * Never knows: SQL, looks.
 */
import { StatementTimedOut } from '@clew/store';
import { type Cursor, printCursor, readCursor } from './cursor.ts';
import { newestMatches } from './newest-matches.ts';
import type { Place } from './plan.ts';
import {
  type Found,
  isArriving,
  type NewestMatch,
  type Search,
  windowsLeft,
} from './search-page.ts';
import type { Evaluated } from './spanset/evaluate.ts';
import { summariesStatement, type TraceSeconds, traceSecondsStatement } from './sql/trace.ts';

export type TraceRow = {
  readonly traceId: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly matched: number;
  readonly rootService: string;
  readonly rootName: string;
  readonly services: readonly (readonly [name: string, spans: number, errors: number])[];
};

/**
 * Traces met at once, as a multiple of a small page: where a window holds more, a larger batch costs the statement nothing, and
 * a thousand traces a second of a second each need a thousand before the first is certain of its place.
 */
const batchPages = 4;
const batchLeast = 16;
const batchGrowth = 4;
const batchMost = 1024;
/**
 * A page of matches within this is likely to be of traces that overlap: the whole batch is looked up with one statement.
 * What is further apart lies in granules of its own, of which a page needs no more than its own.
 */
const overlapNs = 1_000_000_000n;
/** Some more than a page are looked up, for the next matches make its last certain, and cost less than a statement of theirs. */
const pageAndMore = 1.25;
/** Matches do not wait for windows from this width on: what a time-out may take must be met before. */
const patientNs = 3_600_000_000_000n;
/** A page that has met this many traces and is still not certain is given as it is, and says so. */
const metMost = 20_000;

/** A trace of the answer. What a search makes of whole traces comes with the spansets it made. */
export type TraceFound = TraceRow & { readonly evaluated: Evaluated | null };

type Met = { readonly row: TraceFound; readonly place: Place; readonly newestNs: bigint };

/** Some rows of a page, the next ones in its order. */
export type Part = {
  readonly rows: readonly TraceFound[];
  /** Every trace with a match later than this has been met. */
  readonly reachedNs: bigint;
  /** With the last part: what is true of the page as a whole. */
  readonly end: Omit<Found<TraceFound>, 'rows'> | null;
};

/** @throws QuestionError `bad-cursor`, `wrong-kind-of-query` */
export async function findTraces(search: Search): Promise<Found<TraceFound>> {
  const rows: TraceFound[] = [];
  for await (const part of findTraceParts(search, { eager: false })) {
    rows.push(...part.rows);
    if (part.end !== null) return { rows, ...part.end };
  }
  throw new Error('a search ends with a last part');
}

/**
 * The same page in parts, as its traces become certain of their place. Whoever stops taking parts stops the search.
 *
 * @param eager give matches as soon as a window has any, at the price of more statements
 * @throws QuestionError `bad-cursor`, `wrong-kind-of-query`
 */
export async function* findTraceParts(
  search: Search,
  { eager }: { readonly eager: boolean },
): AsyncGenerator<Part> {
  const cursor = search.cursor === null ? null : readCursor(search.cursor, search.asked);
  const met: Met[] = [];
  let reachedNs = search.range.toNs;
  let given = 0;
  const last = (untilNs: bigint | null, complete: boolean): Part => {
    const { rows, ...end } = pageOf(search, met, untilNs, complete);
    return { rows: rows.slice(given), reachedNs, end };
  };
  try {
    for await (const step of meetTraces(search, cursor, eager)) {
      met.push(...step.met.filter((one) => cursor === null || isAfter(one.place, cursor.after)));
      met.sort((one, other) => (isAfter(one.place, other.place) ? 1 : -1));
      reachedNs = step.reachedNs;
      const certain = certainOf(met, reachedNs);
      if (certain >= search.limit || met.length > metMost) {
        return yield last(reachedNs, certain >= search.limit);
      }
      yield { rows: met.slice(given, certain).map((one) => one.row), reachedNs, end: null };
      given = certain;
    }
  } catch (error) {
    if (!(error instanceof StatementTimedOut)) throw error;
    if (met.length > 0) return yield last(reachedNs, false);
    const fromNs = cursor?.matchesFromNs ?? search.range.toNs;
    if (reachedNs >= fromNs) throw error;
    return yield { rows: [], reachedNs, end: nothingYet(search, cursor, reachedNs) };
  }
  reachedNs = search.range.fromNs;
  yield last(null, true);
}

/** The time was enough for some windows, and nothing is in them: the next page looks at earlier ones. */
function nothingYet(search: Search, cursor: Cursor | null, reachedNs: bigint): Part['end'] {
  const first: Place = { startNs: search.range.toNs, traceId: 'f'.repeat(32), spanId: '' };
  const next: Cursor = { after: cursor?.after ?? first, matchesFromNs: reachedNs };
  return { complete: false, cursor: printCursor(next, search.asked) };
}

/** How many, from the first, start later than any trace not met yet. `met` is in order. */
function certainOf(met: readonly Met[], reachedNs: bigint): number {
  const uncertain = met.findIndex((one) => one.place.startNs <= reachedNs);
  return uncertain === -1 ? met.length : uncertain;
}

/**
 * The first of what was met, and where to go on. A page that is cut shows what is certain; when nothing is, it shows the
 * best there is, for going on must make progress.
 *
 * @param reachedNs null when the whole range has been looked at
 */
function pageOf(
  search: Search,
  met: readonly Met[],
  reachedNs: bigint | null,
  complete: boolean,
): Found<TraceFound> {
  const certain = reachedNs === null ? met.length : certainOf(met, reachedNs) || met.length;
  const shown = met.slice(0, Math.min(search.limit, certain));
  const pending = met.slice(shown.length).map((one) => one.newestNs);
  const isEnd = reachedNs === null && pending.length === 0;
  const matches = reachedNs === null ? pending : [...pending, reachedNs];
  const last = shown.at(-1)?.place;
  const next: Cursor | null =
    isEnd || last === undefined ? null : { after: last, matchesFromNs: latest(matches) };
  return {
    rows: shown.map((one) => one.row),
    complete,
    cursor: next && printCursor(next, search.asked),
  };
}

function latest(times: readonly bigint[]): bigint {
  let late = 0n;
  for (const time of times) if (time > late) late = time;
  return late;
}

/** True when `place` comes later in the list: an earlier start, ties by the smaller id. */
function isAfter(place: Place, other: Place): boolean {
  return place.startNs === other.startNs
    ? place.traceId < other.traceId
    : place.startNs < other.startNs;
}

// ── Meeting traces ──────────────────────────────────────────────────────────────────────────────────────────────────

type Step = {
  readonly met: readonly Met[];
  /** Every trace with a match later than this has been met. */
  readonly reachedNs: bigint;
};

/**
 * Traces in the order of their newest match, each once. Where matches are rare, those of several windows are looked up
 * together: a summary costs a statement however few traces it is of.
 */
async function* meetTraces(
  search: Search,
  cursor: Cursor | null,
  eager: boolean,
): AsyncGenerator<Step> {
  const seen = new Set<string>();
  let batch = Math.max(search.limit, batchLeast, Math.min(search.limit * batchPages, batchMost));
  let waiting: NewestMatch[] = [];
  let reachedNs = search.range.toNs;
  for await (const window of windowsLeft(search, cursor, () => seen.size)) {
    let after: Place | null = null;
    do {
      const found: readonly NewestMatch[] = await newestMatches(search, window, batch, after);
      after = found.length < batch ? null : placeOf(found.at(-1)!);
      const fresh = found.filter((match) => !seen.has(match.traceId));
      for (const match of fresh) seen.add(match.traceId);
      waiting.push(...fresh);
      for (;;) {
        const together = pageOfMatches(waiting, search.limit);
        if (waiting.length <= together) break;
        const page = waiting.splice(0, together);
        yield { met: await summaries(search, page), reachedNs: BigInt(page.at(-1)!.newestNs) };
      }
      reachedNs = after?.startNs ?? window.fromNs;
      const isLong = window.toNs - window.fromNs >= patientNs;
      const isEnough = seen.size >= search.limit;
      if (eager || isLong || isEnough || waiting.length === 0) {
        yield { met: await summaries(search, waiting), reachedNs };
        waiting = [];
      }
      if (after !== null) batch = Math.min(batch * batchGrowth, batchMost);
    } while (after !== null);
  }
  yield { met: await summaries(search, waiting), reachedNs };
}

/** Of how many of the matches, newest first, the traces are looked up together. */
function pageOfMatches(matches: readonly NewestMatch[], limit: number): number {
  const [first, last] = [matches[0], matches[limit - 1]];
  if (first === undefined || last === undefined) return matches.length;
  const isDense = BigInt(first.newestNs) - BigInt(last.newestNs) < overlapNs;
  return isDense ? matches.length : Math.ceil(limit * pageAndMore);
}

function placeOf(match: NewestMatch): Place {
  return { startNs: BigInt(match.newestNs), traceId: match.traceId, spanId: '' };
}

/** The traces that are part of the answer, with what is shown of them. */
async function summaries(search: Search, matches: readonly NewestMatch[]): Promise<readonly Met[]> {
  if (matches.length === 0) return [];
  const { tenant, nowNs, range, search: asked, run } = search;
  const met = matches.map((match) => match.traceId);
  const isFilter = asked.kind === 'filter';
  const found = isFilter ? null : evaluatedById(await search.evaluation.evaluate(met));
  const traceIds = found === null ? met : met.filter((id) => found.has(id));
  if (traceIds.length === 0) return [];
  const where = isFilter ? asked.where : null;
  const newestNs = latest(matches.map((match) => BigInt(match.newestNs)));
  const seconds = isArriving(newestNs, nowNs) ? await secondsOf(search, traceIds) : null;
  const rows = await run.rows<TraceRow>(
    summariesStatement({ tenant, traceIds, seconds, where, range }),
  );
  const newest = new Map(matches.map((match) => [match.traceId, BigInt(match.newestNs)]));
  return rows.map((row) => {
    const evaluated = found?.get(row.traceId) ?? null;
    const matched = evaluated === null ? row.matched : matchedOf(evaluated);
    return {
      row: { ...row, matched, evaluated },
      place: { startNs: BigInt(row.startNs), traceId: row.traceId, spanId: '' },
      newestNs: newest.get(row.traceId)!,
    };
  });
}

/** Between which seconds the traces are. Of a minute that is arriving this rules most parts out, which is worth the statement. */
async function secondsOf(
  { tenant, run }: Search,
  traceIds: readonly string[],
): Promise<TraceSeconds | null> {
  const [seconds] = await run.rows<TraceSeconds>(traceSecondsStatement(tenant, traceIds));
  return seconds ?? null;
}

function evaluatedById(all: readonly Evaluated[]): ReadonlyMap<string, Evaluated> {
  return new Map(all.map((one) => [one.trace.traceId, one]));
}

/** Spans that are in any spanset. */
function matchedOf({ spansets }: Evaluated): number {
  return new Set(spansets.flatMap((set) => set.rows)).size;
}
