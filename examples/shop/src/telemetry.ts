/**
 * Tracing for a service of the shop: one call of the SDK, and names for the requests it makes.
 *
 * This is the only file of the shop that knows where spans go, and it learns that from the usual
 * environment variables: OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_RESOURCE_ATTRIBUTES.
 */
import {
  BatchSpanProcessor,
  httpChannels,
  otlpExporter,
  type SpanProcessor,
  start,
} from '@clew/sdk';
import { context, createContextKey, SpanKind, trace } from '@opentelemetry/api';

const TEMPLATE = createContextKey('template of the path that is asked for');

/** `GET /stock/{sku}` says more than `GET`; the template keeps the number of names small. */
const namesOfCalls: SpanProcessor = {
  readsAtOnce: true,
  wantsStart: true,
  onStart(span, parent) {
    const template = parent.getValue(TEMPLATE);
    if (span.kind !== SpanKind.CLIENT || typeof template !== 'string') return;
    span.setAttribute('url.template', template);
    span.updateName(`${span.attributes['http.request.method']} ${template}`);
  },
  onEnd() {},
  async forceFlush() {},
  async shutdown() {},
};

const tracing = start({
  attributes: {
    'service.version': '1.4.2',
    'service.namespace': 'shop',
    'service.instance.id': `${process.env['OTEL_SERVICE_NAME']}-${process.pid}`,
    'deployment.environment.name': 'demo',
  },
  spanProcessors: [
    namesOfCalls,
    // Half a second instead of the usual five, so that a trace shows up while one is still looking.
    new BatchSpanProcessor(otlpExporter(), { scheduledDelayMillis: 500 }),
  ],
  // Node's own channels; no package patches anything.
  instrumentations: [httpChannels()],
});

export const tracer = trace.getTracer('@clew/shop', '1.4.2');

/** Makes a request whose span is named after `template`. */
export function namedCall<T>(template: string, request: () => T): T {
  return context.with(context.active().setValue(TEMPLATE, template), request);
}

/** Sends what is still waiting; to be awaited before the process ends. */
export function stopTelemetry(): Promise<void> {
  return tracing.shutdown();
}
