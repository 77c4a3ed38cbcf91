/** What the listener does around every answer: errors, limits, streams and clients that leave. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import type { Query } from '@clew/query';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { emptyQuery, noStats, partsWith } from '../test/parts.ts';
import { createApi } from './index.ts';
import type { ApiParts } from './parts.ts';
import { buildServer } from './server.ts';

const opened: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

async function serve(parts: Parameters<typeof partsWith>[0] = {}) {
  const app = await buildServer(partsWith(parts));
  opened.push(app);
  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { host: 'localhost', ...headers } });
  const listen = () => app.listen({ host: '127.0.0.1', port: 0 });
  return { app, get, listen };
}

const queryWith = (part: Partial<Query>) =>
  new Proxy(part as Query, {
    get: (own, name) => own[name as keyof Query] ?? emptyQuery[name as keyof Query],
  });
const failing = (error: Error) => queryWith({ services: () => Promise.reject(error) });
const named = (name: string, facts: object = {}) =>
  Object.assign(new Error('why'), { name, ...facts });

describe('errors', () => {
  test('of the engine say when to come back', async () => {
    const { get } = await serve({
      query: failing(named('EngineUnavailable', { retryAfterMs: 900 })),
    });
    const answer = await get('/api/v1/services');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' });
    expect(answer.json().error).toEqual({
      code: 'engine-unavailable',
      message: 'the engine cannot answer now: why',
      hint: 'ask again in a moment; spans are accepted meanwhile and none is lost',
      requestId: answer.headers['x-request-id'],
    });
  });

  test('of Clew are logged with their cause and answered without it', async () => {
    const logged: unknown[][] = [];
    const cause = new Error('secret reason');
    const { get } = await serve({ query: failing(cause), log: (...line) => logged.push(line) });
    const answer = await get('/api/v1/services');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret reason');
    expect(logged).toEqual([
      ['error', 'a request failed', expect.objectContaining({ cause, code: 'internal' })],
    ]);
  });

  test.each([
    ['/api/v1/search?minDuration=5%20parsecs', 400, 'bad-parameter'],
    ['/api/v1/search?from=yesterday', 400, 'bad-parameter'],
    ['/api/v1/search?from=now&to=now-1h', 400, 'bad-range'],
    ['/api/v1/search?attr=nothing', 400, 'bad-attribute'],
    ['/api/v1/search?limit=1&limit=2', 400, 'bad-parameter'],
    ['/api/v1/traces/0af7651916cd43dd8448eb211c80319c?x=1', 400, 'unknown-parameter'],
    ['/api/v1/status?x=1', 400, 'unknown-parameter'],
    ['/api/v1/services/%zz/operations', 400, 'bad-request'],
    ['/api/v1/nothing', 404, 'no-such-path'],
    [`/api/v1/search?service=${'x'.repeat(9000)}`, 414, 'url-too-long'],
  ])('%s → %i %s', async (url, status, code) => {
    const { get } = await serve();
    const answer = await get(url);
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
    expect(answer.json().error.message).toMatch(/\w/);
  });

  test('name the host that was found and those that are wanted', async () => {
    const { get } = await serve();
    const answer = await get('/api/v1/status', { host: 'evil.example' });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error.message).toBe(
      'found Host evil.example, wanted localhost, 127.0.0.1',
    );
  });
});

describe('requests that are no requests', () => {
  async function raw(text: string): Promise<string> {
    const { listen } = await serve();
    const { hostname, port } = new URL(await listen());
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.setEncoding('utf8');
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  }

  test.each([
    ['GET / HTTP/9.9\r\n\r\n', 'HTTP/1.1 400', 'bad-request'],
    ['\u0016\u0003\u0001 hello TLS\r\n\r\n', 'HTTP/1.1 400', 'bad-request'],
    [
      `GET / HTTP/1.1\r\nhost: x\r\na: ${'y'.repeat(20_000)}\r\n\r\n`,
      'HTTP/1.1 431',
      'headers-too-large',
    ],
    ['GET / HTTP/1.1\r\nconnection: close\r\n\r\n', 'HTTP/1.1 400', ''],
  ])('%j', async (text, status, code) => {
    const answer = await raw(text);
    expect(answer).toContain(status);
    expect(answer).toContain(code);
  });
});

describe('a client that leaves', () => {
  test('ends the question', async () => {
    let asked: (signal: AbortSignal) => void = () => {};
    const signal = new Promise<AbortSignal>((resolve) => {
      asked = resolve;
    });
    const query = queryWith({
      services: (_, asker) => {
        asked(asker!.signal!);
        return new Promise(() => {});
      },
    });
    const { listen } = await serve({ query });
    const address = await listen();
    const client = new AbortController();
    const answer = fetch(`${address}/api/v1/services`, { signal: client.signal });
    const atServer = await signal;
    expect(atServer.aborted).toBe(false);
    const since = performance.now();
    client.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => atServer.aborted).toBe(true);
    expect(performance.now() - since).toBeLessThan(250);
  });

  test('who stays is not taken for gone', async () => {
    let aborted = false;
    const query = queryWith({
      services: async (_, asker) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        aborted = asker!.signal!.aborted;
        return [];
      },
    });
    const { listen } = await serve({ query });
    const answer = await fetch(`${await listen()}/api/v1/services`);
    expect(await answer.json()).toEqual({ services: [] });
    expect(aborted).toBe(false);
  });
});

describe('the pulse', () => {
  const noTraces = queryWith({
    searchTraces: async () => ({
      hits: [],
      complete: true,
      cursor: null,
      traceql: '{ }',
      took: { ms: 0, rowsRead: 0 },
    }),
  });

  async function follow(parts: Partial<ApiParts>, values = {}) {
    const { app, listen } = await serve({ query: noTraces, ...parts, values });
    const address = await listen();
    const client = new AbortController();
    const answer = await fetch(`${address}/api/v1/pulse`, { signal: client.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const next = async () => {
      for (;;) {
        const found = /event: pulse\ndata: (.*)\n\n/.exec(text);
        if (found !== null) {
          text = text.slice(found.index + found[0].length);
          return JSON.parse(found[1]!);
        }
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        text += value;
      }
    };
    return { app, answer, address, next, leave: () => client.abort(), reader };
  }

  test('comes at once, and every second', async () => {
    const { answer, next, leave } = await follow({});
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const since = performance.now();
    expect(await next()).toMatchObject({ version: '0.0.0-test', engine: 'ready', latest: null });
    expect(performance.now() - since).toBeLessThan(500);
    await next();
    const seconds = (performance.now() - since) / 1000;
    expect(seconds).toBeGreaterThan(0.8);
    expect(seconds).toBeLessThan(2);
    leave();
  });

  test('comes at once on the first span', async () => {
    let acceptedSpans = 0;
    const collector = {
      sealAndLoad: async () => {},
      stats: () => ({ ...noStats, acceptedSpans }),
    };
    const { next, leave } = await follow({ collector });
    expect((await next()).acceptedSpans).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const since = performance.now();
    acceptedSpans = 7;
    expect((await next()).acceptedSpans).toBe(7);
    expect(performance.now() - since).toBeLessThan(400);
    leave();
  });

  test('is refused to more pages than allowed, until one leaves', async () => {
    const { address, next, leave } = await follow({}, { 'ui.pulses_max': 1 });
    await next();
    const second = await fetch(`${address}/api/v1/pulse`);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('2');
    expect(await second.json()).toMatchObject({ error: { code: 'too-many-pulses' } });
    leave();
    await expect
      .poll(async () => {
        const third = await fetch(`${address}/api/v1/pulse`);
        await third.body?.cancel();
        return third.status;
      })
      .toBe(200);
  });

  test('and connections that say nothing do not hold up a stop', async () => {
    const { app } = await follow({});
    const { port } = app.server.address() as AddressInfo;
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await app.close();
    await ended;
  });

  test('ends when Clew stops', async () => {
    const { app, next, reader } = await follow({});
    await next();
    await app.close();
    await expect(reader.read()).resolves.toMatchObject({ done: true });
  });
});

describe('health', () => {
  test('is ready when the engine is', async () => {
    let state: 'ready' | 'starting' = 'starting';
    const { get } = await serve({ engine: { state: () => state } });
    const before = await get('/ready');
    expect([before.statusCode, before.json()]).toEqual([503, { ready: false, engine: 'starting' }]);
    expect((await get('/live')).json()).toEqual({ live: true });
    state = 'ready';
    expect((await get('/ready')).statusCode).toBe(200);
  });

  test('metrics tell of the process, the requests and the tables of others', async () => {
    const { get } = await serve({
      metrics: [
        { name: 'clew_spool_bytes', kind: 'gauge', says: 'waiting', read: () => 42 },
        {
          name: 'clew_spans_accepted_total',
          kind: 'counter',
          label: 'listener',
          says: 'accepted + rejected = received',
          read: () => new Map([['otlp_http', 7]]),
        },
      ],
    });
    await get('/live');
    await get('/metrics');
    const text = (await get('/metrics')).body;
    expect(text).toContain('clew_spool_bytes 42');
    expect(text).toContain('clew_spans_accepted_total{listener="otlp_http"} 7');
    expect(text).toContain('# HELP clew_spans_accepted_total accepted + rejected = received');
    expect(text).toContain('clew_engine_ready 1');
    expect(text).toContain('clew_build_info{version="0.0.0-test"} 1');
    expect(text).toContain('clew_http_request_seconds_count{route="/live",status="200"} 1');
    expect(text).toContain('process_cpu_seconds_total');
  });
});

test('the port that is taken is named, with what to do', async () => {
  const first = await createApi(partsWith());
  const listen = first.address.replace('http://', '');
  await expect(createApi(partsWith({ values: { 'listen.ui': listen } }))).rejects.toThrow(
    `listen.ui: ${listen} is taken by another program; end that program, or choose another with --listen.ui host:port`,
  );
  await first.close();
});
