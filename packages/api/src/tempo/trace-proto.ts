/**
 * A stored trace as protobuf, in pieces that follow one another on the wire: OTLP's `TracesData`, or the same inside
 * Tempo's `TraceByIDResponse`. A message may come in parts, which decoders merge, so a long trace is never held twice.
 *
 * Grafana looks into resource, scope and status without asking whether they are there, and shows nothing of a resource
 * without attributes: all of them are always written. Never knows: HTTP.
 */
import type { Attribute, Resource, Scope, Span, SpanEvent, SpanLink } from '@clew/query';
import { createWriter, hexToBytes, type Writer } from '@clew/wire';
import { limits } from '../limits.ts';
import { names } from '../native/answers.ts';
import { byOrigin } from '../native/by-origin.ts';

/** What a response says beside its spans. */
export type PartialTrace = { readonly message: string } | null;

/** The bytes of `TracesData`; some pieces are empty. */
export function* tracesDataProto(spans: readonly Span[]): Generator<Uint8Array> {
  for (const write of resourceSpansWriters(spans)) {
    yield write === null ? nothing : bytesOf(write);
  }
}

/** The bytes of `TraceByIDResponse`: trace, metrics, and when it is cut, status and message. */
export function* traceByIdProto(spans: readonly Span[], cut: PartialTrace): Generator<Uint8Array> {
  // Present even when no span follows.
  yield bytesOf((writer) => writer.end(writer.begin(1)));
  for (const write of resourceSpansWriters(spans)) {
    if (write === null) yield nothing;
    else yield bytesOf((writer) => message(writer, 1, () => write(writer)));
  }
  yield bytesOf((writer) => {
    writer.end(writer.begin(2));
    if (cut === null) return;
    writer.varint(3, PARTIAL);
    writer.string(4, cut.message);
  });
}

const PARTIAL = 1;
const nothing = new Uint8Array(0);

type Write = (writer: Writer) => void;

/** Each writes one `ResourceSpans` (field 1 of whatever holds it) of some hundred spans; null where others may work. */
function* resourceSpansWriters(spans: readonly Span[]): Generator<Write | null> {
  const grouping = byOrigin(spans);
  let grouped = grouping.next();
  for (; !grouped.done; grouped = grouping.next()) yield null;
  for (const { resource, scopes } of grouped.value) {
    for (const { scope, spans } of scopes.values()) {
      for (let at = 0; at < spans.length; at += limits.spansPerChunk) {
        const chunk = spans.slice(at, at + limits.spansPerChunk);
        yield (writer) => writeResourceSpans(writer, resource, scope, chunk);
      }
    }
  }
}

function bytesOf(write: Write): Uint8Array {
  const writer = createWriter();
  write(writer);
  return writer.finish();
}

function message(writer: Writer, field: number, write: () => void): void {
  const mark = writer.begin(field);
  write();
  writer.end(mark);
}

function writeResourceSpans(
  writer: Writer,
  resource: Resource,
  scope: Scope,
  spans: readonly Span[],
): void {
  message(writer, 1, () => {
    message(writer, 1, () => writeResource(writer, resource));
    message(writer, 2, () => {
      message(writer, 1, () => writeScope(writer, scope));
      for (const span of spans) message(writer, 2, () => writeSpan(writer, span));
      text(writer, 3, scope.schemaUrl);
    });
    text(writer, 3, resource.schemaUrl);
  });
}

/** The name that OpenTelemetry gives to a service without one. */
const unnamed: readonly Attribute[] = [
  { key: 'service.name', type: 'string', value: 'unknown_service' },
];

function writeResource(writer: Writer, { attributes, droppedAttributes }: Resource): void {
  writeAttributes(writer, 1, attributes.length === 0 ? unnamed : attributes);
  count(writer, 2, droppedAttributes);
}

function writeScope(writer: Writer, scope: Scope): void {
  text(writer, 1, scope.name);
  text(writer, 2, scope.version);
  writeAttributes(writer, 3, scope.attributes);
  count(writer, 4, scope.droppedAttributes);
}

function writeSpan(writer: Writer, span: Span): void {
  id(writer, 1, span.traceId);
  id(writer, 2, span.spanId);
  text(writer, 3, span.traceState);
  id(writer, 4, span.parentSpanId);
  text(writer, 5, span.name);
  count(writer, 6, names.kind.indexOf(span.kind));
  writer.fixed64(7, BigInt(span.startNs));
  writer.fixed64(8, BigInt(span.endNs));
  writeAttributes(writer, 9, span.attributes);
  count(writer, 10, span.droppedAttributes);
  for (const event of span.events) message(writer, 11, () => writeEvent(writer, event));
  count(writer, 12, span.droppedEvents);
  for (const link of span.links) message(writer, 13, () => writeLink(writer, link));
  count(writer, 14, span.droppedLinks);
  message(writer, 15, () => {
    text(writer, 2, span.statusMessage);
    count(writer, 3, names.status.indexOf(span.status));
  });
  if (span.flags !== 0) writer.fixed32(16, span.flags);
}

function writeEvent(writer: Writer, event: SpanEvent): void {
  writer.fixed64(1, BigInt(event.timeNs));
  text(writer, 2, event.name);
  writeAttributes(writer, 3, event.attributes);
  count(writer, 4, event.droppedAttributes);
}

function writeLink(writer: Writer, link: SpanLink): void {
  id(writer, 1, link.traceId);
  id(writer, 2, link.spanId);
  text(writer, 3, link.traceState);
  writeAttributes(writer, 4, link.attributes);
  count(writer, 5, link.droppedAttributes);
  if (link.flags !== 0) writer.fixed32(6, link.flags);
}

function writeAttributes(writer: Writer, field: number, attributes: readonly Attribute[]): void {
  for (const attribute of attributes) {
    message(writer, field, () => {
      writer.string(1, attribute.key);
      message(writer, 2, () => writeValue(writer, attribute));
    });
  }
}

/** Arrays and lists are stored as the protobuf they came as. */
function writeValue(writer: Writer, { type, value }: Attribute): void {
  switch (type) {
    case 'string':
      writer.string(1, value);
      break;
    case 'bool':
      writer.bool(2, value);
      break;
    case 'int':
      writer.varint64(3, BigInt(value));
      break;
    case 'double':
      writer.double(4, value);
      break;
    case 'array':
      writer.bytes(5, value);
      break;
    case 'kvlist':
      writer.bytes(6, value);
      break;
    case 'bytes':
      writer.bytes(7, value);
      break;
    case 'empty':
      break;
  }
}

function text(writer: Writer, field: number, value: string): void {
  if (value !== '') writer.string(field, value);
}

function count(writer: Writer, field: number, value: number): void {
  if (value !== 0) writer.varint(field, value);
}

function id(writer: Writer, field: number, hex: string): void {
  const bytes = hexToBytes(hex);
  if (bytes !== undefined && bytes.length > 0) writer.bytes(field, bytes);
}
