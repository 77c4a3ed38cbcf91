/** What the faces of other products do when something is wrong or too much: each in its own form. */
import type { Query, Trace } from '@clew/query';
import { encodeTraces } from '@clew/wire';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { emptyQuery, noStats, partsWith } from '../test/parts.ts';
import { spansOf } from '../test/spans.ts';
import { buildServer } from './server.ts';
import { withValibot } from './typed-app.ts';
import { zipkinFace } from './zipkin/routes.ts';

const opened: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

async function serve(parts: Parameters<typeof partsWith>[0] = {}) {
  const app = await buildServer(partsWith(parts));
  opened.push(app);
  return (url: string) => app.inject({ url, headers: { host: 'localhost' } });
}

const queryWith = (part: Partial<Query>) =>
  new Proxy(part as Query, {
    get: (own, name) => own[name as keyof Query] ?? emptyQuery[name as keyof Query],
  });
const engineDown = Object.assign(new Error('it starts'), {
  name: 'EngineUnavailable',
  retryAfterMs: 900,
});
const down = queryWith({
  services: () => Promise.reject(engineDown),
  trace: () => Promise.reject(engineDown),
  // biome-ignore lint/correctness/useYield: it fails before it gives anything
  async *traces() {
    throw engineDown;
  },
});

const spans = spansOf(encodeTraces(checkoutTraces(1_763_640_000_000_000_000n))).slice(0, 6);
const traceOf = (traceId: string): Trace => ({
  traceId,
  spans: spans.map((span) => ({ ...span, traceId })),
  complete: true,
  took: { ms: 1, rowsRead: 6 },
});
const ids = ['1', '2', '3'].map((digit) => digit.repeat(32));
const read = (id: string) => (ids.includes(id) ? traceOf(id) : null);
const stored = queryWith({
  trace: async (id) => read(id),
  async *traces(wanted) {
    for (const id of wanted) yield { id, trace: read(id) };
  },
});

describe('an engine that is away', () => {
  test.each(['/api/services', `/api/traces/${ids[0]}`, `/api/traces?traceID=${ids[0]}`])(
    'is told in an envelope by %s',
    async (url) => {
      const answer = await (await serve({ query: down }))(url);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' });
      const [{ code, msg }] = answer.json().errors;
      expect([code, msg]).toEqual([503, expect.stringContaining('it starts; ask again')]);
    },
  );

  test.each(['/api/v3/services', `/api/v3/traces/${ids[0]}`])(
    'is told as v3 by %s',
    async (url) => {
      const answer = await (await serve({ query: down }))(url);
      expect(answer.json().error).toMatchObject({ httpCode: 503 });
    },
  );

  test.each([
    '/zipkin/api/v2/services',
    `/zipkin/api/v2/trace/${ids[0]}`,
    `/zipkin/api/v2/traceMany?traceIds=${ids.join(',')}`,
  ])('is told in words by %s', async (url) => {
    const answer = await (await serve({ query: down }))(url);
    expect([answer.statusCode, answer.body]).toEqual([
      503,
      expect.stringMatching(/^the engine cannot answer now: it starts; ask again/),
    ]);
  });
});

test('an engine that is away is told in words by Tempo’s API', async () => {
  const get = await serve({ query: down, engine: { state: () => 'down' } });
  const answer = await get(`/tempo/api/v2/traces/${ids[0]}`);
  expect(answer.headers).toMatchObject({
    'retry-after': '1',
    'content-type': 'text/plain; charset=utf-8',
  });
  expect([answer.statusCode, answer.body]).toEqual([
    503,
    expect.stringContaining('the engine cannot answer now: it starts; ask again'),
  ]);
  expect((await get('/tempo/ready')).statusCode).toBe(503);
  expect((await get('/tempo/api/echo')).statusCode).toBe(200);
});

describe('more spans than one answer may hold', () => {
  const values = { 'ui.trace_json_spans_max': 10 };

  test('cut a Jaeger trace with a warning and leave out the next with an error', async () => {
    const get = await serve({ query: stored, values });
    const answer = await get(`/api/traces?${ids.map((id) => `traceID=${id}`).join('&')}`);
    const { data, errors } = answer.json();
    expect(data.map((trace: { spans: object[] }) => trace.spans.length)).toEqual([6, 4]);
    expect(data.map((trace: { warnings: string[] | null }) => trace.warnings)).toEqual([
      null,
      ['the trace is longer: its first 4 spans are shown'],
    ]);
    expect(errors).toEqual([
      { msg: 'left out: 10 spans are the most in one answer', traceID: ids[2] },
    ]);
  });

  test('end a list of Zipkin before the trace that does not fit', async () => {
    const get = await serve({ query: stored, values });
    const answer = await get(`/zipkin/api/v2/traceMany?traceIds=${ids.join(',')}`);
    expect(answer.json().map((trace: object[]) => trace.length)).toEqual([6]);
  });
});

test('a trace of Tempo’s API that is cut says so', async () => {
  const get = await serve({ query: stored, values: { 'ui.trace_json_spans_max': 100 } });
  const whole = await get(`/tempo/api/v2/traces/${ids[0]}`);
  expect(Object.keys(whole.json())).toEqual(['trace', 'metrics']);
  const cut = await serve({ query: stored, values: { 'ui.trace_json_spans_max': 4 } });
  expect((await cut(`/tempo/api/v2/traces/${ids[0]}`)).json()).toMatchObject({
    status: 'PARTIAL',
    message: 'the trace is longer: its first 4 spans are shown',
  });
  const bare = await cut(`/tempo/api/traces/${ids[0]}`);
  expect([bare.statusCode, bare.headers['clew-complete']]).toEqual([200, 'false']);
});

test('traces that are not there leave an empty list', async () => {
  const get = await serve({ query: stored });
  const unknown = ['a', 'b'].map((digit) => digit.repeat(32));
  expect((await get(`/zipkin/api/v2/traceMany?traceIds=${unknown.join(',')}`)).json()).toEqual([]);
  const { data, errors } = (await get(`/api/traces?traceID=${unknown[0]}`)).json();
  expect([data, errors]).toEqual([[], [{ msg: 'trace not found', traceID: unknown[0] }]]);
});

test('the face of Zipkin can stand on a listener of its own', async () => {
  const { default: fastify } = await import('fastify');
  const app = fastify();
  opened.push(app);
  const parts = partsWith({
    query: stored,
    collector: { sealAndLoad: async () => {}, stats: () => noStats },
  });
  const fresh = { load: async () => true, isPending: () => false };
  for (const prefix of ['', '/zipkin'])
    await zipkinFace(withValibot(app), { ...parts, fresh }, prefix);
  for (const prefix of ['', '/zipkin']) {
    expect((await app.inject(`${prefix}/api/v2/trace/${ids[0]}`)).json()).toHaveLength(6);
    expect((await app.inject(`${prefix}/config.json`)).json()).toHaveProperty('queryLimit');
  }
});
