/**
 * OTLP protobuf bytes → plain objects. The entry `wire/decode`, for readers of stored spans.
 *
 * It follows protobuf where a message departs from the plain form: the last of repeated singular
 * fields wins, repeated singular messages merge, unknown fields are skipped. It must not be
 * reachable from the collector, which never builds a span. Never knows: limits, ids' lengths.
 */

import { createReader, type Reader, WireError } from './reader.ts';
import type {
  AnyValue,
  KeyValue,
  Resource,
  ResourceSpans,
  Scope,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
  Status,
  TracesData,
} from './traces-data.ts';

export { WireError } from './reader.ts';
export type * from './traces-data.ts';

/** Deeper values than any `valueDepth` allows; keeps hostile bytes from exhausting the stack. */
const DEPTH_MAX = 100;

type Filling<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Decodes a `TracesData` or `ExportTraceServiceRequest`. @throws WireError on malformed bytes. */
export function decodeTraces(bytes: Uint8Array): TracesData {
  const resourceSpans: ResourceSpans[] = [];
  for (const reader = createReader(bytes); reader.next(); ) {
    if (reader.field === 1) {
      resourceSpans.push(readResourceSpans(reader.message()));
    }
  }
  return { resourceSpans };
}

/** Decodes the bytes of one `AnyValue`. @throws WireError on malformed bytes. */
export function decodeAnyValue(bytes: Uint8Array): AnyValue {
  return readAnyValue(createReader(bytes), { type: 'empty' }, 1);
}

/** Decodes an `ArrayValue`, the form in which the store keeps arrays. @throws WireError */
export function decodeArray(bytes: Uint8Array): AnyValue[] {
  return readArray(createReader(bytes), [], 1);
}

/** Decodes a `KeyValueList`, the form in which the store keeps key lists. @throws WireError */
export function decodeKeyValues(bytes: Uint8Array): KeyValue[] {
  return readKeyValues(createReader(bytes), [], 1);
}

function readResourceSpans(reader: Reader): ResourceSpans {
  const resource: Filling<Resource> = { attributes: [], droppedAttributesCount: 0 };
  const spans: Filling<ResourceSpans> = { resource, scopeSpans: [], schemaUrl: '' };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        readResource(reader.message(), resource);
        break;
      case 2:
        spans.scopeSpans.push(readScopeSpans(reader.message()));
        break;
      case 3:
        spans.schemaUrl = reader.string();
        break;
    }
  }
  return spans;
}

/** Reads into what was read before: a message given twice is merged. */
function readResource(reader: Reader, resource: Filling<Resource>): void {
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        resource.attributes.push(readKeyValue(reader.message(), 1));
        break;
      case 2:
        resource.droppedAttributesCount = reader.uint32();
        break;
    }
  }
}

function readScopeSpans(reader: Reader): ScopeSpans {
  const scope: Filling<Scope> = {
    name: '',
    version: '',
    attributes: [],
    droppedAttributesCount: 0,
  };
  const spans: Filling<ScopeSpans> = { scope, spans: [], schemaUrl: '' };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        readScope(reader.message(), scope);
        break;
      case 2:
        spans.spans.push(readSpan(reader.message()));
        break;
      case 3:
        spans.schemaUrl = reader.string();
        break;
    }
  }
  return spans;
}

function readScope(reader: Reader, scope: Filling<Scope>): void {
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        scope.name = reader.string();
        break;
      case 2:
        scope.version = reader.string();
        break;
      case 3:
        scope.attributes.push(readKeyValue(reader.message(), 1));
        break;
      case 4:
        scope.droppedAttributesCount = reader.uint32();
        break;
    }
  }
}

const NO_BYTES = new Uint8Array(0);

function emptySpan(): Filling<Span> {
  return {
    traceId: NO_BYTES,
    spanId: NO_BYTES,
    traceState: '',
    parentSpanId: NO_BYTES,
    name: '',
    kind: 0,
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: '', code: 0 },
    flags: 0,
    marks: 0,
  };
}

function readSpan(reader: Reader): Span {
  const span = emptySpan();
  while (reader.next()) {
    readSpanField(reader, span);
  }
  return span;
}

