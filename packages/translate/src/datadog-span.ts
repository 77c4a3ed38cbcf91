/**
 * One Datadog span → the fields of one OTLP span.
 *
 * Its tags become attributes under their own names but for the tables in `datadog-fields.ts`; what
 * OTLP has a field for (kind, status, links, events, high half of the trace id) goes there. Never
 * knows: resources, and which spans came together.
 */

import { anyValueOf, encodeAnyValue, type PlainValue, type Writer } from '@clew/wire';
import { type DatadogSpan, type Tags, tagsOf } from './datadog-body.ts';
import { type DatadogEvent, eventsOf, writeEvents } from './datadog-events.ts';
import {
  attributeNames,
  INTERNAL,
  integerTags,
  kinds,
  kindsOfTypes,
  statementTypes,
} from './datadog-fields.ts';
import { linksOf, writeLinks } from './datadog-links.ts';
import { integerOf, textOf } from './datadog-values.ts';
import { parseMsgpack } from './msgpack.ts';
import { createTextAttributes, type TextAttributes } from './text-attributes.ts';
import { TranslateError } from './translate-error.ts';

const STATUS_ERROR = 2;
const idBytes = new Uint8Array(16);
const idView = new DataView(idBytes.buffer);

/** `traceHigh` are the upper 64 bits of the trace id, which only some spans of a trace carry. */
export type SpanWriter = (span: DatadogSpan, traceHigh: bigint) => void;

/** For the spans of one request, whose attributes are much the same. */
export function createSpanWriter(writer: Writer): SpanWriter {
  const texts = createTextAttributes(writer);
  return (span, traceHigh) => writeSpan(writer, texts, span, traceHigh);
}

function writeSpan(writer: Writer, texts: TextAttributes, span: DatadogSpan, traceHigh: bigint) {
  const meta = tagsOf(span.meta);
  idView.setBigUint64(0, traceHigh);
  idView.setBigUint64(8, integerOf(span.trace_id));
  writer.bytes(1, idBytes);
  writeId(writer, 2, integerOf(span.span_id));
  const parent = integerOf(span.parent_id);
  if (parent !== 0n) writeId(writer, 4, parent);
  writer.string(5, spanName(span));
  writer.varint(6, kinds.get(meta['span.kind']) ?? kindsOfTypes.get(span.type) ?? INTERNAL);
  const start = integerOf(span.start);
  const duration = integerOf(span.duration);
  const end = start + (duration > 0n ? duration : 0n);
  writer.fixed64(7, start);
  writer.fixed64(8, end);
  const { events, isMetaRead: areEventsRead } = eventsOf(span, meta, end);
  const { links, isMetaRead: areLinksRead } = linksOf(span, meta);
  writeNames(texts, span);
  for (const key of Object.keys(meta)) {
    const isRead = key === 'events' ? areEventsRead : key === '_dd.span_links' && areLinksRead;
    if (!isRead) writeMeta(writer, texts, span, key, meta[key]);
  }
  writeMetrics(writer, span);
  writeEvents(writer, events);
  writeLinks(writer, links);
  if (integerOf(span.error) !== 0n) writeError(writer, meta, events);
}

/**
 * The resource (`GET /users/:id`) where it is a name; the operation (`pg.query`) where the resource
 * is a statement, which would make as many names as there are statements.
 */
function spanName(span: DatadogSpan): string {
  const name = textOf(span.name);
  const resource = textOf(span.resource);
  const isStatement = statementTypes.has(span.type) && name !== '';
  return resource === '' || isStatement ? name : resource;
}

/** The error's words: its own tag, or those of an exception among the events. */
function writeError(writer: Writer, meta: Tags, events: readonly DatadogEvent[]): void {
  const exception = events.find(({ name }) => name === 'exception');
  const message =
    meta['error.message'] ?? meta['error.msg'] ?? exception?.attributes['exception.message'];
  const mark = writer.begin(15);
  if (typeof message === 'string' && message !== '') writer.string(2, message);
  writer.varint(3, STATUS_ERROR);
  writer.end(mark);
}

