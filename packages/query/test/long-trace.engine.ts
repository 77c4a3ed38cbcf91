/** A trace with more spans than may be read at once: what looks at whole traces says that it may lack some. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQuery, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs, toNs: baseNs + minuteNs };
const long = Array.from({ length: 9 }, (_, at) => `  db  SELECT  ${at + 1}s 1s`);

let store: TestEngine;
beforeAll(async () => {
  store = await openTestEngine();
  await store.load({ '': ['l  web  long  0s 20s', ...long, 's  web  short  0s 1s'].join('\n') });
});
afterAll(() => store?.close());

const ask = (traceSpansMax: number, text: string) => {
  const query = createQuery(store.engine, { traceSpansMax });
  return [
    query.searchTraces(textQuestion(text, range), { limit: 5 }),
    query.searchSpans(textQuestion(text, range), { limit: 50 }),
  ];
};

test.each([
  ['{ name = "long" } > { name = "SELECT" }', 5, false],
  ['{ name = "long" } > { name = "SELECT" }', 100, true],
  ['{ name = "short" } | count() = 1', 5, true],
  ['{ name = "SELECT" }', 5, true],
])('%s with %i spans of a trace', async (text, spansMax, complete) => {
  for (const asked of ask(spansMax, text)) {
    const found = await asked;
    expect(found.hits.length).toBeGreaterThan(0);
    expect(found.complete).toBe(complete);
  }
});