function readSpanField(reader: Reader, span: Filling<Span>): void {
  switch (reader.field) {
    case 1:
      span.traceId = reader.bytes();
      return;
    case 2:
      span.spanId = reader.bytes();
      return;
    case 3:
      span.traceState = reader.string();
      return;
    case 4:
      span.parentSpanId = reader.bytes();
      return;
    case 5:
      span.name = reader.string();
      return;
    case 6:
      span.kind = reader.uint32() | 0;
      return;
    case 7:
      span.startTimeUnixNano = reader.fixed64();
      return;
    case 8:
      span.endTimeUnixNano = reader.fixed64();
      return;
    case 9:
      span.attributes.push(readKeyValue(reader.message(), 1));
      return;
    case 10:
      span.droppedAttributesCount = reader.uint32();
      return;
    case 11:
      span.events.push(readEvent(reader.message()));
      return;
    case 12:
      span.droppedEventsCount = reader.uint32();
      return;
    case 13:
      span.links.push(readLink(reader.message()));
      return;
    case 14:
      span.droppedLinksCount = reader.uint32();
      return;
    case 15:
      span.status = readStatus(reader.message(), span.status);
      return;
    case 16:
      span.flags = reader.fixed32();
      return;
    case 1000:
      span.marks = reader.uint32();
      return;
  }
}

function readEvent(reader: Reader): SpanEvent {
  const event: Filling<SpanEvent> = {
    timeUnixNano: 0n,
    name: '',
    attributes: [],
    droppedAttributesCount: 0,
  };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        event.timeUnixNano = reader.fixed64();
        break;
      case 2:
        event.name = reader.string();
        break;
      case 3:
        event.attributes.push(readKeyValue(reader.message(), 1));
        break;
      case 4:
        event.droppedAttributesCount = reader.uint32();
        break;
    }
  }
  return event;
}

function readLink(reader: Reader): SpanLink {
  const link: Filling<SpanLink> = {
    traceId: NO_BYTES,
    spanId: NO_BYTES,
    traceState: '',
    attributes: [],
    droppedAttributesCount: 0,
    flags: 0,
  };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        link.traceId = reader.bytes();
        break;
      case 2:
        link.spanId = reader.bytes();
        break;
      case 3:
        link.traceState = reader.string();
        break;
      case 4:
        link.attributes.push(readKeyValue(reader.message(), 1));
        break;
      case 5:
        link.droppedAttributesCount = reader.uint32();
        break;
      case 6:
        link.flags = reader.fixed32();
        break;
    }
  }
  return link;
}

function readStatus(reader: Reader, before: Status): Status {
  const status: Filling<Status> = { ...before };
  while (reader.next()) {
    switch (reader.field) {
      case 2:
        status.message = reader.string();
        break;
      case 3:
        status.code = reader.uint32() | 0;
        break;
    }
  }
  return status;
}

function readKeyValue(reader: Reader, depth: number): KeyValue {
  let key = '';
  let value: AnyValue = { type: 'empty' };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        key = reader.string();
        break;
      case 2:
        value = readAnyValue(reader.message(), value, depth);
        break;
    }
  }
  return { key, value };
}

function readAnyValue(reader: Reader, before: AnyValue, depth: number): AnyValue {
  if (depth > DEPTH_MAX) {
    throw new WireError('a value nested too deep', reader.start, `at most ${DEPTH_MAX} levels`);
  }
  let value = before;
  while (reader.next()) {
    value = readMember(reader, value, depth);
  }
  return value;
}

function readMember(reader: Reader, before: AnyValue, depth: number): AnyValue {
  switch (reader.field) {
    case 1:
      return { type: 'string', value: reader.string() };
    case 2:
      return { type: 'bool', value: reader.bool() };
    case 3:
      return { type: 'int', value: reader.int64() };
    case 4:
      return { type: 'double', value: reader.double() };
    case 5: {
      const values = before.type === 'array' ? (before.value as AnyValue[]) : [];
      return { type: 'array', value: readArray(reader.message(), values, depth + 1) };
    }
    case 6: {
      const pairs = before.type === 'kvlist' ? (before.value as KeyValue[]) : [];
      return { type: 'kvlist', value: readKeyValues(reader.message(), pairs, depth + 1) };
    }
    case 7:
      return { type: 'bytes', value: reader.bytes() };
    default:
      return before;
  }
}

function readArray(reader: Reader, values: AnyValue[], depth: number): AnyValue[] {
  while (reader.next()) {
    if (reader.field === 1) {
      values.push(readAnyValue(reader.message(), { type: 'empty' }, depth));
    }
  }
  return values;
}

function readKeyValues(reader: Reader, pairs: KeyValue[], depth: number): KeyValue[] {
  while (reader.next()) {
    if (reader.field === 1) {
      pairs.push(readKeyValue(reader.message(), depth));
    }
  }
  return pairs;
}
