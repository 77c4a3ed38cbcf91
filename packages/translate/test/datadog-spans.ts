/**
 * Spans of the Datadog trace API for tests: packed, translated, and read back.
 *
 * Never knows: what they should become.
 */
import type { KeyValue } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { encode } from '@msgpack/msgpack';
import { createDatadogTranslator } from '../src/datadog.ts';
import type { DatadogVersion } from '../src/datadog-body.ts';
import { datadogTracer } from '../src/datadog-origin.ts';

export const tracer = datadogTracer((name) => {
  const headers: Record<string, string> = {
    'datadog-meta-lang': 'nodejs',
    'datadog-meta-tracer-version': '5.132.0',
  };
  return headers[name];
});
/** Nanoseconds. */
export const START = 1_770_000_000_000_000_000n;
export const START_MS = 1_770_000_000_000;

export const pack = (value: unknown) => encode(value, { useBigInt64: true });
export const translate = (value: unknown, version: DatadogVersion = '0.4') =>
  createDatadogTranslator().translate(pack(value), { version, tracer });
/** A span of the trace API; its msgpack needs nothing else. */
export const span = (more: Record<string, unknown> = {}) => ({
  service: 'cart',
  name: 'web.request',
  resource: 'GET /cart',
  type: 'web',
  trace_id: 0xfedc_ba98_7654_3210n,
  span_id: 2n,
  parent_id: 0n,
  start: START,
  duration: 5_000_000,
  error: 0,
  meta: {},
  metrics: {},
  ...more,
});

export const spansOf = (bytes: Uint8Array) =>
  decodeTraces(bytes).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((one) => ({ ...one, resource }))),
  );
export const only = (more?: Record<string, unknown>, version?: DatadogVersion) =>
  spansOf(translate([[span(more)]], version))[0]!;
export const plain = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, 'value' in value ? value.value : undefined]),
  );
