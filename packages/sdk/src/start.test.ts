import type { createServer, get } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { bytesToHex } from '@clew/wire';
import { context, diag, propagation, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { KeptExporter } from '../test/kept.ts';
import { BatchSpanProcessor } from './batch/batch-processor.ts';
import { OtlpHttpExporter } from './export/otlp-http.ts';
import { installedInstrumentations, makeInstrumentations } from './instrument/find.ts';
import { start } from './start.ts';
import { ClewTracerProvider } from './tracer-provider.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0)) await one();
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
});

const root = fileURLToPath(new URL('../../..', import.meta.url));
const env = { OTEL_LOG_LEVEL: 'none' };

function startKept(names: string[] = []) {
  const exporter = new KeptExporter();
  const sdk = start({
    service: 'started',
    spanProcessors: [new BatchSpanProcessor(exporter)],
    instrumentations: makeInstrumentations(names, root),
    env,
  });
  undo.push(() => sdk.shutdown());
  return { exporter, sdk };
}

describe('start', () => {
  it('A11 registers with the API, also for tracers that were asked for before', async () => {
    const early = trace.getTracer('early');
    expect(early.startSpan('before').isRecording()).toBe(false);
    const { exporter } = startKept();
    early.startActiveSpan('x', (span) => {
      expect(trace.getActiveSpan()).toBe(span);
      span.end();
    });
    const proxy = trace.getTracerProvider() as unknown as {
      getDelegate(): { forceFlush(): Promise<void> };
    };
    await proxy.getDelegate().forceFlush();
    expect(exporter.spans().map(({ name }) => name)).toEqual(['x']);
  });

  it('L1 does nothing when disabled, but propagates', () => {
    const sdk = start({ env: { ...env, OTEL_SDK_DISABLED: 'true' } });
    undo.push(() => sdk.shutdown());
    expect(trace.getTracer('t').startSpan('x').isRecording()).toBe(false);
    expect(propagation.fields()).toContain('traceparent');
  });

  it('M6 reports a second registration and leaves the first', () => {
    const { sdk } = startKept();
    startKept();
    const proxy = trace.getTracerProvider() as unknown as { getDelegate(): unknown };
    expect(proxy.getDelegate()).toBe(sdk.provider);
  });

  it('L14 finds what is installed, less what is disabled', () => {
    expect(installedInstrumentations(root, {})).toContain('http');
    const none = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' };
    expect(installedInstrumentations(root, none)).not.toContain('http');
    expect(
      installedInstrumentations(root, { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'absent' }),
    ).toEqual([]);
  });

  it('takes spans of the stock HTTP instrumentation, client and server in one trace', async () => {
    const { exporter, sdk } = startKept(['http']);
    const http = createRequire(`${root}/x.js`)('http') as {
      createServer: typeof createServer;
      get: typeof get;
    };
    const server = http.createServer((_request, response) => {
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => {
      http.get({ port, host: '127.0.0.1', path: '/x' }, (response) => {
        response.resume().on('end', resolve);
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await sdk.forceFlush();
    const spans = exporter.spans();
    expect(spans.map(({ kind }) => kind).sort()).toEqual([2, 3]);
    const [server_, client] = [
      spans.find(({ kind }) => kind === 2)!,
      spans.find(({ kind }) => kind === 3)!,
    ];
    expect(bytesToHex(server_.parentSpanId)).toBe(bytesToHex(client.spanId));
    expect(server_.flags & 0x300).toBe(0x300);
  });

  it('I17 never traces what it sends itself', async () => {
    const { exporter, sdk } = startKept(['http']);
    const http = createRequire(`${root}/x.js`)('http') as { createServer: typeof createServer };
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/v1/traces`;
    const processor = new BatchSpanProcessor(new OtlpHttpExporter({ url }, {}));
    const provider = new ClewTracerProvider({ spanProcessors: [processor] });
    provider.getTracer('t').startSpan('x').end();
    await provider.shutdown();
    await sdk.forceFlush();
    // The server's side is a request like any other; the client's is the SDK's own and not there.
    expect(exporter.spans().map(({ kind }) => kind)).not.toContain(3);
    expect(processor.stats().sent).toBe(1);
  });
});
