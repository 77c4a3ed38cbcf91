/**
 * One Datadog span → the fields of one OTLP span.
 *
 * Its tags become attributes under their own names but for the tables in `datadog-fields.ts`: bytes are copied from the
 * body to the result, no text is made of them. What OTLP has a field for (kind, status, links, events, the upper half
 * of the trace id) goes there. Never knows: resources, and which spans came together.
 */

import { anyValueOf, bytesToText, encodeAnyValue, type PlainValue, type Writer } from '@clew/wire';
import { type DatadogEvent, eventsOf, writeEvents } from './datadog-events.ts';
import { INTERNAL, kinds, kindsOfTypes, statementTypes } from './datadog-fields.ts';
import type { SpanPlace, TagList } from './datadog-index.ts';
import type { Key, Keys, Role } from './datadog-keys.ts';
import { linksOf, writeLinks } from './datadog-links.ts';
import { parseMsgpack } from './msgpack.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import { TranslateError } from './translate-error.ts';

const STATUS_ERROR = 2;

/** `traceHigh` are the upper 64 bits of the trace id, which only some spans of a trace carry. */
export type SpanWriter = (span: SpanPlace, traceHigh: bigint) => void;

/** What the spans of one body share. */
export interface SpanParts {
  readonly writer: Writer;
  readonly reader: MsgpackReader;
  readonly keys: Keys;
  readonly tags: TagList;
}

export function createSpanWriter(parts: SpanParts): SpanWriter {
  return (span, traceHigh) => writeSpan(parts, span, traceHigh);
}

const idBytes = new Uint8Array(16);
const idView = new DataView(idBytes.buffer);

function writeSpan(to: SpanParts, span: SpanPlace, traceHigh: bigint): void {
  const { writer, reader } = to;
  idView.setBigUint64(0, traceHigh);
  idView.setBigUint64(8, span.traceId);
  writer.bytes(1, idBytes);
  writeId(writer, 2, span.spanId);
  if (span.parentId !== 0n) writeId(writer, 4, span.parentId);
  const name = spanName(span);
  writer.string(5, name);
  writer.varint(6, kinds.get(span.kind) ?? kindsOfTypes.get(span.type) ?? INTERNAL);
  const end = span.start + (span.duration > 0n ? span.duration : 0n);
  writer.fixed64(7, span.start);
  writer.fixed64(8, end);
  if (span.name !== '') writeText(writer, 'operation.name', span.name);
  if (span.resource !== '' && span.resource !== name) {
    writeText(writer, 'resource.name', span.resource);
  }
  if (span.type !== '') writeText(writer, 'span.type', span.type);
  const { events, errorType, errorMessage, errorStack } = span;
  const field = valueAt(reader, span.spanEvents);
  const found = eventsOf({ field, events, errorType, errorMessage, errorStack }, end);
  const { links, isMetaRead } = linksOf(valueAt(reader, span.spanLinks), span.links);
  writeMeta(to, span, found.isMetaRead, isMetaRead);
  if (span.metrics >= 0) writeMetrics(to, span.metrics);
  if (span.metaStruct >= 0) writeStruct(to, span.metaStruct);
  writeEvents(writer, found.events);
  writeLinks(writer, links);
  if (span.isError) writeError(writer, span.errorMessage, found.events);
}

/**
 * The resource (`GET /users/:id`) where it is a name; the operation (`pg.query`) where the resource
 * is a statement, which would make as many names as there are statements.
 */
function spanName({ name, resource, type }: SpanPlace): string {
  const isStatement = name !== '' && statementTypes.has(type);
  return resource === '' || isStatement ? name : resource;
}

/** The error's words: its own tag, or those of an exception among the events. */
function writeError(
  writer: Writer,
  errorMessage: string | undefined,
  events: readonly DatadogEvent[],
): void {
  const exception = events.find(({ name }) => name === 'exception');
  const message = errorMessage ?? exception?.attributes['exception.message'];
  const mark = writer.begin(15);
  if (typeof message === 'string' && message !== '') writer.string(2, message);
  writer.varint(3, STATUS_ERROR);
  writer.end(mark);
}

/** Told elsewhere: in fields of the span, its events, or on the resource. */
const TOLD_ELSEWHERE: ReadonlySet<Role> = new Set([
  'environment',
  'version',
  'instanceId',
  'language',
  'hostName',
  'processId',
  'traceHigh',
  'kind',
  'errorMessage',
  'errorStack',
]);

