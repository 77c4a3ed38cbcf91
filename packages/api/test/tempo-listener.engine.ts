/**
 * Tempo's own port: HTTP/1.1 and gRPC on one socket, and what Grafana streams, against the real engine. Messages are read
 * by another decoder.
 */
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { encodeTraces } from '@clew/wire';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { parseNotation } from '../../testkit/src/notation.ts';
import { tracesOf } from '../../testkit/src/notation-otlp.ts';
import { type Api, createApi, createTempoApi } from '../src/api.ts';
import { openStored, type Stored } from './stored.ts';
import { decodeTempo, encodeTempo } from './tempo-schema.ts';

const nowMs = Date.now();
const baseMs = Math.floor((nowMs - 90_000) / 60_000) * 60_000;
const baseNs = BigInt(baseMs) * 1_000_000n;
const range = { start: baseMs / 1000 - 3600, end: baseMs / 1000 + 60 };
const rangeNs = { start: `${range.start}000000000`, end: `${range.end}000000000` };
const checkoutId = '636865636b6f75740000000000000000';

let stored: Stored;
let tempo: Api;
let client: Client;
beforeAll(async () => {
  stored = await openStored({ values: { 'listen.tempo': '127.0.0.1:0' } });
  stored.accept(encodeTraces(checkoutTraces(baseNs)));
  stored.accept(encodeTraces(tracesOf(parseNotation(manyTraces()), baseNs)));
  await stored.load();
  tempo = (await createTempoApi(stored.parts))!;
  client = new Client(new URL(tempo.address).host, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await tempo.close();
  await stored.close();
});

/** Long names make messages that do not fit into one. */
function manyTraces(): string {
  const name = 'x'.repeat(700);
  const numbers = Array.from({ length: 60 }, (_, at) => at);
  return numbers.map((n) => `n${n}  long  ${name}${n}  -${n}s 5ms  many=${n}`).join('\n');
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
type Answer = Record<string, any>;

function call(method: string, request: string, asked: object, response: string) {
  const identity = (bytes: Buffer) => bytes;
  const metadata = new Metadata();
  metadata.set('x-scope-orgid', 'team-a');
  const stream = client.makeServerStreamRequest(
    `/tempopb.StreamingQuerier/${method}`,
    identity,
    identity,
    encodeTempo(request, asked),
    metadata,
  );
  return new Promise<Answer[]>((resolve, reject) => {
    const messages: Answer[] = [];
    stream.on('data', (bytes: Buffer) => messages.push(decodeTempo(response, bytes)));
    stream.on('error', reject);
    stream.on('end', () => resolve(messages));
  });
}

const search = (asked: object) => call('Search', 'SearchRequest', asked, 'SearchResponse');

describe('HTTP beside gRPC', () => {
  test('answers at the root, compressed for those far away', async () => {
    const answer = await fetch(`${tempo.address}/api/echo`);
    expect([answer.status, await answer.text()]).toEqual([200, 'echo\n']);
    const far = { 'accept-encoding': 'gzip', via: '1.1 proxy' };
    const url = `/api/traces/${checkoutId}`;
    const packed = await raw(url, { ...far, accept: 'application/protobuf' });
    expect(packed.head).toContain('content-encoding: gzip');
    const { resourceSpans } = decodeTempo('Trace', gunzipSync(packed.body));
    expect(resourceSpans).toHaveLength(5);
  });

  test('unknown paths and methods are refused in plain text', async () => {
    const unknown = await fetch(`${tempo.address}/nothing`, { headers: { accept: 'text/html' } });
    expect([unknown.status, await unknown.text()]).toEqual([404, '404 page not found\n']);
    const posted = await fetch(`${tempo.address}/api/search`, { method: 'POST' });
    expect(posted.status).toBe(405);
    const foreign = { origin: 'https://evil.test' };
    expect((await fetch(`${tempo.address}/api/echo`, { headers: foreign })).status).toBe(403);
  });

  test('takes requests that come in pieces, and one after another', async () => {
    const { hostname, port } = new URL(tempo.address);
    const socket = connect(Number(port), hostname);
    const pieces = ['G', 'ET /api/ec', 'ho HTTP/1.1\r\nhost: localhost\r\n', '\r\n'];
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const first = await textOf(socket);
    expect(first).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*echo\n$/);
    socket.write('GET /api/echo HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await textOf(socket)).toMatch(/echo\n$/);
    socket.destroy();
  });

  test('a port that is taken is named, with its setting', async () => {
    const { port } = new URL(tempo.address);
    const { settings } = stored.parts;
    const listenTempo = { host: '127.0.0.1', port: Number(port) };
    const taken = { ...stored.parts, settings: { ...settings, listenTempo } };
    await expect(createTempoApi(taken)).rejects.toThrow(
      `listen.tempo: 127.0.0.1:${port} is taken by another program; end that program, or choose another with --listen.tempo host:port`,
    );
    const off = { ...stored.parts, settings: { ...settings, listenTempo: undefined } };
    expect(await createTempoApi(off)).toBeUndefined();
  });
});

function textOf(socket: ReturnType<typeof connect>): Promise<string> {
  return new Promise((resolve) => socket.once('data', (bytes) => resolve(String(bytes))));
}

/** What `fetch` would unpack by itself. */
function raw(path: string, headers: Record<string, string>) {
  const { hostname, port } = new URL(tempo.address);
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers });
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\n${text}\r\n`);
  return new Promise<{ head: string; body: Buffer }>((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      const all = Buffer.concat(chunks);
      const at = all.indexOf('\r\n\r\n');
      const head = all.subarray(0, at).toString().toLowerCase();
      resolve({ head, body: unchunked(all.subarray(at + 4), head) });
    });
  });
}

function unchunked(body: Buffer, head: string): Buffer {
  if (!head.includes('transfer-encoding: chunked')) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, line).toString(), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

describe('a search that streams', () => {
  test('as Grafana checks that a data source is there', async () => {
    const end = Math.floor(nowMs / 1000);
    const asked = { Query: '{}', Limit: 1, start: end - 900, end };
    const messages = await search(asked);
    expect(messages.flatMap(({ traces = [] }) => traces).length).toBeLessThanOrEqual(1);
    expect(messages.length).toBeGreaterThan(0);
  });

  test('sends each trace once, and how far it has come', async () => {
    const messages = await search({ Query: '{ .many >= 0 }', Limit: 100, ...range });
    const ids = messages.flatMap(({ traces = [] }) =>
      traces.map(({ traceID }: { traceID: string }) => traceID),
    );
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
    const done = messages.map(({ metrics }) => metrics.completedJobs ?? 0);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(100);
    expect(messages.every(({ metrics }) => metrics.totalJobs === 100)).toBe(true);
  });

  test('has all that a trace of HTTP has', async () => {
    const q = '{ status = error && span.attempt = 1 } | select(resource.service.name)';
    const messages = await search({ Query: q, ...range });
    const [trace] = messages.flatMap(({ traces = [] }) => traces);
    const seconds = `&start=${range.start}&end=${range.end}`;
    const overHttp = await fetch(
      `${tempo.address}/api/search?q=${encodeURIComponent(q)}${seconds}`,
    );
    const { traces } = (await overHttp.json()) as { traces: object[] };
    expect(snakeValues(trace)).toEqual(traces[0]);
  });

  test('goes on where a page of the engine ends', async () => {
    const { bytes, count } = manyMore();
    stored.accept(bytes);
    await stored.load();
    const asked = { Query: '{ name = "more" }', Limit: count + 100, ...range };
    const messages = await search(asked);
    const idsOf = (traces: readonly { traceID: string }[] = []) =>
      traces.map(({ traceID }) => traceID);
    const ids = messages.flatMap(({ traces }) => idsOf(traces));
    expect([ids.length, new Set(ids).size]).toEqual([count, count]);
    const done = messages.map(({ metrics }) => metrics.completedJobs ?? 0);
    expect([done, done.at(-1)]).toEqual([[...done].sort((a, b) => a - b), 100]);
    const times = `&start=${range.start}&end=${range.end}`;
    const q = encodeURIComponent(asked.Query);
    const ofHttp = await fetch(`${tempo.address}/api/search?q=${q}&limit=${count - 50}${times}`);
    const { traces } = (await ofHttp.json()) as { traces: { traceID: string }[] };
    expect(idsOf(traces)).toEqual(ids.slice(0, count - 50));
  });

  test('knows tags and durations of the first API', async () => {
    const asked = { Tags: { 'service.name': 'payment' }, MinDurationMs: 300, ...range };
    const count = async (more: object) =>
      (await search({ ...asked, ...more })).flatMap(({ traces = [] }) => traces).length;
    expect(await count({})).toBe(1);
    expect(await count({ MinDurationMs: 301 })).toBe(0);
    expect(await count({ MaxDurationMs: 299, MinDurationMs: 0 })).toBe(0);
  });

  test.each([
    [{ Query: '{}', Limit: 262_145 }, 'limit 262145 exceeds max limit 262144'],
    [{ Query: '{}', SpansPerSpanSet: 101 }, 'spans per span set exceeds 100. received 101'],
    [{ Query: '{}', Tags: { a: 'b' } }, /can't specify tags and q in the same query$/],
    [
      { MinDurationMs: 2, MaxDurationMs: 1 },
      'invalid maxDuration: must be greater than minDuration',
    ],
  ])('refuses what HTTP refuses: %j', async (asked, words) => {
    await expect(search({ ...asked, ...range })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(words),
    });
  });

  test('draws where a query is wrong', async () => {
    const failure = await search({ Query: '{ .a = }', ...range }).catch((error) => error);
    expect(failure as ServiceError).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(/^invalid TraceQL query: parse error at line 1, col 8/),
    });
    const backwards = search({ Query: '{}', start: 10, end: 5 });
    await expect(backwards).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  test('is also to be had on the port of the user interface', async () => {
    const ui = await createApi(stored.parts);
    const own = client;
    client = new Client(new URL(ui.address).host, credentials.createInsecure());
    try {
      expect((await search({ Query: '{}', Limit: 1, ...range })).length).toBeGreaterThan(0);
    } finally {
      client.close();
      client = own;
      await ui.close();
    }
  });

  test('can be left', async () => {
    const identity = (bytes: Buffer) => bytes;
    const stream = client.makeServerStreamRequest(
      '/tempopb.StreamingQuerier/Search',
      identity,
      identity,
      encodeTempo('SearchRequest', { Query: '{}', ...range }),
    );
    const ended = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
    stream.on('data', () => {});
    stream.cancel();
    expect((await ended).code).toBe(status.CANCELLED);
    expect((await search({ Query: '{}', Limit: 1, ...range })).length).toBeGreaterThan(0);
  });
});

/** More traces of one span than a page holds. */
function manyMore() {
  const count = 1300;
  const spans = Array.from({ length: count }, (_, at) => ({
    traceId: Buffer.from((0xabc0000 + at).toString(16).padStart(32, '1'), 'hex'),
    spanId: Buffer.from('0000000000000001', 'hex'),
    name: 'more',
    startTimeUnixNano: baseNs - BigInt(at) * 500_000_000n,
    endTimeUnixNano: baseNs - BigInt(at) * 500_000_000n + 1000n,
  }));
  return { bytes: encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), count };
}

/** Protobuf's member names within values, as its JSON has them. */
function snakeValues(of: unknown): unknown {
  const text = JSON.stringify(of);
  return JSON.parse(text.replace(/"(string|int|double|bool)_value"/g, '"$1Value"'));
}

describe('tags and values', () => {
  test('of both APIs', async () => {
    const [tags] = await call('SearchTags', 'SearchTagsRequest', {}, 'SearchTagsResponse');
    expect(tags!['tagNames']).toEqual(expect.arrayContaining(['attempt', 'service.name']));
    const asked = { scope: 'event', maxTagsPerScope: 10, staleValuesThreshold: 1 };
    const [scoped] = await call('SearchTagsV2', 'SearchTagsRequest', asked, 'SearchTagsV2Response');
    expect(scoped!['scopes']).toEqual([
      { name: 'event', tags: ['exception.message', 'exception.type'] },
    ]);
    const one = { ...asked, maxTagsPerScope: 1, start: range.start, end: range.end };
    const [cut] = await call('SearchTagsV2', 'SearchTagsRequest', one, 'SearchTagsV2Response');
    expect(cut!['scopes']).toEqual([{ name: 'event', tags: ['exception.message'] }]);
    const values = (method: string, tagName: string, query = '', more: object = {}) =>
      call(
        method,
        'SearchTagValuesRequest',
        { tagName, query, ...more },
        method.endsWith('V2') ? 'SearchTagValuesV2Response' : 'SearchTagValuesResponse',
      );
    const [flat] = await values('SearchTagValues', 'service.name');
    expect(flat!['tagValues']).toContain('payment');
    const [typed] = await values(
      'SearchTagValuesV2',
      'resource.service.name',
      '{ status = error }',
    );
    expect(typed!['tagValues']).toEqual([{ type: 'string', value: 'payment' }]);
    const few = { maxTagValues: 1, staleValueThreshold: 1, ...range };
    const [first] = await values('SearchTagValuesV2', 'resource.service.name', '', few);
    expect(first!['tagValues']).toHaveLength(1);
    const past = { start: 1000, end: 2000 };
    const [none] = await values('SearchTagValuesV2', 'span.attempt', '', past);
    expect(none!['tagValues'] ?? []).toEqual([]);
    await expect(values('SearchTagValuesV2', 'foo')).rejects.toMatchObject({
      details: expect.stringContaining('please provide a valid tagName'),
    });
  });
});

describe('metrics', () => {
  test('over a range and as one number', async () => {
    const query = '{ resource.service.name = "payment" } | count_over_time() by (status)';
    const step = '60000000000';
    const asked = { query, ...rangeNs, step, exemplars: 5 };
    const [answer] = await call(
      'MetricsQueryRange',
      'QueryRangeRequest',
      asked,
      'QueryRangeResponse',
    );
    const { series } = answer!;
    expect(series).toHaveLength(2);
    expect(series[0].labels).toEqual([{ key: 'status', value: { string_value: 'error' } }]);
    const total = series[0].samples.reduce(
      (sum: number, { value = 0 }: { value?: number }) => sum + value,
      0,
    );
    expect(total).toBe(1);
    expect(series[0].exemplars[0].labels[0].value).toEqual({ string_value: checkoutId });
    const [instant] = await call(
      'MetricsQueryInstant',
      'QueryInstantRequest',
      { query, ...rangeNs },
      'QueryInstantResponse',
    );
    expect(instant!['series'][0]).toMatchObject({ value: 1 });
  });

  test('comes in messages that a receiver takes', async () => {
    const query = '{ .many >= 0 } | rate() by (name, .many)';
    const asked = { query, ...rangeNs, step: '1000000000' };
    const answers = await call(
      'MetricsQueryRange',
      'QueryRangeRequest',
      asked,
      'QueryRangeResponse',
    );
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.flatMap(({ series }) => series)).toHaveLength(60);
  });

  test('refuses what is no metrics query', async () => {
    const asked = { query: '{}', ...rangeNs };
    const refused = call('MetricsQueryRange', 'QueryRangeRequest', asked, 'QueryRangeResponse');
    await expect(refused).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'not a metrics query',
    });
  });
});
