import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../test/diagnostics.ts';
import { kept } from '../../test/kept.ts';
import { cleanUp } from '../../test/otlp-receiver.ts';
import { asyncContext } from '../async-context.ts';
import { ROOT } from '../context.ts';
import { type ZipkinSpan, zipkinExporter, zipkinSpans } from './zipkin.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  cleanUp();
});

/** A batch with a client span under a failed one. */
async function batch() {
  const { exporter, provider } = kept({ spanLimits: { attributeCountLimit: 3 } });
  const tracer = provider.getTracer('shop', '2.1');
  const root = tracer.startSpan('order', { startTime: 1_700_000_000_000 });
  const inside = trace.setSpan(ROOT, root);
  const attributes = { 'peer.service': 'stock', list: ['a', 'b'], n: 3, more: true };
  const kind = SpanKind.CLIENT;
  asyncContext.with(inside, () => tracer.startSpan('GET', { kind, attributes }).end());
  root.addEvent('retry', { attempt: 2 }, 1_700_000_000_001);
  root.setStatus({ code: SpanStatusCode.ERROR, message: 'no stock' });
  root.end(1_700_000_000_000.001);
  await provider.forceFlush();
  return exporter.batches[0]!;
}

describe('Zipkin', () => {
  it('M5 I19 says scope, status and drop counts in tags', async () => {
    const [client, root] = zipkinSpans((await batch()).body);
    expect(client).toMatchObject({
      kind: 'CLIENT',
      parentId: root!.id,
      traceId: root!.traceId,
      localEndpoint: { serviceName: 'kept' },
      remoteEndpoint: { serviceName: 'stock' },
      tags: {
        list: '["a","b"]',
        n: '3',
        'otel.scope.name': 'shop',
        'otel.scope.version': '2.1',
        'otel.library.name': 'shop',
        'otel.library.version': '2.1',
        'otel.dropped_attributes_count': '1',
      },
    });
    expect(root).toMatchObject({
      timestamp: 1_700_000_000_000_000,
      duration: 1,
      annotations: [{ timestamp: 1_700_000_000_001_000, value: '"retry": {"attempt":"2"}' }],
      tags: { error: 'no stock', 'otel.status_code': 'ERROR' },
    });
    expect(root).not.toHaveProperty('kind');
    expect(root).not.toHaveProperty('parentId');
  });

  it('L12 posts JSON to the address of the environment, and counts what is refused', async () => {
    const got: ZipkinSpan[][] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        got.push(JSON.parse(Buffer.concat(parts).toString()));
        response.writeHead(got.length === 1 ? 202 : 400).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const exporter = zipkinExporter(
      {},
      {
        OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}/api/v2/spans`,
        OTEL_EXPORTER_ZIPKIN_TIMEOUT: '2000',
      },
    );
    const one = await batch();
    expect(await exporter.send(one)).toBe(true);
    expect(await exporter.send(one)).toBe(false);
    await exporter.shutdown();
    expect(await exporter.send(one)).toBe(false);
    expect(got).toHaveLength(2);
    expect(got[0]!.map(({ name }) => name)).toEqual(['GET', 'order']);
  });

  it('L12 uses the default for an address that is none, and says so', async () => {
    const said = listen();
    await zipkinExporter({}, { OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'nowhere' }).shutdown();
    expect(said.join()).toContain('found "nowhere", wanted an http or https address');
  });
});
