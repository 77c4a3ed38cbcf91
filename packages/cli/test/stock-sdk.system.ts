/**
 * The promise of the first page: what a stock OpenTelemetry SDK sends is what the API answers,
 * value for value, whichever of its three exporters carries it.
 *
 * What "was sent" is told by the SDK itself: the same spans also go to a tiny server that keeps
 * the JSON of the stock OTLP/HTTP JSON exporter.
 */
import { createServer } from 'node:http';
import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, type TracesJson } from './otlp-json.ts';
import { eventually, type Running, serve, withFolder } from './rig.ts';

let server: Running;
let release: () => void;
let folderGone: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((started, failed) => {
    folderGone = withFolder(async (folder) => {
      server = await serve(folder);
      started();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await server.stop();
    });
    folderGone.catch(failed);
  });
});

afterAll(async () => {
  release?.();
  await folderGone;
});

/** Keeps what the stock JSON exporter sends. */
async function witness() {
  const bodies: TracesJson[] = [];
  const http = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      bodies.push(JSON.parse(text) as TracesJson);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as { port: number };
  return {
    exporter: new JsonExporter({ url: `http://127.0.0.1:${port}/v1/traces` }),
    sent: (): TracesJson => ({ resourceSpans: bodies.flatMap((one) => one.resourceSpans ?? []) }),
    close: () => http.close(),
  };
}

/** The API's types know no maps and bytes, the exporters do: they are added as a span ends. */
const mapsAndBytes: SpanProcessor = {
  onStart: () => undefined,
  onEnd: (span: ReadableSpan) => {
    Object.assign(span.attributes, {
      'all.map': {
        text: 'x',
        zero: 0,
        no: false,
        inner: { list: [1, 'two', null, { deep: true }] },
      },
      'all.bytes': new Uint8Array([0, 1, 127, 128, 255]),
      'all.mixed': ['a', 1, 2.5, true, null, ['nested', [0]]],
      'all.empty_map': {},
    });
  },
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

const everyKind = {
  'all.text': 'žluťoučký kůň 🐎\n\t"quoted" \\ {p1:String} \u0001',
  'all.empty_text': '',
  'all.true': true,
  'all.false': false,
  'all.zero': 0,
  'all.int': -42,
  'all.safe_int': Number.MAX_SAFE_INTEGER,
  'all.least_int': Number.MIN_SAFE_INTEGER,
  'all.double': 0.1 + 0.2,
  'all.tiny': 5e-324,
  // Larger ones have no fraction, and the SDK's JSON exporter then calls them integers.
  'all.large': 1e15 + 0.5,
  'all.negative': -2.5,
  'all.texts': ['a', '', 'ü'],
  'all.ints': [1, 0, -1],
  'all.doubles': [1.5, 0.25],
  'all.bools': [true, false],
  'all.empty_list': [],
};

function sendTrace(exporters: SpanExporter[]): { provider: NodeTracerProvider; traceId: string } {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'stock-sdk',
      'service.instance.id': 'one',
      'process.pid': 4242,
      'all.list': ['r', 's'],
      'all.double': 1.25,
      'all.flag': false,
    }),
    spanLimits: { eventCountLimit: 4, linkCountLimit: 3, attributeCountLimit: 40 },
    spanProcessors: [mapsAndBytes, ...exporters.map((one) => new SimpleSpanProcessor(one))],
  });
  const remote = {
    traceId: crypto.randomUUID().replaceAll('-', ''),
    spanId: 'eee19b7ec3c1b174',
    traceFlags: 1,
    isRemote: true,
    traceState: createTraceState('vendor=value,other=t61rcWkgMzE'),
  };
  const parent = trace.setSpanContext(ROOT_CONTEXT, remote);
  nested(provider, parent, remote);
  return { provider, traceId: remote.traceId };
}

function nested(
  provider: NodeTracerProvider,
  parent: Context,
  remote: { traceId: string; spanId: string; traceFlags: number },
): void {
  const web = provider.getTracer('web', '1.2.3', {
    schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
  });
  const store = provider.getTracer('store');
  const links = [
    { context: remote, attributes: { ...everyKind, 'link.kind': 'caused by' } },
    { context: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 0 } },
    { context: { ...remote, traceState: createTraceState('a=1') } },
    { context: remote },
  ];
  const server1 = web.startSpan(
    'GET /all',
    { kind: SpanKind.SERVER, attributes: everyKind, links },
    parent,
  );
  const below = trace.setSpan(parent, server1);
  const start = Date.now();
  const kinds = [SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER];
  for (const kind of kinds) {
    const child = store.startSpan(
      `kind ${kind}`,
      { kind, startTime: [Math.floor(start / 1000), 123_456_789] },
      below,
    );
    child.setStatus({ code: kind === SpanKind.CLIENT ? SpanStatusCode.OK : SpanStatusCode.UNSET });
    child.end([Math.floor(start / 1000) + 1, 1]);
  }
  const failing = store.startSpan('', {}, below);
  for (let n = 0; n < 6; n++) failing.addEvent(`event ${n}`, { ...everyKind, n }, start + n);
  failing.recordException(new TypeError('x is not a function'));
  failing.setStatus({ code: SpanStatusCode.ERROR, message: 'it failed: žluť' });
  for (let n = 0; n < 60; n++) failing.setAttribute(`many.${n}`, n);
  failing.end(start + 1);
  server1.addEvent('no attributes');
  server1.end(start + 2_000);
}

const answered = (traceId: string) => async () => {
  const response = await fetch(`${server.ready.listeners.ui.url}/api/v1/traces/${traceId}`);
  return (response.ok ? await response.json() : {}) as TracesJson;
};

describe('a stock OpenTelemetry SDK', () => {
  it.each([
    [
      'HTTP protobuf',
      () => new ProtoExporter({ url: `${server.ready.listeners.otlp_http.url}/v1/traces` }),
    ],
    [
      'HTTP JSON',
      () => new JsonExporter({ url: `${server.ready.listeners.otlp_http.url}/v1/traces` }),
    ],
    ['gRPC', () => new GrpcExporter({ url: server.ready.listeners.otlp_grpc.url })],
  ] as const)('is stored value for value over %s', async (_, exporterOf) => {
    const seen = await witness();
    const { provider, traceId } = sendTrace([exporterOf(), seen.exporter]);
    await provider.forceFlush();
    await provider.shutdown();
    seen.close();
    const wanted = comparable(seen.sent());
    expect(wanted).toHaveLength(6);
    // Read your writes: a trace asked for by id is loaded first, so the first answer is whole.
    expect(comparable(await answered(traceId)())).toEqual(wanted);
  });

  it('is found by search within two seconds', async () => {
    const exporter = new ProtoExporter({
      url: `${server.ready.listeners.otlp_http.url}/v1/traces`,
    });
    const { provider, traceId } = sendTrace([exporter]);
    await provider.forceFlush();
    const begin = performance.now();
    const ask = async () => {
      const query = 'service=stock-sdk&operation=GET%20/all&attr=all.int%3D-42&limit=50';
      const response = await fetch(`${server.ready.listeners.ui.url}/api/v1/search?${query}`);
      return (await response.json()) as { traces: { traceId: string }[] };
    };
    await eventually(ask, (found) => found.traces.some((one) => one.traceId === traceId));
    console.log(`searchable ${Math.round(performance.now() - begin)} ms after the acknowledgement`);
    await provider.shutdown();
  });
});
