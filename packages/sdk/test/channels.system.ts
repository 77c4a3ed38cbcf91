/** HTTP and fetch on Node's own diagnostics channels, on the built SDK. */
import { afterEach, describe, expect, it } from 'vitest';
import { plain } from './kept.ts';
import { cleanUp, run } from './program.ts';
import { attributesOf, byGet, flags, id, only, roundTrip, seen } from './traces.ts';

afterEach(cleanUp);

describe('the channels of the SDK itself', () => {
  const channels = { ...only('http,undici'), CLEW_HTTP: 'channels' };

  it('http: client and server in one trace, also across several requests of one connection', async () => {
    const { spans } = await run({ source: roundTrip(byGet + byGet), flags, env: channels });
    expect(seen(spans)).toEqual([
      'client GET',
      'client GET',
      'server GET < GET',
      'server GET < GET',
    ]);
    expect(new Set(spans.map(({ traceId }) => id(traceId))).size).toBe(2);
    expect(attributesOf(spans, 2)).toMatchObject({
      'http.request.method': 'GET',
      'url.path': '/a',
      'url.query': 'b=1',
      'server.address': '127.0.0.1',
      'http.response.status_code': 200n,
    });
    expect(attributesOf(spans, 3)).toMatchObject({ 'http.response.status_code': 200n });
  });

  it('fetch: client and server in one trace, with what the handler did', async () => {
    const source = `
      import { createServer } from 'node:http';
      import { withSpan } from '@clew/sdk';
      const server = createServer(async (request, response) => {
        await withSpan('work', () => new Promise((resolve) => setTimeout(resolve, 5)));
        response.writeHead(request.url === '/bad' ? 503 : 200).end();
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const base = 'http://127.0.0.1:' + server.address().port;
      await Promise.all(['/good', '/bad'].map(async (path) => (await fetch(base + path)).text()));
      server.close();
      server.closeAllConnections();`;
    const { spans } = await run({ source, flags, env: channels });
    const one = ['client GET', 'internal work < GET', 'server GET < GET'];
    expect(seen(spans)).toEqual([...one, ...one].sort());
    expect(
      spans
        .filter(({ status }) => status?.code === 2)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual([2, 3]);
    expect(new Set(spans.map(({ traceId }) => id(traceId))).size).toBe(2);
  });

  it('requests of one connection by somebody who is not traced are a trace each', async () => {
    const source = `
      import { createServer } from 'node:http';
      import { connect } from 'node:net';
      const server = createServer((request, response) => {
        request.resume().on('end', () => response.end('x'));
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const socket = connect(server.address().port, '127.0.0.1');
      for (let at = 0; at < 3; at++) {
        socket.write('GET /' + at + ' HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n');
        await new Promise((resolve) => socket.once('data', resolve));
      }
      socket.end();
      server.close();`;
    const { spans } = await run({ source, flags, env: channels });
    expect(seen(spans)).toEqual(['server GET', 'server GET', 'server GET']);
    expect(new Set(spans.map(({ traceId }) => id(traceId))).size).toBe(3);
  });

  it('express leaves its route with the span of the server', async () => {
    const source = `
      import express from 'express';
      const app = express();
      app.get('/users/:id', (request, response) => response.json({}));
      const server = app.listen(0, '127.0.0.1', async () => {
        await (await fetch('http://127.0.0.1:' + server.address().port + '/users/7')).text();
        server.close();
        server.closeAllConnections();
      });`;
    const env = { ...only('http,undici,express'), CLEW_HTTP: 'channels' };
    const { spans } = await run({ source, flags, env });
    expect(seen(spans)).toContain('server GET /users/:id < GET');
  });

  it('an error of the connection ends the span of the client', async () => {
    const source = `
      import { createServer, get } from 'node:http';
      const server = createServer();
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = 'http://127.0.0.1:' + server.address().port;
      await new Promise((resolve) => server.close(resolve));
      await new Promise((resolve) => get(url).on('error', resolve));
      await fetch(url).catch(() => {});`;
    const { spans } = await run({ source, flags, env: channels });
    expect(spans.map(({ status }) => status?.code)).toEqual([2, 2]);
    expect(spans.map((span) => plain(span.attributes)['error.type'])).toEqual([
      'ECONNREFUSED',
      'ECONNREFUSED',
    ]);
  });
});
