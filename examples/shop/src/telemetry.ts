/**
 * The stock OpenTelemetry SDK, set up as any Node service would set it up.
 *
 * This is the only file of the shop that knows where spans go, and it learns that from the usual
 * environment variables: OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_RESOURCE_ATTRIBUTES.
 * It must be imported first: it patches `node:http` before the service uses it.
 */
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { type Span, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    [ATTR_SERVICE_VERSION]: '1.4.2',
    'service.namespace': 'shop',
    'service.instance.id': `${process.env['OTEL_SERVICE_NAME']}-${process.pid}`,
    'deployment.environment.name': 'demo',
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  }).merge(detectResources({ detectors: [envDetector] })),
  // Half a second instead of the usual five, so that a trace shows up while one is still looking.
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 500 })],
});
provider.register();

registerInstrumentations({
  instrumentations: [
    new HttpInstrumentation({
      startOutgoingSpanHook: (options) => templateOf(options),
      // `GET /stock/{sku}` says more than `GET`; the template keeps the number of names small.
      requestHook: (span) => nameByTemplate(span),
    }),
  ],
});
// The instrumentation patches a module when it is first required. `import http from 'node:http'`
// hands out the same object, so that requiring it once here is enough for ES modules too.
createRequire(import.meta.url)('node:http');

export const tracer = trace.getTracer('@clew/shop', '1.4.2');

/** Sends what is still waiting; to be awaited before the process ends. */
export function stopTelemetry(): Promise<void> {
  return provider.shutdown();
}

function templateOf(options: object): Record<string, string> {
  const template = (options as { template?: string }).template;
  return template === undefined ? {} : { 'url.template': template };
}

function nameByTemplate(span: Span): void {
  const { attributes, kind } = span as Span & ReadableSpan;
  const template = attributes?.['url.template'];
  // 2 is the kind CLIENT; the hook is also called for incoming requests.
  if (kind === 2 && template !== undefined) {
    span.updateName(`${attributes['http.request.method']} ${template}`);
  }
}
