/**
 * Searches, end to end: a question and a page in, hits out.   before: query.ts   after: search-traces.ts, search-spans.ts
 *
 * Never knows: SQL, HTTP.
 */

import type { Statement } from '@clew/store';
import { type CheckedQuery, printQuery, printSearch, type SearchExpression } from '@clew/traceql';
import type { Ask } from './ask.ts';
import { QuestionError } from './errors.ts';
import { askedOf, lower } from './lower.ts';
import { explainMetrics } from './metrics/explain.ts';
import { printPlan } from './plan.ts';
import { attributesOf } from './prepare.ts';
import type { Question, TimeRange } from './question.ts';
import type { Hits, HitsPart, ServiceShare, SpanHit, TraceHit } from './results.ts';
import type { Found, Search } from './search-page.ts';
import { findSpans } from './search-spans.ts';
import { findTraceParts, findTraces, type TraceFound } from './search-traces.ts';
import { createEvaluation } from './spanset/evaluate.ts';
import { showSpansets } from './spanset/show.ts';
import { compile } from './sql/print.ts';

export type Page = {
  readonly limit: number;
  readonly cursor?: string | null;
  /** Traces then come with their spansets, and at most this many spans of each; left out, without. */
  readonly spansPerSpanset?: number;
};

/** @throws QuestionError `bad-limit`, `bad-cursor`, `wrong-kind-of-query` */
export async function searchTraces(
  ask: Ask,
  question: Question,
  page: Page,
): Promise<Hits<TraceHit>> {
  const search = searchOf(ask, question, page, 'trace');
  const { rows, ...found } = await findTraces(search);
  const hits = await traceHits(ask, search, rows, page);
  const { complete, cursor } = endOf(search, found);
  return { hits, complete, cursor, traceql: printQuery(question.query), took: ask.run.took() };
}

/**
 * The page that `searchTraces` gives, in parts, each as soon as its hits are certain of their place. The first part is
 * about the newest minute. Parts without hits tell how far the search has come.
 *
 * @throws QuestionError `bad-limit`, `bad-cursor`, `wrong-kind-of-query`, with the first part that is taken
 */
export async function* searchTracesStream(
  ask: Ask,
  question: Question,
  page: Page,
): AsyncGenerator<HitsPart<TraceHit>> {
  const search = searchOf(ask, question, page, 'trace');
  for await (const { rows, reachedNs, end } of findTraceParts(search, { eager: true })) {
    const hits = await traceHits(ask, search, rows, page);
    const looked = shareOf(search.range, reachedNs);
    const endSaid = end && endOf(search, end);
    yield { hits, looked, end: endSaid, traceql: printQuery(question.query), took: ask.run.took() };
  }
}

/** What was made of a trace that is too long to be read whole may lack spans. */
function endOf(search: Search, { complete, cursor }: Omit<Found<unknown>, 'rows'>) {
  return { complete: complete && !search.evaluation.hasCut(), cursor };
}

function shareOf({ fromNs, toNs }: TimeRange, reachedNs: bigint): number {
  return Number(toNs - reachedNs) / Number(toNs - fromNs);
}

async function traceHits(
  ask: Ask,
  search: Search,
  rows: readonly TraceFound[],
  { spansPerSpanset }: Page,
): Promise<readonly TraceHit[]> {
  const names = rows.flatMap((row) => row.services.map(([name]) => name));
  const slots = await ask.looks.slotsOf(ask.tenant, names, ask.run);
  if (spansPerSpanset === undefined) return rows.map((row) => traceHit(row, slots));
  const shown = await showSpansets(search, rows, spansPerSpanset);
  return rows.map((row) => ({
    ...traceHit(row, slots),
    spansets: shown.get(row.traceId) ?? [],
  }));
}

