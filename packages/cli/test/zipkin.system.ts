/**
 * The ports of Zipkin and Jaeger of the built server: spans in, and on Zipkin's the questions too.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { run, serve, withFolder } from './rig.ts';

const open = ['zipkin', 'jaeger_http', 'jaeger_grpc', 'jaeger_udp', 'jaeger_udp_binary'];
const flags = open.flatMap((name) => [`--listen.${name}`, '127.0.0.1:0']);

describe('the port of Zipkin', () => {
  it('takes spans and answers for them, at the root and under /zipkin', async () => {
    await withFolder(async (folder) => {
      const server = await serve(folder, flags);
      const listeners = server.ready.listeners as Record<string, { url: string }>;
      expect(Object.keys(listeners)).toEqual(expect.arrayContaining(open));
      const zipkin = listeners['zipkin']?.url ?? '';
      const span = {
        traceId: '463ac35c9f6413ad48485a3953bb6124',
        id: '48485a3953bb6124',
        kind: 'SERVER',
        name: 'get /',
        timestamp: Date.now() * 1000,
        duration: 1500,
        localEndpoint: { serviceName: 'shop' },
        tags: { 'http.path': '/' },
      };
      const sent = await fetch(`${zipkin}/api/v2/spans`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([span]),
      });
      expect(sent.status).toBe(202);
      for (const prefix of ['', '/zipkin']) {
        const answer = await fetch(`${zipkin}${prefix}/api/v2/trace/${span.traceId}`);
        expect(await answer.json()).toEqual([span]);
      }
      const asked = async (path: string) => (await fetch(zipkin + path)).json();
      expect(await asked('/api/v2/services')).toEqual(['shop']);
      expect(await asked('/health')).toMatchObject({ status: 'UP', zipkin: { status: 'UP' } });
      expect(await asked('/info')).toMatchObject({ zipkin: { version: expect.any(String) } });
      expect(await asked('/config.json')).toMatchObject({ searchEnabled: true });
      const nothing = await fetch(`${zipkin}/nothing`);
      expect([nothing.status, await nothing.text()]).toEqual([
        404,
        expect.stringContaining('POST /api/v2/spans'),
      ]);
      expect((await server.stop()).code).toBe(0);
    });
  });

  it('is closed by off; a port of datagrams that is taken is named', async () => {
    await withFolder(async (folder) => {
      const taken = createSocket('udp4').bind(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address();
      const rest = ['ui', 'otlp_http', 'otlp_grpc'].flatMap((name) => [`--listen.${name}`, ':0']);
      const at = ['--listen.zipkin', 'off', '--listen.jaeger_udp', `127.0.0.1:${port}`];
      const { code, err } = await run(['serve', '--data-dir', folder, ...rest, ...at]);
      taken.close();
      expect(code).toBe(1);
      expect(err).toContain(`port ${port} of listener jaeger_udp (127.0.0.1:${port}) is taken`);
      expect(err).toContain('--listen.jaeger_udp off');
    });
  });
});
