/** OTLP requests as the spans that `query` answers, without an engine: for tests of shapes. */
import type { Attribute, Span } from '@clew/query';
import { bytesToHex, encodeAnyValue } from '@clew/wire';
import {
  type AnyValue,
  decodeTraces,
  type KeyValue,
  type Span as SentSpan,
} from '@clew/wire/decode';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;

/** All spans of a request, in the order they were sent. */
export function spansOf(request: Uint8Array): Span[] {
  return decodeTraces(request).resourceSpans.flatMap(({ resource, schemaUrl, scopeSpans }) => {
    const attributes = attributesOf(resource?.attributes ?? []);
    const droppedAttributes = resource?.droppedAttributesCount ?? 0;
    const ofResource = { attributes, droppedAttributes, schemaUrl };
    const service = attributes.find(({ key }) => key === 'service.name')?.value ?? '';
    return scopeSpans.flatMap(({ scope, schemaUrl, spans }) => {
      const ofScope = {
        name: scope?.name ?? '',
        version: scope?.version ?? '',
        attributes: attributesOf(scope?.attributes ?? []),
        droppedAttributes: scope?.droppedAttributesCount ?? 0,
        schemaUrl,
      };
      const origin = { service: String(service), resource: ofResource, scope: ofScope };
      return spans.map((span) => ({ ...spanOf(span), ...origin }));
    });
  });
}

function spanOf(sent: SentSpan): Omit<Span, 'service' | 'resource' | 'scope'> {
  return {
    traceId: bytesToHex(sent.traceId),
    spanId: bytesToHex(sent.spanId),
    parentSpanId: bytesToHex(sent.parentSpanId),
    traceState: sent.traceState,
    flags: sent.flags,
    name: sent.name,
    kind: kinds[sent.kind]!,
    status: statuses[sent.status?.code ?? 0]!,
    statusMessage: sent.status?.message ?? '',
    startNs: String(sent.startTimeUnixNano),
    endNs: String(sent.endTimeUnixNano),
    durationNs: Number(sent.endTimeUnixNano - sent.startTimeUnixNano),
    attributes: attributesOf(sent.attributes),
    droppedAttributes: sent.droppedAttributesCount,
    events: sent.events.map((event) => ({
      timeNs: String(event.timeUnixNano),
      name: event.name,
      attributes: attributesOf(event.attributes),
      droppedAttributes: event.droppedAttributesCount,
    })),
    droppedEvents: sent.droppedEventsCount,
    links: sent.links.map((link) => ({
      traceId: bytesToHex(link.traceId),
      spanId: bytesToHex(link.spanId),
      traceState: link.traceState,
      flags: link.flags,
      attributes: attributesOf(link.attributes),
      droppedAttributes: link.droppedAttributesCount,
    })),
    droppedLinks: sent.droppedLinksCount,
    marks: 0,
    arrivedMs: 0,
    listener: 'otlp_http',
  };
}

function attributesOf(sent: readonly KeyValue[]): Attribute[] {
  return sent.map(({ key, value }) => attributeOf(key, value));
}

function attributeOf(key: string, value: AnyValue): Attribute {
  switch (value.type) {
    case 'int':
      return { key, type: 'int', value: String(value.value) };
    case 'array':
    case 'kvlist':
      return { key, type: value.type, value: storedBytes(value) };
    case 'empty':
      return { key, type: 'empty', value: null };
    default:
      return { key, ...value };
  }
}

/** The member that an AnyValue holds, without its tag and length: what the store keeps of arrays and lists. */
function storedBytes(value: AnyValue): Uint8Array {
  const bytes = encodeAnyValue(value);
  let at = 1;
  while (bytes[at]! >= 0x80) at++;
  return bytes.subarray(at + 1);
}