/** @throws QuestionError `bad-limit`, `bad-cursor`, `wrong-kind-of-query` */
export async function searchSpans(
  ask: Ask,
  question: Question,
  page: Page,
): Promise<Hits<SpanHit>> {
  const search = searchOf(ask, question, page, 'span');
  const found = await findSpans(search);
  const names = found.rows.map((row) => row.service);
  const slots = await ask.looks.slotsOf(ask.tenant, names, ask.run);
  const hits = found.rows.map((row) => ({ ...row, look: slots.get(row.service) ?? 0 }));
  const { complete, cursor } = endOf(search, found);
  return { hits, complete, cursor, traceql: printQuery(question.query), took: ask.run.took() };
}

/** The same question at every stage, for reading side by side. */
export type Explanation = {
  readonly traceql: string;
  readonly plan: string;
  /** What is run in each window of time. */
  readonly statement: Statement;
  /** What is then run about the traces it found, when the answer needs whole traces; their ids are left out here. */
  readonly evaluation: Statement | null;
};

/** The stages of a search over its whole range; running walks the range in windows, each with this statement. */
export function explain(
  ask: Ask,
  question: Question,
  by: 'trace' | 'span',
  page: Page,
): Explanation {
  const { kind } = question.query.body;
  if (kind === 'metrics' || kind === 'metrics-binary') {
    return { ...explainMetrics(ask, question), evaluation: null };
  }
  const search = searchOf(ask, question, page, by);
  const { query, range, tenant, limit } = search;
  const plan = lower(query, { by, tenant, range, limit, after: null });
  const traceql = printQuery(query);
  const statement = compile(plan);
  const names = otherNames(query);
  if (search.search.kind === 'filter') {
    return { traceql, plan: `${names}${printPlan(plan)}`, statement, evaluation: null };
  }
  const steps = `evaluate whole traces: ${printSearch(search.search.search)}`;
  return {
    traceql,
    plan: `${names}${steps}\n${printPlan(plan).replaceAll(/^/gm, '  ')}`,
    statement,
    evaluation: search.evaluation.statement([]),
  };
}

const sides = { caller: ' of spans that call', called: ' of spans that are called' } as const;

/** A line for each attribute that is also looked for under other names. */
function otherNames(query: CheckedQuery): string {
  const lines = attributesOf(query).flatMap(({ name, also = [] }) => {
    const others = also.map((other) => `${other.name}${other.on ? sides[other.on] : ''}`);
    return others.length === 0 ? [] : [`${name} is also ${others.join(' or ')}\n`];
  });
  return [...new Set(lines)].join('');
}

function searchOf(ask: Ask, question: Question, page: Page, by: 'trace' | 'span'): Search {
  const { limitMax } = ask.limits;
  if (!Number.isInteger(page.limit) || page.limit < 1 || page.limit > limitMax) {
    throw new QuestionError('bad-limit', { found: String(page.limit), max: String(limitMax) });
  }
  const { query, range } = question;
  const { tenant, nowNs, run } = ask;
  const asked = `${by} ${printQuery(query)}`;
  const search = askedOf(query);
  // `askedOf` has refused what is no search.
  const body = query.body as SearchExpression;
  const spansMax = ask.limits.traceSpansMax;
  const evaluation = createEvaluation({ search: body, tenant, range, run, spansMax });
  const { limit, cursor = null } = page;
  return { query, range, tenant, nowNs, limit, cursor, asked, run, search, evaluation };
}

function traceHit(row: TraceFound, slots: ReadonlyMap<string, number>): TraceHit {
  const services = row.services.map(
    ([name, spans, errors]): ServiceShare => ({ name, look: slots.get(name) ?? 0, spans, errors }),
  );
  return {
    traceId: row.traceId,
    rootService: row.rootService,
    rootName: row.rootName,
    startNs: row.startNs,
    durationNs: Number(BigInt(row.endNs) - BigInt(row.startNs)),
    spans: row.spanCount,
    errors: row.errorCount,
    services,
    matched: row.matched,
  };
}
