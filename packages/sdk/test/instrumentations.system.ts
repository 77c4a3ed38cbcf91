/** The stock instrumentation packages, and the libraries they are for, on the built SDK. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { plain } from './kept.ts';
import { cleanUp, run } from './program.ts';
import { byFetch, byGet, flags, id, only, roundTrip, seen } from './traces.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  cleanUp();
  for (const one of undo.splice(0)) await one();
});

/** One that nobody has: redis-server does not say which it took. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

describe('stock instrumentations', () => {
  it('http: client and server in one trace', async () => {
    const { spans } = await run({ source: roundTrip(byGet), flags, env: only('http') });
    expect(seen(spans)).toEqual(['client GET', 'server GET < GET']);
  });

  it('undici: fetch and http in one trace', async () => {
    const { spans } = await run({ source: roundTrip(byFetch), flags, env: only('http,undici') });
    expect(seen(spans)).toEqual(['client GET', 'server GET < GET']);
  });

  it('express: the route names the span of the server', async () => {
    const source = `
      import express from 'express';
      const app = express();
      app.get('/users/:id', (request, response) => response.json({ id: request.params.id }));
      const server = app.listen(0, '127.0.0.1', async () => {
        await (await fetch('http://127.0.0.1:' + server.address().port + '/users/7')).text();
        server.close();
        server.closeAllConnections();
      });`;
    const { spans } = await run({ source, flags, env: only('http,express') });
    expect(seen(spans)).toContain('server GET /users/:id');
    expect(spans.map(({ name }) => name)).toContain('request handler');
  });

  it('fastify: hooks and handlers are children of the request', async () => {
    const source = `
      import Fastify from 'fastify';
      const app = Fastify();
      app.get('/users/:id', async ({ params }) => params);
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      await (await fetch(url + '/users/7')).text();
      await app.close();`;
    const { spans } = await run({ source, flags, env: only('http,fastify') });
    expect(spans.length).toBeGreaterThan(1);
    expect(new Set(spans.map(({ traceId }) => id(traceId))).size).toBe(1);
    expect(spans.map(({ kind }) => kind)).toContain(2);
  });

  it('pg: statements of a real Postgres, under the span that made them', async () => {
    const source = `
      import { PGlite } from '@electric-sql/pglite';
      import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
      import pg from 'pg';
      import { withSpan } from '@clew/sdk';
      const db = await PGlite.create();
      const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1' });
      const port = await new Promise((resolve) => {
        server.addEventListener('listening', ({ detail }) => resolve(detail.port));
        void server.start();
      });
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', ssl: false });
      await client.connect();
      await withSpan('order', async () => {
        await client.query('select $1::int + 1 as n', [1]);
        await client.query('select nothing from nowhere').catch(() => {});
      });
      await client.end();
      await server.stop();
      await db.close();
      process.exit();`;
    const { spans, out } = await run({ source, flags, env: only('pg') });
    const queries = spans.filter(({ name }) => name.startsWith('pg.query'));
    expect(
      queries.map(({ status }) => status?.code ?? 0),
      out,
    ).toEqual([0, 2]);
    expect(seen(queries.concat(spans.filter(({ name }) => name === 'order')))[0]).toMatch(
      '< order',
    );
    expect(plain(queries[0]!.attributes)).toMatchObject({
      'db.query.text': 'select $1::int + 1 as n',
    });
  });

  const redis = onPath('redis-server');
  it.skipIf(!redis)('ioredis: commands of a real Redis (needs redis-server)', async () => {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'clew-redis-'));
    const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const server = spawn('redis-server', options.map(String));
    undo.push(async () => {
      server.kill();
      await once(server, 'exit');
      rmSync(folder, { recursive: true });
    });
    await new Promise<void>((resolve) => {
      server.stdout.on('data', (text) => String(text).includes('Ready') && resolve());
    });
    // Its commands are spans only where something is traced already: the instrumentation's default.
    const source = `
      import { Redis } from 'ioredis';
      import { withSpan } from '@clew/sdk';
      const redis = new Redis(${port}, '127.0.0.1');
      await withSpan('order', async () => {
        await redis.set('a', '1');
        await redis.pipeline().incr('a').get('a').exec();
        await redis.hset('a', 'b', 'c').catch(() => {});
      });
      await redis.quit();`;
    const { spans, out } = await run({ source, flags, env: only('ioredis') });
    const commands = spans.filter(({ kind }) => kind === 3);
    expect(
      commands.map(({ name, status }) => [name, status?.code ?? 0]),
      out,
    ).toEqual([
      ['set', 0],
      ['incr', 0],
      ['get', 0],
      ['hset', 2],
    ]);
    expect(new Set(commands.map(({ parentSpanId }) => id(parentSpanId)))).toEqual(
      new Set([id(spans.find(({ name }) => name === 'order')!.spanId)]),
    );
  });

  it('ioredis: a command of a Redis that is away fails in its span', async () => {
    const source = `
      import { Redis } from 'ioredis';
      import { withSpan } from '@clew/sdk';
      const redis = new Redis({ port: 1, host: '127.0.0.1', maxRetriesPerRequest: 0, retryStrategy: () => null });
      redis.on('error', () => {});
      await withSpan('order', () => redis.get('a').catch(() => {}));
      redis.disconnect();`;
    const { spans } = await run({ source, flags, env: only('ioredis') });
    expect(seen(spans)).toContain('client get < order');
  });

  it('kafkajs: a send is a span of a producer, and carries the context (no broker: it fails)', async () => {
    const source = `
      import { Kafka, logLevel } from 'kafkajs';
      const kafka = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
      const message = { value: 'x', headers: {} };
      await kafka.producer().send({ topic: 'orders', messages: [message] }).catch(() => {});
      console.log(JSON.stringify(message.headers));`;
    const { spans, out } = await run({ source, flags, env: only('kafkajs') });
    const [span] = spans;
    expect([span!.kind, span!.status?.code]).toEqual([4, 2]);
    expect(out).toContain(id(span!.spanId));
  });

  it('pino and winston: log lines carry the ids of the span', async () => {
    const source = `
      import pino from 'pino';
      import winston from 'winston';
      import { withSpan } from '@clew/sdk';
      const one = pino({}, pino.destination({ dest: 1, sync: true }));
      const two = winston.createLogger({ transports: [new winston.transports.Console()] });
      withSpan('order', () => { one.info('by pino'); two.info('by winston'); });`;
    const { spans, out } = await run({ source, flags, env: only('pino,winston') });
    const lines = out.split('\n').filter((line) => line.startsWith('{'));
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged.map(({ trace_id }) => trace_id)).toEqual([
      id(spans[0]!.traceId),
      id(spans[0]!.traceId),
    ]);
  });
});

function onPath(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
