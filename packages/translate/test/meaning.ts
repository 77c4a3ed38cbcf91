/**
 * What OTLP bytes mean, in a form that two of them can be compared in: neither how spans are grouped nor the order of
 * spans and attributes counts.
 *
 * Never knows: where the bytes came from.
 */
import type { AnyValue, KeyValue } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';

export type Pairs = Readonly<Record<string, AnyValue>>;

/** A span with its resource and scope; attributes by key, the last of each. */
export type Meaning = ReturnType<typeof meaningOf>[number];

export function meaningOf(otlp: Uint8Array) {
  const spans = decodeTraces(otlp).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans: own }) =>
      own.map(({ traceId, spanId, parentSpanId, attributes, events, links, marks, ...span }) => ({
        ...span,
        ids: [traceId, spanId, parentSpanId].map(hex).join(' '),
        attributes: pairs(attributes),
        events: events.map((event) => ({ ...event, attributes: pairs(event.attributes) })),
        links: links.map((link) => ({
          ...link,
          traceId: hex(link.traceId),
          spanId: hex(link.spanId),
          attributes: pairs(link.attributes),
        })),
        resource: pairs(resource.attributes),
        scope: `${scope.name} ${scope.version}`,
      })),
    ),
  );
  // Spans may share their ids, as the two halves of one of Zipkin's do.
  return spans
    .map((span) => ({ span, place: `${span.ids} ${span.kind} ${span.name} ${textOf(span)}` }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ span }) => span);
}

function pairs(attributes: readonly KeyValue[]): Pairs {
  const byKey = attributes.map(({ key, value }) => [key, value] as const);
  return Object.fromEntries(byKey.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Of anything, as one line. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'bigint' ? `${inner}` : inner instanceof Uint8Array ? hex(inner) : inner,
  );
}
