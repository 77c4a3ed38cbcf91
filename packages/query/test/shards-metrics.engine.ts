/**
 * Statements about metrics, names and values on two shards, as in shards.engine.ts: both shards hold the same rows, so what
 * counts rows counts double, and everything else is the same.
 */
import type { Engine, Statement } from '@clew/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { createQuery, type Query, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let single: Query;
let sharded: Query;
let texts: string[];

beforeAll(async () => {
  store = await openTestEngine();
  texts = [];
  single = createQuery(store.engine);
  sharded = createQuery(onShards(store.engine));
  await store.load({ '': checkoutNotation });
});
afterAll(() => store?.close());

const tables = /\bfrom (spans|trace_ix|span_metrics|operations|attribute_catalogue)\b/g;

function onShards(engine: Engine): Engine {
  const spread = (statement: Statement): Statement => {
    const text = statement.text.replace(tables, "from remote('127.0.0.1,localhost', 'clew', '$1')");
    texts.push(text);
    return { ...statement, text };
  };
  return {
    ...engine,
    rows: (statement, run) => engine.rows(spread(statement), run),
    columns: (statement, run) => engine.columns(spread(statement), run),
  };
}

const range = { fromNs: baseNs, toNs: baseNs + minuteNs };

test.each([
  ['{ } | count_over_time() by(resource.service.name)', 2],
  ['{ name != "x" } | rate() by(span.http.response.status_code)', 2],
  ['{ } | sum_over_time(duration)', 2],
  ['{ } | histogram_over_time(duration) by(kind)', 2],
  ['{ } | max_over_time(duration) by(name)', 1],
  ['{ } | avg_over_time(duration)', 1],
  ['{ } >> { } | count_over_time()', 1],
  ['{ } | compare({ kind = server })', 2],
  ['{ } && { traceDuration > 0 } | compare({ kind = server })', 2],
])('%s', async (text, times) => {
  const question = textQuestion(text, range);
  const one = await single.seriesInstant(question);
  const two = await sharded.seriesInstant(question);
  expect(one.series.length).toBeGreaterThan(0);
  expect(two.series).toEqual(
    one.series.map(({ labels, value }) => ({ labels, value: expect.closeTo(value * times, 9) })),
  );
});

test('exemplars are the same spans', async () => {
  const question = textQuestion('{ } | rate() by(name)', range);
  const options = { stepNs: minuteNs, exemplars: 50 };
  const of = async (query: Query) => {
    const { series } = await query.seriesRange(question, options);
    return series.flatMap(({ exemplars }) => exemplars.map(({ traceId }) => traceId)).sort();
  };
  expect(await of(sharded)).toEqual(await of(single));
});

test('names and values are the same', async () => {
  for (const filter of ['', '{ resource.service.name = "payment" }', '{ kind = server }']) {
    const names = async (query: Query) => (await query.attributeNames({ filter, range })).scopes;
    expect(await names(sharded)).toEqual(await names(single));
    for (const attribute of ['span.http.response.status_code', 'name', 'event:name', 'rootName']) {
      const values = async (query: Query) =>
        (await query.attributeValues({ attribute, filter, range })).values;
      expect(await values(sharded)).toEqual(await values(single));
    }
  }
});

test('counts of spans and of calls double', async () => {
  const slots = { range, slotMinutes: 1, durations: true };
  const spans = (query: Query) => query.spanCounts({ ...slots, by: ['service'] });
  const total = (all: readonly { spans: number }[]) => all.reduce((sum, one) => sum + one.spans, 0);
  expect(total(await spans(sharded))).toBe(2 * total(await spans(single)));
  const edges = async (query: Query) => {
    const counted = await query.edgeCounts({ ...slots, by: ['client', 'server'] });
    return counted.edges.map(({ client, server, calls }) => ({ client, server, calls }));
  };
  const key = ({ client, server }: { client: string; server: string }) => `${client} ${server}`;
  const [one, two] = [await edges(single), await edges(sharded)];
  expect(two.map(key).sort()).toEqual(one.map(key).sort());
  expect(two.reduce((sum, { calls }) => sum + calls, 0)).toBe(
    2 * one.reduce((sum, { calls }) => sum + calls, 0),
  );
});

test('every table was spread', () => {
  expect(texts.length).toBeGreaterThan(30);
  for (const text of texts) expect(text).not.toMatch(/from (?!remote|service_looks|\()/);
});
