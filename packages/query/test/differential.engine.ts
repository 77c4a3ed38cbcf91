/**
 * Generated queries over generated traces, answered twice: by the engine and by the slow evaluator. No difference.
 *
 * QUERIES=5000 asks more, SEED=n asks others.
 */
import { TraceqlError } from '@clew/traceql';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQuery, type Hits, type Query, textQuestion } from '../src/index.ts';
import { baseNs, openTestEngine, type TestEngine } from './engine.ts';
import { searchSlowly } from './slow-evaluator.ts';
import { queryText, relatedText } from './slow-queries.ts';
import { type SlowSpan, slowSpans, tracesOfSlow } from './slow-spans.ts';

const queries = Number(process.env['QUERIES'] ?? 120);
const seed = Number(process.env['SEED'] ?? 1);
const dataSets = 8;
const second = 1_000_000_000n;

let store: TestEngine;
let query: Query;
let data: (readonly SlowSpan[])[];

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  data = fc.sample(slowSpans, { seed, numRuns: dataSets });
  // Every second set arrives in two segments, the later spans first.
  for (const [at, spans] of data.entries()) {
    const half = at % 2 === 0 ? 0 : Math.floor(spans.length / 2);
    await store.loadTraces(`t${at}`, tracesOfSlow(spans.slice(half)));
    if (half > 0) await store.loadTraces(`t${at}`, tracesOfSlow(spans.slice(0, half)));
  }
});
afterAll(() => store?.close());

const askedOf = (text: fc.Arbitrary<string>) =>
  fc.record({
    text,
    set: fc.nat(dataSets - 1),
    limit: fc.constantFrom(1, 3, 20, 20, 20),
    fromS: fc.constantFrom(-60n, -60n, 30n, 100n),
    toS: fc.constantFrom(900n, 900n, 200n, 330n),
  });

test.each([
  ['of every kind', queryText],
  ['of related spans', relatedText],
])(`${queries} queries %s`, { timeout: 600_000 }, async (_, text) => {
  let valid = 0;
  const property = fc.asyncProperty(askedOf(text), async ({ text, set, limit, fromS, toS }) => {
    const range = { fromNs: baseNs + fromS * second, toNs: baseNs + toS * second };
    let question: ReturnType<typeof textQuestion>;
    try {
      question = textQuestion(text, range);
    } catch (error) {
      if (error instanceof TraceqlError) return;
      throw error;
    }
    const { body } = question.query;
    if (body.kind === 'metrics' || body.kind === 'metrics-binary') return;
    const asker = { tenant: `t${set}` };
    const traces = await pages((cursor) =>
      query.searchTraces(question, { limit, cursor, spansPerSpanset: 100 }, asker),
    );
    valid += 1;
    const wanted = searchSlowly(body, data[set]!, range);
    expect(
      traces.map((hit) => ({
        trace: hit.traceId,
        matched: hit.matched,
        sets: hit.spansets!.map((one) => ({
          spans: one.spans.map((span) => `${span.spanId} ${span.startNs}`),
          said: one.attributes.map(
            ({ name, value }) =>
              `${name}=${value === null ? 'nil' : `${value.type} ${value.value}`}`,
          ),
        })),
      })),
    ).toEqual(
      wanted.map(({ traceId, sets }) => ({
        trace: traceId,
        matched: new Set(sets.flatMap((one) => one.spans)).size,
        sets: sets.map((one) => ({
          spans: one.spans.map((span) => `${span.spanId} ${span.startNs}`),
          said: one.said,
        })),
      })),
    );
    const spans = await pages((cursor) =>
      query.searchSpans(question, { limit: limit * 3, cursor }, asker),
    );
    expect(spans.map(placeOf)).toEqual(
      newestFirst(wanted.flatMap(({ sets }) => sets.flatMap((one) => one.spans))),
    );
  });
  await fc.assert(property, { seed, numRuns: queries });
  expect(valid).toBeGreaterThan(queries / 2);
});

async function pages<Hit>(ask: (cursor: string | null) => Promise<Hits<Hit>>): Promise<Hit[]> {
  const hits: Hit[] = [];
  let cursor: string | null = null;
  do {
    const page: Hits<Hit> = await ask(cursor);
    expect(page.complete).toBe(true);
    hits.push(...page.hits);
    cursor = page.cursor;
  } while (cursor !== null);
  return hits;
}

type Placed = {
  readonly startNs: bigint | string;
  readonly traceId: string;
  readonly spanId: string;
};

function placeOf({ startNs, traceId, spanId }: Placed): string {
  return `${startNs} ${traceId} ${spanId}`;
}

function newestFirst(spans: readonly SlowSpan[]): string[] {
  return [...new Set(spans.map(placeOf))].sort().reverse();
}
