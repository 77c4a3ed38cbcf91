/**
 * Compiled SQL is right on shards: every statement also runs with its tables replaced by two-shard ones.
 *
 * `remote('127.0.0.1,localhost', …)` plans and runs as a cluster of two does, but both shards are this one engine and
 * hold the same rows. So every span is there twice, as after a client's retry, and answers must be the same; the lists,
 * which count rows, count double.
 */
import type { Engine, Statement } from '@clew/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { readCases } from '../../testkit/src/golden.ts';
import { traceIdOf } from '../../testkit/src/notation-otlp.ts';
import { createQuery, type Query, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const cases = readCases(new URL('../cases', import.meta.url).pathname).filter(
  (one) => !one.blocks.has('refused') && !/^step /m.test(one.blocks.get('ask') ?? ''),
);
const checkoutId = traceIdOf('checkout');

let store: TestEngine;
let single: Query;
let sharded: Query;
let texts: string[];

beforeAll(async () => {
  store = await openTestEngine();
  texts = [];
  single = createQuery(store.engine);
  sharded = createQuery(onShards(store.engine, texts));
  const given = cases.map((one) => [one.name, one.blocks.get('traces') ?? ''] as const);
  await store.load({ '': checkoutNotation, ...Object.fromEntries(given) });
  await single.services();
});
afterAll(() => store?.close());

const tables = /\bfrom (spans|trace_ix|span_metrics|operations|attribute_catalogue)\b/g;

function onShards(engine: Engine, seen: string[]): Engine {
  const spread = (statement: Statement): Statement => {
    const text = statement.text.replace(tables, "from remote('127.0.0.1,localhost', 'clew', '$1')");
    seen.push(text);
    return { ...statement, text };
  };
  return {
    ...engine,
    rows: (statement, run) => engine.rows(spread(statement), run),
    columns: (statement, run) => engine.columns(spread(statement), run),
  };
}

/** What an answer says, without what it cost. */
function said<Answer extends object | null>(answer: Answer) {
  return answer && { ...answer, took: undefined };
}

describe('on two shards', () => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (tenant, given) => {
    const [text = ''] = given.blocks.get('ask')!.split('\n');
    const question = textQuestion(text, { fromNs: baseNs - minuteNs, toNs: baseNs + minuteNs });
    const page = { limit: 20 };
    const traces = await sharded.searchTraces(question, page, { tenant });
    expect(said(traces)).toEqual(said(await single.searchTraces(question, page, { tenant })));
    const spans = await sharded.searchSpans(question, page, { tenant });
    expect(said(spans)).toEqual(said(await single.searchSpans(question, page, { tenant })));
  });

  test('a trace, its columns, its summary and its spans are the same', async () => {
    expect(said(await sharded.trace(checkoutId))).toEqual(said(await single.trace(checkoutId)));
    expect(said(await sharded.traceColumns(checkoutId))).toEqual(
      said(await single.traceColumns(checkoutId)),
    );
    expect(said(await sharded.traceSummary(checkoutId))).toEqual(
      said(await single.traceSummary(checkoutId)),
    );
    const spanId = '0000000000000004';
    expect(await sharded.span(checkoutId, spanId)).toEqual(await single.span(checkoutId, spanId));
    expect(await sharded.trace('6f75740000000000')).toEqual(await single.trace('6f75740000000000'));
  });

  test('lists name the same things, each counted on both shards', async () => {
    const doubled = (await single.services()).map((service) => ({
      ...service,
      spans: service.spans * 2,
      errors: service.errors * 2,
    }));
    expect(await sharded.services()).toEqual(doubled);
    expect(await sharded.services({ fromNs: baseNs, toNs: baseNs + minuteNs })).toEqual(doubled);
    const names = (await single.operations('frontend')).map((operation) => operation.name);
    expect((await sharded.operations('frontend')).map((one) => one.name)).toEqual(names);
    const keys = (await single.attributes()).map((one) => `${one.scope} ${one.key} ${one.samples}`);
    expect(
      (await sharded.attributes()).map((one) => `${one.scope} ${one.key} ${one.samples}`),
    ).toEqual(keys);
  });

  test('every table was spread', () => {
    expect(texts.length).toBeGreaterThan(2 * cases.length);
    for (const text of texts) expect(text).not.toMatch(/from (?!remote|service_looks|\()/);
  });
});
