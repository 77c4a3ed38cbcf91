import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { compress, encodingFor } from './compress.ts';

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=0', 'identity'],
  ['*', 'br'],
  ['*;q=0', 'identity'],
  ['identity', 'identity'],
  ['gzip;q=nonsense', 'identity'],
])('accept-encoding %s → %s', (accepted, encoding) => {
  expect(encodingFor(accepted)).toBe(encoding);
});

describe('answers', () => {
  const app = Fastify();
  const long = { text: 'trace '.repeat(1000) };
  app.addHook('onSend', compress);
  app.get('/long', () => long);
  app.get('/short', () => ({ text: 'trace' }));
  app.get('/stream', (_, reply) =>
    reply.type('application/json').send(Readable.from(['{"a":', '1', '}'])),
  );
  app.get('/font', (_, reply) => reply.type('font/woff2').send(Buffer.alloc(5000)));
  app.get('/breaks', (_, reply) =>
    reply.type('application/json').send(
      Readable.from(
        (function* () {
          yield '{"a":';
          throw new Error('the rows ended');
        })(),
      ),
    ),
  );
  let ended = 0;
  app.get('/endless', (_, reply) =>
    reply.type('application/json').send(
      Readable.from(
        (function* () {
          try {
            for (;;) yield 'spans '.repeat(1000) + Math.random();
          } finally {
            ended += 1;
          }
        })(),
      ),
    ),
  );
  afterAll(() => app.close());
  let address: Promise<string> | undefined;
  const listen = () => {
    address ??= app.listen({ port: 0, host: '127.0.0.1' });
    return address;
  };
  const get = (url: string, accepted?: string) =>
    app.inject({
      url,
      remoteAddress: '192.0.2.7',
      headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
    });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('%s', async (encoding, decompress) => {
    const answer = await get('/long', encoding);
    expect(answer.headers).toMatchObject({
      'content-encoding': encoding,
      vary: 'accept-encoding',
      'content-length': String(answer.rawPayload.length),
    });
    expect(JSON.parse(decompress(answer.rawPayload).toString())).toEqual(long);
    const stream = await get('/stream', encoding);
    expect(decompress(stream.rawPayload).toString()).toBe('{"a":1}');
  });

  test.each([
    ['/long', undefined],
    ['/short', 'gzip'],
    ['/font', 'gzip'],
  ])('%s with %s stays as it is', async (url, accepted) => {
    expect((await get(url, accepted)).headers['content-encoding']).toBeUndefined();
  });

  test('a reader on this machine gets the bytes as they are, unless a proxy stands between', async () => {
    const headers = { 'accept-encoding': 'gzip' };
    const beside = await app.inject({ url: '/long', headers });
    expect(beside.headers['content-encoding']).toBeUndefined();
    const proxied = { ...headers, 'x-forwarded-for': '192.0.2.7' };
    const behind = await app.inject({ url: '/long', headers: proxied });
    expect(behind.headers['content-encoding']).toBe('gzip');
  });

  test.each(['identity', 'gzip', 'br'])(
    'a reader who leaves ends the stream (%s)',
    async (encoding) => {
      const before = ended;
      const address = await listen();
      const client = new AbortController();
      const headers = { 'accept-encoding': encoding, via: '1.1 proxy' };
      const answer = await fetch(`${address}/endless`, { headers, signal: client.signal });
      await answer.body!.getReader().read();
      client.abort();
      await expect.poll(() => ended).toBe(before + 1);
    },
  );

  test('a stream that breaks ends the answer instead of the process', async () => {
    const address = await listen();
    const answer = await fetch(`${address}/breaks`);
    await expect(answer.text()).rejects.toThrow();
    expect((await fetch(`${address}/short`)).status).toBe(200);
  });
});