/** Tags that are told elsewhere: in fields of the span, its events or links, or on the resource. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  'span.kind',
  '_dd.p.tid',
  'env',
  'version',
  'runtime-id',
  'language',
  '_dd.hostname',
  'process_id',
  // Told by the exception event; `error.type` stays, it is an attribute of spans too.
  'error.message',
  'error.msg',
  'error.stack',
]);
/** The names that Datadog's own OpenTelemetry bridges read back. */
function writeNames({ write: writeText }: TextAttributes, span: DatadogSpan): void {
  const resource = textOf(span.resource);
  writeText('operation.name', textOf(span.name));
  if (resource !== '' && resource !== spanName(span)) writeText('resource.name', resource);
  if (typeof span.type === 'string' && span.type !== '') writeText('span.type', span.type);
}

function writeMeta(
  writer: Writer,
  texts: TextAttributes,
  span: DatadogSpan,
  key: string,
  value: unknown,
): void {
  if (TOLD_ELSEWHERE.has(key)) return;
  if (typeof value !== 'string') {
    if (value !== null && value !== undefined) writePlain(writer, nameOf(key), value);
    return;
  }
  // The tracer's default service; the span's own is on the resource.
  if (key === 'service' && value === span.service) return;
  if (integerTags.has(key) && /^-?\d{1,15}$/.test(value)) writeInteger(writer, nameOf(key), value);
  else texts.write(nameOf(key), value);
}

function writeMetrics(writer: Writer, span: DatadogSpan): void {
  const metrics = tagsOf(span.metrics);
  for (const key of Object.keys(metrics)) writeMetric(writer, key, metrics[key]);
  const struct = tagsOf(span.meta_struct);
  for (const key of Object.keys(struct)) writePlain(writer, key, unpacked(struct[key]));
}

/** Metrics are doubles whatever their value: a tag must not change its type from span to span. */
function writeMetric(writer: Writer, key: string, value: unknown): void {
  if (TOLD_ELSEWHERE.has(key)) return;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number') {
    if (value !== null && value !== undefined) writePlain(writer, nameOf(key), value);
  } else if (integerTags.has(key) && Number.isSafeInteger(number)) {
    writeInteger(writer, nameOf(key), number);
  } else {
    const mark = beginAttribute(writer, nameOf(key));
    const inner = writer.begin(2);
    writer.double(4, number);
    writer.end(inner);
    writer.end(mark);
  }
}

function nameOf(key: string): string {
  return attributeNames.get(key) ?? key;
}

function beginAttribute(writer: Writer, key: string): number {
  const mark = writer.begin(9);
  writer.string(1, key);
  return mark;
}

function writeInteger(writer: Writer, key: string, value: number | string): void {
  const mark = beginAttribute(writer, key);
  const inner = writer.begin(2);
  writer.varint64(3, BigInt(value));
  writer.end(inner);
  writer.end(mark);
}

function writePlain(writer: Writer, key: string, value: unknown): void {
  const mark = beginAttribute(writer, key);
  writer.bytes(2, encodeAnyValue(anyValueOf(plainOf(value))));
  writer.end(mark);
}

const STRUCT_LIMITS = { depthMax: 32, valuesMax: 100_000, containersMax: 20_000 };

/** What `meta_struct` packs in msgpack of its own; bytes that are none stay bytes. */
function unpacked(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  try {
    return parseMsgpack(value, STRUCT_LIMITS);
  } catch (error) {
    if (error instanceof TranslateError) return value;
    throw error;
  }
}

/** Dates and other extension types of msgpack have no form in OTLP but text. */
function plainOf(value: unknown): PlainValue {
  if (typeof value !== 'object' || value === null) return (value ?? null) as PlainValue;
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

function writeId(writer: Writer, field: number, id: bigint): void {
  idView.setBigUint64(0, id);
  writer.slice(field, idBytes, 0, 8);
}
