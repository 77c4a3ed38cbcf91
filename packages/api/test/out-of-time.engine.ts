/** A question past its seconds, in every face: an error in the face's own form, or what was found and that it is not all. */
import { createQuery, type Query } from '@clew/query';
import { createWriter, encodeTraces } from '@clew/wire';
import { Client, credentials, type Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { createApi, createTempoApi } from '../src/api.ts';
import { buildServer } from '../src/server.ts';
import { openStored, type Stored } from './stored.ts';
import { encodeTempo } from './tempo-schema.ts';

const baseMs = Math.floor((Date.now() - 90_000) / 60_000) * 60_000;
const [fromS, toS] = [baseMs / 1000 - 60, baseMs / 1000 + 60];
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

let stored: Stored;
beforeAll(async () => {
  stored = await openStored();
  stored.accept(encodeTraces(checkoutTraces(BigInt(baseMs) * 1_000_000n)));
  await stored.load();
});
afterAll(() => stored.close());

async function answerOf(query: Query, url: string) {
  const app = await buildServer({ ...stored.parts, query });
  const answer = await app.inject({ url, headers: { host: 'localhost' } });
  await app.close();
  return answer;
}

const rate = encodeURIComponent('{ } | rate()');
const v3Range = `query.startTimeMin=${iso(fromS)}&query.startTimeMax=${iso(toS)}`;

describe('no time for anything', () => {
  const words = /longer than it may.*query\.seconds_max/s;
  const late = () => createQuery(stored.engine, { secondsMax: 0.001 });

  test.each([
    [
      '/api/v1/search',
      (body: string) => JSON.parse(body).error.message + JSON.parse(body).error.hint,
    ],
    ['/api/services', (body: string) => JSON.parse(body).errors[0].msg],
    ['/api/traces?service=frontend', (body: string) => JSON.parse(body).errors[0].msg],
    [`/api/v3/trace-summaries?${v3Range}`, (body: string) => JSON.parse(body).error.message],
    ['/zipkin/api/v2/traces', (body: string) => body],
    ['/tempo/api/search?q=%7B%7D', (body: string) => body],
    [`/tempo/api/metrics/query_range?q=${rate}`, (body: string) => body],
    ['/tempo/api/v2/search/tag/name/values', (body: string) => body],
    [
      '/prometheus/api/v1/query?query=traces_spanmetrics_calls_total',
      (body: string) => JSON.parse(body).error,
    ],
  ])('%s', async (url, said) => {
    const { statusCode, body } = await answerOf(late(), url);
    expect([statusCode, said(body)]).toEqual([504, expect.stringMatching(words)]);
  });

  test('gRPC has a code for it', async () => {
    const tempo = (await createTempoApi({ ...stored.parts, query: late() }))!;
    const request = encodeTempo('SearchRequest', { Query: '{}' });
    const asked = called(tempo.address, '/tempopb.StreamingQuerier/Search', request);
    await expect(asked).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      details: expect.stringMatching(words),
    });
    await tempo.close();
  });
});

function called(address: string, path: string, request: Buffer): Promise<Metadata> {
  const client = new Client(new URL(address).host, credentials.createInsecure());
  const identity = (bytes: Buffer) => bytes;
  const stream = client.makeServerStreamRequest(path, identity, identity, request);
  return new Promise<Metadata>((resolve, reject) => {
    stream.on('data', () => {});
    stream.once('error', reject);
    stream.once('status', ({ code, metadata }) => code === status.OK && resolve(metadata));
  }).finally(() => client.close());
}

describe('time for a part of it', () => {
  /** What a search finds in time, and that there was none left for the rest. */
  function cut(): Query {
    const query = createQuery(stored.engine);
    return {
      ...query,
      searchTraces: async (...asked) => ({
        ...(await query.searchTraces(...asked)),
        complete: false,
      }),
    };
  }

  test.each([
    '/api/traces?service=frontend',
    `/api/v3/trace-summaries?${v3Range}`,
    `/api/v3/traces?${v3Range}`,
    '/zipkin/api/v2/traces',
  ])('%s', async (url) => {
    const whole = await answerOf(createQuery(stored.engine), url);
    expect([whole.statusCode, whole.headers['clew-complete']]).toEqual([200, 'true']);
    const part = await answerOf(cut(), url);
    expect([part.statusCode, part.headers['clew-complete']]).toEqual([200, 'false']);
  });

  test('the older API of Jaeger has a place for it', async () => {
    const { data, errors } = (await answerOf(cut(), '/api/traces?service=frontend')).json();
    expect(data.length).toBeGreaterThan(0);
    expect(errors).toEqual([{ msg: expect.stringMatching(/ran out of time/) }]);
  });

  test("Tempo's search has jobs that are not completed", async () => {
    const url = '/tempo/api/search?q=%7B%7D';
    const { traces, metrics } = (await answerOf(cut(), url)).json();
    expect(traces.length).toBeGreaterThan(0);
    expect(metrics.completedJobs).toBeLessThan(metrics.totalJobs);
  });

  test('over gRPC it is said behind the last message', async () => {
    const api = await createApi({ ...stored.parts, query: cut() });
    const path = '/jaeger.api_v3.QueryService/FindTraceSummaries';
    const trailer = await called(api.address, path, summariesRequest());
    expect(trailer.get('clew-complete')).toEqual(['false']);
    await api.close();
  });
});

/** `FindTracesRequest { query { start_time_min, start_time_max } }` */
function summariesRequest(): Buffer {
  const writer = createWriter();
  const query = writer.begin(1);
  for (const [field, seconds] of [
    [4, fromS],
    [5, toS],
  ] as const) {
    const time = writer.begin(field);
    writer.varint64(1, BigInt(seconds));
    writer.end(time);
  }
  writer.end(query);
  return Buffer.from(writer.finish());
}
