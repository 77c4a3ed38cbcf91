/** A search in parts: together the page, each as early as it can be, stopped when nobody takes more. */
import { type Engine, StatementAborted, StatementTimedOut } from '@clew/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNotation } from '../../testkit/src/notation.ts';
import { tracesOf } from '../../testkit/src/notation-otlp.ts';
import type { HitsPart, Page, Query, Question, TraceHit } from '../src/index.ts';
import { createQuery, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs - minuteNs, toNs: baseNs + 60n * minuteNs };

let store: TestEngine;
let query: Query;
/** Statements run since a test began. */
let ran = 0;
let timeOutAfter = Number.POSITIVE_INFINITY;

/** A trace every 20 seconds for 40 minutes; every fifth has an error in a child, a minute after its start. */
function notation(): string {
  return Array.from({ length: 120 }, (_, at) => {
    const startS = at * 20;
    const error = at % 5 === 0 ? ' error' : '';
    return [`t${at}  web  GET  ${startS}s 1s`, `    db  SELECT  ${startS + 60}s 1s${error}`];
  })
    .flat()
    .join('\n');
}

beforeAll(async () => {
  store = await openTestEngine();
  const { engine } = store;
  const counted: Engine = {
    ...engine,
    rows: (statement, run) => {
      ran += 1;
      if (ran > timeOutAfter) throw new StatementTimedOut('time is up');
      return engine.rows(statement, run);
    },
  };
  query = createQuery(counted);
  await store.loadTraces('', tracesOf(parseNotation(notation()), baseNs));
});
afterAll(() => store?.close());

async function partsOf(question: Question, page: Page): Promise<HitsPart<TraceHit>[]> {
  const parts: HitsPart<TraceHit>[] = [];
  for await (const part of query.searchTracesStream(question, page)) parts.push(part);
  return parts;
}

const ids = (hits: readonly TraceHit[]) => hits.map((hit) => hit.traceId);

describe('the parts of a page', () => {
  test.each([
    ['{ }', 1],
    ['{ }', 20],
    ['{ status = error }', 7],
    ['{ status = error }', 100],
    ['{ name = "GET" } > { status = error }', 20],
    ['{ name = "none" }', 20],
  ])('%s, %i at most, are the page', async (text, limit) => {
    const question = textQuestion(text, range);
    const page = { limit, spansPerSpanset: 3 };
    const whole = await query.searchTraces(question, page);
    const parts = await partsOf(question, page);
    expect(parts.flatMap((part) => part.hits)).toEqual(whole.hits);
    expect(parts.slice(0, -1).every((part) => part.end === null)).toBe(true);
    expect(parts.at(-1)!.end).toEqual({ complete: whole.complete, cursor: whole.cursor });
    const looked = parts.map((part) => part.looked);
    expect([...looked].sort((a, b) => a - b)).toEqual(looked);
  });

  test('go on from a cursor', async () => {
    const question = textQuestion('{ status = error }', range);
    const first = await query.searchTraces(question, { limit: 10 });
    const page = { limit: 10, cursor: first.cursor };
    const parts = await partsOf(question, page);
    const next = await query.searchTraces(question, page);
    expect(ids(parts.flatMap((part) => part.hits))).toEqual(ids(next.hits));
  });

  test('come before the range has been walked', async () => {
    const question = textQuestion('{ status = error }', range);
    const stream = query.searchTracesStream(question, { limit: 100 });
    for await (const { hits, looked } of stream) {
      if (hits.length === 0) continue;
      expect(looked).toBeLessThan(0.5);
      break;
    }
  });
});

test('nobody taking parts is the end of it', async () => {
  const question = textQuestion('{ status = error }', range);
  for await (const _ of query.searchTracesStream(question, { limit: 100 })) break;
  const before = ran;
  await new Promise((resolve) => setImmediate(resolve));
  expect(ran).toBe(before);
});

test('an asker who leaves stops it', async () => {
  const question = textQuestion('{ status = error }', range);
  const leaving = new AbortController();
  const stream = query.searchTracesStream(question, { limit: 100 }, { signal: leaving.signal });
  const taking = (async () => {
    for await (const _ of stream) leaving.abort();
  })();
  await expect(taking).rejects.toThrow(StatementAborted);
});

test('when time runs out, the last part says so and where to go on', async () => {
  const question = textQuestion('{ status = error }', range);
  const whole = await query.searchTraces(question, { limit: 100 });
  ran = 0;
  await partsOf(question, { limit: 100 });
  timeOutAfter = ran - 1;
  ran = 0;
  const cut = await partsOf(question, { limit: 100 });
  timeOutAfter = Number.POSITIVE_INFINITY;
  const { end } = cut.at(-1)!;
  expect(end?.complete).toBe(false);
  const rest = await query.searchTraces(question, { limit: 100, cursor: end!.cursor });
  expect(ids([...cut.flatMap((part) => part.hits), ...rest.hits])).toEqual(ids(whole.hits));
});

test('what is wrong with the question is said by the first part', async () => {
  const stream = query.searchTracesStream(textQuestion('{ }', range), { limit: 0 });
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('limit 0');
});
