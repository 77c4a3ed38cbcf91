/** Forwarding to a Zipkin server: what stands on the wire, and what its answers mean. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { post, type Rig, type Settings, startRig } from '../../test/rig.ts';
import { request } from '../../test/traffic.ts';

interface Got {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly spans: Record<string, unknown>[];
}

let server: Server;
let rig: Rig | undefined;
let got: Got[];
/** The status for so many spans; 202 is kept in `got`. */
let statusOf: (spans: number) => number;

beforeEach(async () => {
  got = [];
  statusOf = () => 202;
  server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isGzip = incoming.headers['content-encoding'] === 'gzip';
    const spans = JSON.parse(String(isGzip ? gunzipSync(body) : body));
    const status = statusOf(spans.length);
    if (status === 202) got.push({ path: incoming.url, headers: incoming.headers, spans });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function start(more: object = {}): Promise<Rig> {
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const settings: Settings = {
    'spool.seal_after': 10,
    'forward.destinations': JSON.stringify([
      { name: 'zipkin', protocol: 'zipkin', endpoint, ...more },
    ]),
  };
  rig = await startRig(settings);
  return rig;
}

const status = () => rig?.collector.stats().forward[0];
const spans = () => got.flatMap((one) => one.spans);

async function until(isSo: () => boolean): Promise<void> {
  for (let left = 1000; !isSo(); left -= 1) {
    if (left === 0) throw new Error(`not within 10 s: ${isSo}`);
    await sleep(10);
  }
}

describe('a Zipkin server', () => {
  test('gets a list of v2 spans, compressed and with headers where that is set', async () => {
    const { http } = await start({ compression: 'gzip', headers: { Authorization: 'Basic eA==' } });
    expect((await post(http, request({ spans: 2 }))).status).toBe(200);
    await until(() => got.length === 1);
    expect(got[0]).toMatchObject({
      path: '/api/v2/spans',
      headers: {
        authorization: 'Basic eA==',
        'content-encoding': 'gzip',
        'content-type': 'application/json',
      },
    });
    expect(spans()[0]).toMatchObject({
      name: 'GET /checkout',
      kind: 'SERVER',
      duration: 5000,
      localEndpoint: { serviceName: 'checkout' },
      tags: {
        'host.name': 'node-7',
        'otel.scope.name': 'test',
        'http.attribute.1': 'value 1 of 0',
      },
    });
  });

  test('that is away for a while misses nothing', async () => {
    const { http } = await start();
    let isAway = true;
    statusOf = () => (isAway ? 503 : 202);
    for (let n = 0; n < 5; n += 1) await post(http, request({ spans: 10 }));
    await until(() => status()?.isUp === false);
    expect(status()?.waitingBytes).toBeGreaterThan(0);
    isAway = false;
    await until(() => spans().length === 50);
    await until(() => status()?.waitingBytes === 0);
    expect(status()).toMatchObject({ sentSpans: 50, droppedSpans: new Map() });
  });

  test('that takes little at once gets it in parts', async () => {
    const { http } = await start();
    statusOf = (count) => (count > 20 ? 413 : 202);
    await post(http, request({ spans: 100 }));
    await until(() => spans().length === 100);
    expect(new Set(spans().map(({ id }) => id)).size).toBe(100);
    await until(() => status()?.sentSpans === 100);
    expect(status()?.droppedSpans).toEqual(new Map());
  });
});
