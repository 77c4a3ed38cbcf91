/**
 * The two providers that are compared, ours and the stock one, made alike. Runs in the measured processes.
 */
import { createRequire } from 'node:module';
import { context, propagation, trace } from '@opentelemetry/api';

const require = createRequire(import.meta.url);

/** Registered with the API, sending OTLP to `url`; answers how to flush. */
export async function startProvider(whose, url) {
  return whose === 'ours' ? startOurs(url) : startTheirs(url);
}

async function startOurs(url) {
  const sdk = await import('@clew/sdk');
  const processor = new sdk.BatchSpanProcessor(new sdk.OtlpHttpExporter({ url }));
  const provider = new sdk.ClewTracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(sdk.asyncContext);
  propagation.setGlobalPropagator(sdk.traceContext);
  return { provider, stats: () => processor.stats() };
}

async function startTheirs(url) {
  const sdk = await import('@opentelemetry/sdk-trace-base');
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } = require('@opentelemetry/core');
  const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
  const processor = new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url }));
  const provider = new sdk.BasicTracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return { provider, stats: () => ({}) };
}

/** One span with ten attributes, as an HTTP server makes it. */
export function span(tracer, at) {
  const one = tracer.startSpan('GET /api', { kind: 1 });
  one.setAttribute('http.request.method', 'GET');
  one.setAttribute('url.scheme', 'http');
  one.setAttribute('server.address', 'shop.example.com');
  one.setAttribute('network.protocol.version', '1.1');
  one.setAttribute('http.route', '/api/products/:id');
  one.setAttribute('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0');
  one.setAttribute('client.address', '10.12.0.7');
  one.setAttribute('server.port', 8080);
  one.setAttribute('http.response.status_code', 200);
  one.setAttribute('url.path', `/api/products/${at}`);
  one.end();
}

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
