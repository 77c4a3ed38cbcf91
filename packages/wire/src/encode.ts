/**
 * Plain objects → OTLP protobuf bytes.
 *
 * For tests, benchmarks and demo data; translators use the writer directly. Fields are written in
 * ascending order and defaults left out, as the reference encoders do; the members of an AnyValue
 * are always written, because there presence is the value. Never knows: limits.
 */

import type {
  AnyValue,
  Given,
  KeyValue,
  Resource,
  ResourceSpans,
  Scope,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
  TracesData,
} from './traces-data.ts';
import { createWriter, type Writer } from './writer.ts';

/** The bytes of a `TracesData`, which are also those of an `ExportTraceServiceRequest`. */
export function encodeTraces(traces: Given<TracesData>): Uint8Array<ArrayBuffer> {
  const writer = createWriter();
  for (const resourceSpans of traces.resourceSpans ?? []) {
    writeMessage(writer, 1, resourceSpans, writeResourceSpans);
  }
  return writer.finish();
}

/** The bytes of one `AnyValue`. */
export function encodeAnyValue(value: AnyValue): Uint8Array<ArrayBuffer> {
  const writer = createWriter();
  writeAnyValue(writer, value);
  return writer.finish();
}

type Write<T> = (writer: Writer, message: T) => void;

function writeMessage<T>(writer: Writer, field: number, message: T, write: Write<T>): void {
  const mark = writer.begin(field);
  write(writer, message);
  writer.end(mark);
}

function writeMessages<T>(
  writer: Writer,
  field: number,
  messages: readonly T[] | undefined,
  write: Write<T>,
): void {
  for (const message of messages ?? []) {
    writeMessage(writer, field, message, write);
  }
}

function writeResourceSpans(writer: Writer, spans: Given<ResourceSpans>): void {
  if (spans.resource !== undefined) {
    writeMessage(writer, 1, spans.resource, writeResource);
  }
  writeMessages(writer, 2, spans.scopeSpans, writeScopeSpans);
  writeString(writer, 3, spans.schemaUrl);
}

function writeResource(writer: Writer, resource: Given<Resource>): void {
  writeMessages(writer, 1, resource.attributes, writeKeyValue);
  writeNumber(writer, 2, resource.droppedAttributesCount);
}

function writeScopeSpans(writer: Writer, spans: Given<ScopeSpans>): void {
  if (spans.scope !== undefined) {
    writeMessage(writer, 1, spans.scope, writeScope);
  }
  writeMessages(writer, 2, spans.spans, writeSpan);
  writeString(writer, 3, spans.schemaUrl);
}

function writeScope(writer: Writer, scope: Given<Scope>): void {
  writeString(writer, 1, scope.name);
  writeString(writer, 2, scope.version);
  writeMessages(writer, 3, scope.attributes, writeKeyValue);
  writeNumber(writer, 4, scope.droppedAttributesCount);
}

function writeSpan(writer: Writer, span: Given<Span>): void {
  writeBytes(writer, 1, span.traceId);
  writeBytes(writer, 2, span.spanId);
  writeString(writer, 3, span.traceState);
  writeBytes(writer, 4, span.parentSpanId);
  writeString(writer, 5, span.name);
  writeNumber(writer, 6, span.kind);
  writeTime(writer, 7, span.startTimeUnixNano);
  writeTime(writer, 8, span.endTimeUnixNano);
  writeMessages(writer, 9, span.attributes, writeKeyValue);
  writeNumber(writer, 10, span.droppedAttributesCount);
  writeMessages(writer, 11, span.events, writeEvent);
  writeNumber(writer, 12, span.droppedEventsCount);
  writeMessages(writer, 13, span.links, writeLink);
  writeNumber(writer, 14, span.droppedLinksCount);
  const status = span.status;
  if (status?.message || status?.code) {
    writeMessage(writer, 15, status, writeStatus);
  }
  writeFlags(writer, 16, span.flags);
  writeNumber(writer, 1000, span.marks);
}

function writeEvent(writer: Writer, event: Given<SpanEvent>): void {
  writeTime(writer, 1, event.timeUnixNano);
  writeString(writer, 2, event.name);
  writeMessages(writer, 3, event.attributes, writeKeyValue);
  writeNumber(writer, 4, event.droppedAttributesCount);
}

function writeLink(writer: Writer, link: Given<SpanLink>): void {
  writeBytes(writer, 1, link.traceId);
  writeBytes(writer, 2, link.spanId);
  writeString(writer, 3, link.traceState);
  writeMessages(writer, 4, link.attributes, writeKeyValue);
  writeNumber(writer, 5, link.droppedAttributesCount);
  writeFlags(writer, 6, link.flags);
}

function writeStatus(writer: Writer, status: Given<Span['status']>): void {
  writeString(writer, 2, status.message);
  writeNumber(writer, 3, status.code);
}

function writeKeyValue(writer: Writer, pair: KeyValue): void {
  writer.string(1, pair.key);
  writeMessage(writer, 2, pair.value, writeAnyValue);
}

function writeAnyValue(writer: Writer, value: AnyValue): void {
  switch (value.type) {
    case 'string':
      writer.string(1, value.value);
      break;
    case 'bool':
      writer.bool(2, value.value);
      break;
    case 'int':
      writer.varint64(3, value.value);
      break;
    case 'double':
      writer.double(4, value.value);
      break;
    case 'array':
      writeMessage(writer, 5, value.value, writeArray);
      break;
    case 'kvlist':
      writeMessage(writer, 6, value.value, writeKeyValues);
      break;
    case 'bytes':
      writer.bytes(7, value.value);
      break;
    case 'empty':
      break;
  }
}

function writeArray(writer: Writer, values: readonly AnyValue[]): void {
  writeMessages(writer, 1, values, writeAnyValue);
}

function writeKeyValues(writer: Writer, pairs: readonly KeyValue[]): void {
  writeMessages(writer, 1, pairs, writeKeyValue);
}

function writeString(writer: Writer, field: number, text = ''): void {
  if (text !== '') {
    writer.string(field, text);
  }
}

function writeBytes(writer: Writer, field: number, bytes: Uint8Array | undefined): void {
  if (bytes !== undefined && bytes.length > 0) {
    writer.bytes(field, bytes);
  }
}

function writeNumber(writer: Writer, field: number, value = 0): void {
  if (value !== 0) {
    writer.varint(field, value);
  }
}

function writeTime(writer: Writer, field: number, value = 0n): void {
  if (value !== 0n) {
    writer.fixed64(field, value);
  }
}

function writeFlags(writer: Writer, field: number, value = 0): void {
  if (value !== 0) {
    writer.fixed32(field, value);
  }
}
