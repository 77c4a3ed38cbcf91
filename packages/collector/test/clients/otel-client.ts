/**
 * A small shop traced with OpenTelemetry's SDK for JavaScript, its exporter given.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import * as api from '@opentelemetry/api';
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';

export interface OtelReport {
  readonly traceId: string;
  readonly root: string;
  readonly call: string;
}

export const linkedTo = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
};

/** Resolves when the exporter has handed everything to the network. */
export async function reportWithOtel(exporter: SpanExporter): Promise<OtelReport> {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'web', 'deployment.environment': 'test' }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('shop', '1.2.3');
  const root = tracer.startSpan('GET /checkout', { kind: SpanKind.SERVER });
  root.setAttributes({ 'http.route': '/checkout', 'cart.items': 3, 'cart.vip': true });
  await sleep(2);
  const context = api.trace.setSpan(api.ROOT_CONTEXT, root);
  const call = tracer.startSpan(
    'reserve',
    { kind: SpanKind.CLIENT, links: [{ context: linkedTo, attributes: { why: 'retry' } }] },
    context,
  );
  call.addEvent('attempt', { number: 2 });
  call.setStatus({ code: SpanStatusCode.ERROR, message: 'out of stock' });
  await sleep(2);
  call.end();
  root.setStatus({ code: SpanStatusCode.OK });
  root.end();
  await provider.forceFlush();
  await provider.shutdown();
  return {
    traceId: root.spanContext().traceId,
    root: root.spanContext().spanId,
    call: call.spanContext().spanId,
  };
}