function writeMeta(
  { writer, reader, tags, keys }: SpanParts,
  span: SpanPlace,
  areEventsRead: boolean,
  areLinksRead: boolean,
): void {
  const { bytes } = reader;
  for (let i = span.tagsFrom; i < span.tagsTo; i += 1) {
    const key = tags.keys[i]!;
    const start = tags.places[2 * i]!;
    const end = tags.places[2 * i + 1]!;
    if (key.role !== 'plain') {
      const isOddKind = key.role === 'kind' && !kinds.has(span.kind);
      if (TOLD_ELSEWHERE.has(key.role) && !isOddKind) continue;
      if (key.role === 'events' && areEventsRead) continue;
      if (key.role === 'links' && areLinksRead) continue;
      // The tracer's default; the span's own stands on the resource.
      const isService = key.role === 'service' && start >= 0;
      if (isService && keys.find(bytes, start, end).text === span.service) continue;
      if (key.role === 'integer' && start >= 0 && isInteger(bytes, start, end)) {
        writeInteger(writer, key, bytesToText(bytes, start, end));
        continue;
      }
    }
    if (start < 0) writeOther(writer, reader, key, end);
    else writer.textAttribute(9, key.field, bytes, start, end);
  }
}

/** Undefined when the key is no text; the reader stands before its value. */
function nextKey(reader: MsgpackReader, keys: Keys): Key | undefined {
  if (!reader.text()) return undefined;
  return keys.find(reader.bytes, reader.textAt, reader.textEnd);
}

/** Up to 15 digits, as which a status or a port may come in text. */
function isInteger(bytes: Uint8Array, at: number, end: number): boolean {
  if (at === end || end - at > 15) return false;
  for (let i = at; i < end; i += 1) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return true;
}

/** Metrics are doubles whatever their value: a tag must not change its type from span to span. */
function writeMetrics({ writer, reader, keys }: SpanParts, at: number): void {
  reader.at = at;
  const count = reader.map();
  for (let i = 0; i < count; i += 1) {
    const key = nextKey(reader, keys);
    if (key === undefined || TOLD_ELSEWHERE.has(key.role)) {
      reader.skip();
      continue;
    }
    const from = reader.at;
    const isNumber = reader.isNumber();
    const number = reader.number();
    if (!isNumber) writeOther(writer, reader, key, from);
    else if (key.role === 'integer' && Number.isSafeInteger(number))
      writeInteger(writer, key, number);
    else writeDouble(writer, key, number);
  }
}

const STRUCT_LIMITS = { depthMax: 32, valuesMax: 100_000, containersMax: 20_000 };

/** What `meta_struct` packs in msgpack of its own; bytes that are none stay bytes. */
function writeStruct({ writer, reader, keys }: SpanParts, at: number): void {
  reader.at = at;
  const count = reader.map();
  for (let i = 0; i < count; i += 1) {
    const key = nextKey(reader, keys);
    const from = reader.at;
    reader.skip();
    if (key === undefined) continue;
    const value = valueAt(reader, from);
    const inner = value instanceof Uint8Array ? (parsed(value) ?? value) : value;
    if (inner !== undefined && inner !== null) writePlain(writer, key, inner);
  }
}

/** A value that is seldom and small, by the library; undefined where there is none, or it has too much in it. */
function valueAt(reader: MsgpackReader, at: number): unknown {
  if (at < 0) return undefined;
  const { at: back, table } = reader;
  reader.table = undefined;
  reader.at = at;
  reader.skip();
  const end = reader.at;
  reader.at = back;
  reader.table = table;
  return parsed(reader.bytes.subarray(at, end));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseMsgpack(bytes, STRUCT_LIMITS);
  } catch (error) {
    if (error instanceof TranslateError) return undefined;
    throw error;
  }
}

// ── Attributes ──────────────────────────────────────────────────────────────────────────────────

/** A tag that is no text, which the protocol does not foresee; nil is none. */
function writeOther(writer: Writer, reader: MsgpackReader, key: Key, at: number): void {
  const value = valueAt(reader, at);
  if (value !== undefined && value !== null) writePlain(writer, key, value);
}

function writePlain(writer: Writer, { field }: Key, value: unknown): void {
  const mark = writer.begin(9);
  writer.raw(field, 0, field.length);
  writer.bytes(2, encodeAnyValue(anyValueOf(plainOf(value))));
  writer.end(mark);
}

/** Dates and other extension types of msgpack have no form in OTLP but text. */
function plainOf(value: unknown): PlainValue {
  if (typeof value !== 'object' || value === null) return (value ?? null) as PlainValue;
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

function writeInteger(writer: Writer, { field }: Key, value: number | string): void {
  const mark = writer.begin(9);
  writer.raw(field, 0, field.length);
  const inner = writer.begin(2);
  writer.varint64(3, BigInt(value));
  writer.end(inner);
  writer.end(mark);
}

function writeDouble(writer: Writer, { field }: Key, value: number): void {
  const mark = writer.begin(9);
  writer.raw(field, 0, field.length);
  const inner = writer.begin(2);
  writer.double(4, value);
  writer.end(inner);
  writer.end(mark);
}

function writeText(writer: Writer, key: string, value: string): void {
  const mark = writer.begin(9);
  writer.string(1, key);
  const inner = writer.begin(2);
  writer.string(1, value);
  writer.end(inner);
  writer.end(mark);
}

function writeId(writer: Writer, field: number, id: bigint): void {
  idView.setBigUint64(0, id);
  writer.slice(field, idBytes, 0, 8);
}
