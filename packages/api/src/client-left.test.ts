/** Over real connections: only there is a body read to its end before the answer. */
import type { SpanCount } from '@clew/query';
import { afterEach, expect, test } from 'vitest';
import { emptyQuery, partsWith } from '../test/parts.ts';
import { createApi } from './api.ts';

const counted: SpanCount = {
  service: 'web',
  name: '',
  kind: '',
  status: '',
  slot: 0,
  spans: 60,
  seconds: 1,
  durations: [[], []],
};

let close = async () => {};
afterEach(() => close());

async function serve(spanCounts: (signal: AbortSignal) => Promise<readonly SpanCount[]>) {
  const api = await createApi(
    partsWith({ query: { ...emptyQuery, spanCounts: (_, asker) => spanCounts(asker!.signal!) } }),
  );
  close = api.close;
  return `${api.address}/prometheus/api/v1/query`;
}

function post(address: string, signal?: AbortSignal) {
  const body = new URLSearchParams({ query: 'sum(rate(traces_spanmetrics_calls_total[1m]))' });
  return fetch(address, { method: 'POST', body, ...(signal === undefined ? {} : { signal }) });
}

test('who has sent a body and waits is not taken for gone', async () => {
  let aborted = true;
  const address = await serve(async (signal) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    aborted = signal.aborted;
    return [counted];
  });
  const answer = await post(address);
  expect((await answer.json()).data.result).toHaveLength(1);
  expect(aborted).toBe(false);
});

test('who goes ends the question', async () => {
  let asked: (signal: AbortSignal) => void = () => {};
  const atServer = new Promise<AbortSignal>((resolve) => {
    asked = resolve;
  });
  const address = await serve((signal) => {
    asked(signal);
    return new Promise(() => {});
  });
  const client = new AbortController();
  const answer = post(address, client.signal);
  const signal = await atServer;
  client.abort();
  await expect(answer).rejects.toThrow();
  await expect.poll(() => signal.aborted).toBe(true);
});
