/** A window that is too much for one statement is halved, and the answer is the same. */
import { type Engine, StatementRefused } from '@clew/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNotation } from '../../testkit/src/notation.ts';
import { tracesOf } from '../../testkit/src/notation-otlp.ts';
import { createQuery, type Hits, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs, toNs: baseNs + 64n * minuteNs };

let store: TestEngine;
let refused = 0;

beforeAll(async () => {
  store = await openTestEngine();
  const lines = Array.from({ length: 90 }, (_, at) => [
    `t${at}  web  GET  ${at * 40}s 1s`,
    `    db  SELECT  ${at * 40 + (at % 4) * 50}s 1s  ${at % 3 === 0 ? 'error' : 'ok'}`,
  ]);
  await store.loadTraces('', tracesOf(parseNotation(lines.flat().join('\n')), baseNs));
});
afterAll(() => store?.close());

/** Gives up on statements about more than three minutes, as an engine short of memory does. */
function smallEngine(engine: Engine): Engine {
  const isWide = (params: Readonly<Record<string, unknown>>) => {
    const times = Object.values(params).filter((value) => /^4\d{18}$/.test(String(value)));
    const [fromNs, toNs] = times.map((time) => BigInt(String(time)));
    return toNs! - fromNs! > 3n * minuteNs;
  };
  return {
    ...engine,
    rows: (statement, run) => {
      if (statement.text.includes('newestNs') && isWide(statement.params)) {
        refused += 1;
        throw new StatementRefused(241, 'memory limit exceeded');
      }
      return engine.rows(statement, run);
    },
  };
}

async function allPages<Hit>(ask: (cursor: string | null) => Promise<Hits<Hit>>): Promise<Hit[]> {
  const hits: Hit[] = [];
  for (let cursor: string | null = null, isMore = true; isMore; isMore = cursor !== null) {
    const page: Hits<Hit> = await ask(cursor);
    hits.push(...page.hits);
    cursor = page.cursor;
  }
  return hits;
}

describe('a narrow engine answers like a wide one', () => {
  test.each([
    ['{ status = error }', 200],
    ['{ name = "GET" } > { status = error }', 200],
    ['{ name = "GET" } >> { status = error }', 4],
  ])('%s, %i a page', async (text, limit) => {
    const question = textQuestion(text, range);
    const [wide, narrow] = [createQuery(store.engine), createQuery(smallEngine(store.engine))];
    refused = 0;
    const ask = async (query: typeof wide) => [
      (await allPages((cursor) => query.searchTraces(question, { limit, cursor }))).map(
        (hit) => hit.traceId,
      ),
      (await allPages((cursor) => query.searchSpans(question, { limit, cursor }))).map(
        (hit) => `${hit.traceId} ${hit.spanId}`,
      ),
    ];
    expect(await ask(narrow)).toEqual(await ask(wide));
    expect(refused).toBeGreaterThan(0);
  });
});

test('metrics of whole traces count the same, each trace once', async () => {
  const text = '{ name = "GET" } >> { status = error } | count_over_time() by(name)';
  const question = textQuestion(text, range);
  const [wide, narrow] = [createQuery(store.engine), createQuery(smallEngine(store.engine))];
  refused = 0;
  const ask = async (query: typeof wide) => (await query.seriesInstant(question)).series;
  expect(await ask(narrow)).toEqual(await ask(wide));
  expect(refused).toBeGreaterThan(0);
});
