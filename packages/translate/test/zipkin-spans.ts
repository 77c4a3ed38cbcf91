/**
 * Spans of Zipkin for tests: sent as JSON of either version, and read back in a form that is easy to compare.
 *
 * Never knows: what they should become.
 */
import { decodeTraces } from '@clew/wire/decode';
import { zipkinJsonToOtlp, zipkinV1JsonToOtlp } from '../src/zipkin-json.ts';

export const ARRIVED_MS = 1_795_000_000_000;
/** Microseconds. */
export const START = 1_794_999_999_000_000;
export const ids = { traceId: '5b8efff798038103d269b633813fc60c', id: 'eee19b7ec3c1b174' };

export const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Spans with their resource and scope, ids in hex, times in microseconds, attributes by key. */
export function read(otlp: Uint8Array) {
  return decodeTraces(otlp).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...span,
        ids: [hex(span.traceId), hex(span.spanId), hex(span.parentSpanId)],
        startUs: Number(span.startTimeUnixNano / 1000n),
        durationUs: Number((span.endTimeUnixNano - span.startTimeUnixNano) / 1000n),
        attributes: plain(span.attributes),
        events: span.events.map(({ name, attributes, droppedAttributesCount, timeUnixNano }) => ({
          name,
          us: Number(timeUnixNano / 1000n),
          attributes: plain(attributes),
          dropped: droppedAttributesCount,
        })),
        resource: plain(resource?.attributes ?? []),
        scope: [scope?.name ?? '', scope?.version ?? ''],
      })),
    ),
  );
}

type Pairs = readonly { readonly key: string; readonly value: object }[];

export function plain(pairs: Pairs): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key, 'value' in value ? value.value : null]),
  );
}

export const readV2 = (...spans: object[]) => read(zipkinJsonToOtlp(bytesOf(spans), ARRIVED_MS));
export const readV1 = (...spans: object[]) => read(zipkinV1JsonToOtlp(bytesOf(spans), ARRIVED_MS));
