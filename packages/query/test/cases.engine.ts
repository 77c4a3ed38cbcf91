/**
 * Every case below `cases/`: question → TraceQL → plan → SQL → rows, on a real engine.
 *
 * `ask` is a question: its first line TraceQL, then options, one a line: `by span`, `limit 2`, `from 0ms`, `to 10s`, `pages` (walk all pages), `spans 3` (show that many spans of each spanset), `step 60s` (series). Rows name traces by their labels.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkCase, type GoldenCase, readCases } from '../../testkit/src/golden.ts';
import { labelOf } from '../../testkit/src/notation-otlp.ts';
import { printTime, readTime } from '../../testkit/src/notation-values.ts';
import type { Hits, Page, Query, Question, SpanHit, SpansetHit, TraceHit } from '../src/index.ts';
import { createQuery, QuestionError, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const cases = readCases(new URL('../cases', import.meta.url).pathname);

let store: TestEngine;
let query: Query;
/** What was run, in order. */
const statements: string[] = [];

beforeAll(async () => {
  store = await openTestEngine();
  const { engine } = store;
  query = createQuery({
    ...engine,
    rows: (statement, run) => {
      statements.push(statement.text);
      return engine.rows(statement, run);
    },
  });
  // Every case is a tenant of its own.
  const given = cases.map((one) => [one.name, one.blocks.get('traces') ?? ''] as const);
  await store.load(Object.fromEntries(given));
});
afterAll(() => store?.close());

type Ask = {
  readonly question: Question;
  readonly by: 'trace' | 'span';
  readonly limit: number;
  readonly pages: boolean;
  readonly spans: number | null;
  /** Makes it a question for series. */
  readonly stepNs: bigint | null;
};

function readAsk(text: string): Ask {
  const [traceql = '', ...lines] = text.split('\n');
  const options = new Map(lines.map((line) => [line.split(' ')[0]!, line.split(' ')[1] ?? '']));
  const time = (name: string, otherwiseNs: bigint) =>
    options.has(name) ? baseNs + readTime(options.get(name), text) : otherwiseNs;
  const fromNs = time('from', baseNs - minuteNs);
  const toNs = time('to', baseNs + 10n * minuteNs);
  return {
    question: textQuestion(traceql, { fromNs, toNs }),
    by: options.get('by') === 'span' ? 'span' : 'trace',
    limit: Number(options.get('limit') ?? 20),
    pages: options.has('pages'),
    spans: options.has('spans') ? Number(options.get('spans')) : null,
    stepNs: options.has('step') ? readTime(options.get('step'), text) : null,
  };
}

async function answer(given: GoldenCase): Promise<Record<string, string>> {
  const ask = readAsk(given.blocks.get('ask') ?? '');
  const asker = { tenant: given.name };
  try {
    if (ask.stepNs !== null) return await readSeries(ask.question, ask.stepNs, asker);
    const page = { limit: ask.limit };
    const { plan, statement, evaluation } = await query.explain(ask.question, ask.by, page, asker);
    const evaluated: Record<string, string> =
      evaluation === null ? {} : { evaluation: evaluation.text };
    return { plan, sql: statement.text, ...evaluated, rows: await readRows(ask, asker) };
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    return { refused: `${error.code}: ${error.message}` };
  }
}

/** A line per series; its values by the ends of their steps. */
async function readSeries(question: Question, stepNs: bigint, asker: { tenant: string }) {
  statements.length = 0;
  const { series } = await query.seriesRange(question, { stepNs }, asker);
  const sql = statements.join('\n\n');
  const rows = series.map(({ labels, samples }) => {
    const named = labels.map(({ name, value }) => `${name}=${value.value}`).join(' ');
    const at = (timeMs: number) => printTime(BigInt(timeMs) * 1_000_000n - baseNs);
    return `${named}: ${samples.map(({ timeMs, value }) => `${at(timeMs)} ${value}`).join(', ')}`;
  });
  return { sql, rows: rows.join('\n') || '(none)' };
}

async function readRows(ask: Ask, asker: { tenant: string }): Promise<string> {
  const pages: string[] = [];
  let cursor: string | null = null;
  do {
    const shown = ask.spans === null ? {} : { spansPerSpanset: ask.spans };
    const page: Page = { limit: ask.limit, cursor, ...shown };
    const hits: Hits<TraceHit> | Hits<SpanHit> =
      ask.by === 'trace'
        ? await query.searchTraces(ask.question, page, asker)
        : await query.searchSpans(ask.question, page, asker);
    pages.push(
      hits.hits.map((hit) => ('matched' in hit ? traceLine(hit) : spanLine(hit))).join('\n'),
    );
    cursor = ask.pages ? hits.cursor : null;
  } while (cursor !== null);
  return pages.filter(Boolean).join('\n--\n') || '(none)';
}

function traceLine(hit: TraceHit): string {
  const counts = `${hit.spans} spans, ${hit.errors} errors, ${hit.matched} matched`;
  const services = hit.services.map((service) => `${service.name} ${service.spans}`).join(', ');
  const line = [...head(hit, hit.rootService, hit.rootName), counts, services].join('  ');
  return [line, ...(hit.spansets ?? []).flatMap(spansetLines)].join('\n');
}

function spansetLines({ matched, spans, attributes }: SpansetHit): string[] {
  const said = attributes.map(({ name, value }) => `${name}=${value?.value ?? 'nil'}`);
  const lines = spans.map((span) => {
    const values = span.attributes.map(({ name, value }) => `${name}=${value?.value}`);
    return [
      '    ',
      Number(`0x${span.spanId}`),
      ' ',
      span.service,
      '  ',
      span.name,
      ...values.map((text) => `  ${text}`),
    ].join('');
  });
  return [`  spanset of ${matched}${said.map((text) => `  ${text}`).join('')}`, ...lines];
}

function spanLine(hit: SpanHit): string {
  return [...head(hit, hit.service, hit.name), hit.kind, hit.status].join('  ');
}

type Timed = { readonly traceId: string; readonly startNs: string; readonly durationNs: number };

function head(hit: Timed, service: string, name: string): string[] {
  const start = printTime(BigInt(hit.startNs) - baseNs);
  return [labelOf(hit.traceId), service, name, `${start} ${printTime(BigInt(hit.durationNs))}`];
}

describe('cases', () => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, given) => {
    checkCase(given, await answer(given), (found, wanted) => expect(found).toBe(wanted));
  });
});
