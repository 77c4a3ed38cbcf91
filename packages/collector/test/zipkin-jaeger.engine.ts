/**
 * Zipkin's and Jaeger's own clients and OpenTelemetry's exporters for both, unmodified, against a collector on the
 * real engine: what they meant is what is read back.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine } from '@clew/store';
import { JaegerExporter } from '@opentelemetry/exporter-jaeger';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportWithJaeger } from './clients/jaeger-client.ts';
import { linkedTo, reportWithOtel } from './clients/otel-client.ts';
import { reportWithZipkin } from './clients/zipkin-client.ts';
import { type Rig, startRig } from './rig.ts';
import { awaitSpans, type StoredSpan } from './stored-spans.ts';

let dataDir: string;
let engine: Engine;
let rig: Rig<Engine>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clew-collector-clients-'));
  engine = await openEngine({ place: { kind: 'embedded', dataDir }, log: () => undefined });
  const free = '127.0.0.1:0';
  const listen = {
    'listen.zipkin': free,
    'listen.jaeger_http': free,
    'listen.jaeger_udp_binary': free,
  };
  rig = await startRig(listen, engine, dataDir);
});
afterAll(async () => {
  await rig?.collector.stop();
  await engine?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const spansOf = (traceId: string, count: number) =>
  awaitSpans(engine, () => rig.collector.sealAndLoad(), traceId.padStart(32, '0'), count);

function udpPort(): number {
  return Number(new URL(rig.url('jaeger_udp_binary')).port);
}

const outlined = ({ spanId, parentId, name, kind, status }: StoredSpan) => [
  spanId,
  parentId,
  name,
  kind,
  status,
];

/** Every span lies inside the first, and all of them a moment ago. */
function expectNested(spans: readonly StoredSpan[]): void {
  const [root] = spans;
  if (root === undefined) throw new Error('no span');
  const endNs = root.startNs + root.durationNs;
  // Clients with clocks of microseconds round.
  const slackNs = 2_000_000n;
  for (const { startNs, durationNs } of spans) {
    expect(startNs).toBeGreaterThanOrEqual(root.startNs);
    expect(startNs + durationNs).toBeLessThanOrEqual(endNs + slackNs);
  }
  const ageNs = BigInt(Date.now()) * 1_000_000n - endNs;
  expect(ageNs > -1_000_000_000n && ageNs < 60_000_000_000n).toBe(true);
}

describe("Zipkin's client", () => {
  test.each([
    { version: 2, is128Bit: true },
    { version: 2, is128Bit: false },
    { version: 1, is128Bit: true },
  ] as const)('of version $version, 128 bits $is128Bit', async (options) => {
    const endpoint = `${rig.url('zipkin')}/api/v${options.version}/spans`;
    const { traceId, root, call, local } = await reportWithZipkin({ ...options, endpoint });
    const spans = await spansOf(traceId, 4);
    expect(spans.map(outlined)).toEqual([
      [root, '', 'get /checkout', 'server', 'unset'],
      [call, root, 'reserve', 'client', 'unset'],
      [call, root, 'reserve', 'server', 'error'],
      [local, root, 'render', 'unspecified', 'unset'],
    ]);
    expectNested(spans);
    const [first, client, server] = spans;
    expect(first).toMatchObject({
      service: 'web',
      listener: 'zipkin',
      attributes: { 'http.path': '/checkout', 'zipkin.debug': true },
      events: [{ name: 'cart loaded', attributes: {} }],
    });
    expect(client).toMatchObject({ service: 'web', attributes: { 'peer.service': 'stock' } });
    expect(client?.attributes).toMatchObject({ 'network.peer.address': '10.1.2.3' });
    expect(server).toMatchObject({
      service: 'stock',
      message: 'out of stock',
      attributes: { 'zipkin.shared': true },
    });
    for (const { durationNs } of spans) expect(durationNs).toBeGreaterThan(1_000_000n);
  });
});

describe("Jaeger's client", () => {
  test.each(['UDP', 'HTTP'])('over %s', async (transport) => {
    const place =
      transport === 'UDP'
        ? { agentHost: '127.0.0.1', agentPort: udpPort() }
        : { collectorEndpoint: `${rig.url('jaeger_http')}/api/traces` };
    const { traceId, root, call, after } = await reportWithJaeger(place, true);
    const spans = await spansOf(traceId, 3);
    expect(spans.map(outlined)).toEqual([
      [root, '', 'GET /checkout', 'server', 'unset'],
      [call, root, 'reserve', 'client', 'error'],
      [after, root, 'mail', 'unspecified', 'unset'],
    ]);
    const [first, second, third] = spans;
    expect(first).toMatchObject({
      service: 'web',
      resource: { 'shop.version': '1.2.3', 'jaeger.version': 'Node-3.19.0' },
      attributes: { 'http.status_code': 200, 'cart.total': 19.5, 'cart.vip': true },
      events: [{ name: 'cart loaded', attributes: { items: 3 } }],
    });
    expect(second?.attributes).toMatchObject({ 'peer.service': 'stock', sku: 'a-1' });
    expect(second?.events).toEqual([{ name: 'error', attributes: { message: 'out of stock' } }]);
    expect(third?.links).toEqual([
      { spanId: root, attributes: { 'opentracing.ref_type': 'follows_from' } },
    ]);
  });

  test('with ids of 64 bits', async () => {
    const { traceId } = await reportWithJaeger(
      { agentHost: '127.0.0.1', agentPort: udpPort() },
      false,
    );
    expect(traceId).toMatch(/^0{16}/);
    expect(await spansOf(traceId, 3)).toHaveLength(3);
  });
});

describe("OpenTelemetry's exporter", () => {
  const exporters = {
    Zipkin: () => new ZipkinExporter({ url: `${rig.url('zipkin')}/api/v2/spans` }),
    'Jaeger over UDP': () => new JaegerExporter({ host: '127.0.0.1', port: udpPort() }),
    'Jaeger over HTTP': () =>
      new JaegerExporter({ endpoint: `${rig.url('jaeger_http')}/api/traces` }),
  };

  test.each(Object.entries(exporters))('for %s', async (name, create) => {
    const { traceId, root, call } = await reportWithOtel(create());
    const spans = await spansOf(traceId, 2);
    expect(
      spans.map(({ spanId, parentId, ...span }) => [spanId, parentId, span.name, span.kind]),
    ).toEqual([
      [root, '', 'GET /checkout', 'server'],
      [call, root, 'reserve', 'client'],
    ]);
    expectNested(spans);
    const [first, second] = spans;
    expect([first?.status, second?.status]).toEqual(['ok', 'error']);
    expect(second?.message).toBe('out of stock');
    expect(second?.events.map((event) => event.name)).toEqual(['attempt']);
    // Zipkin knows texts only, and its exporter drops links and the attributes of events.
    const isText = name === 'Zipkin';
    expect(first).toMatchObject({
      service: 'web',
      attributes: {
        'http.route': '/checkout',
        'cart.items': isText ? '3' : 3,
        'cart.vip': isText ? 'true' : true,
      },
    });
    expect(second?.links.map(({ spanId }) => spanId)).toEqual(isText ? [] : [linkedTo.spanId]);
  });
});
