/** A search whose time runs out before it meets anything says how far it came, and its cursor goes on from there. */
import { type Engine, StatementTimedOut } from '@clew/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQuery, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs, toNs: baseNs + 120n * minuteNs };
const page = (cursor: string | null) => ({ limit: 20, cursor });

let store: TestEngine;

beforeAll(async () => {
  store = await openTestEngine();
  const line = (id: string, at: string) =>
    `${id}  web  ${id}  ${at} 1s  server\n  db  SELECT  ${at} 1s`;
  await store.load({ '': [line('early', '10s'), line('late', '6600s')].join('\n') });
});
afterAll(() => store?.close());

/** Answers some statements about candidates, then has no time left. */
function slowEngine(engine: Engine, answers: number): Engine {
  let left = answers;
  return {
    ...engine,
    rows: (statement, run) => {
      if (statement.text.includes('newestNs') && left-- === 0) {
        throw new StatementTimedOut('the question took too long');
      }
      return engine.rows(statement, run);
    },
  };
}

// What is denied on its left is not a plain filter, so nothing is ruled out in the engine.
const question = textQuestion(
  '({ name = "early" } && { name = "SELECT" }) !~ { name = "early" } | { name = "nowhere" || name = "early" }',
  range,
);

test('an empty page is not complete, and its cursor leads to what is earlier', async () => {
  const first = await createQuery(slowEngine(store.engine, 2)).searchTraces(question, page(null));
  expect(first).toMatchObject({ hits: [], complete: false });
  expect(first.cursor).not.toBeNull();
  const next = await createQuery(store.engine).searchTraces(question, page(first.cursor));
  const whole = await createQuery(store.engine).searchTraces(question, page(null));
  expect(whole.hits).toHaveLength(1);
  expect(next.hits.map((hit) => hit.traceId)).toEqual(whole.hits.map((hit) => hit.traceId));
  expect(next).toMatchObject({ complete: true, cursor: null });
});

test('when nothing at all was looked at, the time-out is the answer', async () => {
  const asked = createQuery(slowEngine(store.engine, 0)).searchTraces(question, page(null));
  await expect(asked).rejects.toThrow(StatementTimedOut);
});
