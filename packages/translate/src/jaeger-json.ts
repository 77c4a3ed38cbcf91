/**
 * The JSON that Jaeger's user interface saves → OTLP protobuf bytes.
 *
 * The names of tags that mean more than an attribute are those of `export-jaeger-model.ts`. A file is read whole; it is
 * not a protocol of any receiver. Never knows: files.
 * https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go
 */

import {
  type AnyValue,
  attributesOf,
  encodeTraces,
  type Given,
  hexToBytes,
  type KeyValue,
  type Span,
  type SpanLink,
} from '@clew/wire';
import { fromBase64 } from './base64.ts';
import type { JsonObject } from './json-fields.ts';
import { parseJson } from './json-text.ts';
import { shown, TranslateError } from './translate-error.ts';

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS = ['UNSET', 'OK', 'ERROR'];
const SAMPLED = 1;
const DEBUG = 2;
const UNNAMED_SERVICE = 'OTLPResourceNoServiceName';
/** One byte is no id of any kind, so the walk rejects the span and no other. */
const NO_ID = new Uint8Array(1);

/** Takes `{"data":[…traces…]}`, a list of traces, or one trace. @throws TranslateError with the path. */
export function jaegerJsonToOtlp(json: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const value = parseJson(json);
  const traces = isObject(value) && 'data' in value ? value['data'] : value;
  const list = Array.isArray(traces) ? traces : [traces];
  const resourceSpans = list.flatMap((trace, at) => {
    if (!isObject(trace) || !Array.isArray(trace['spans'])) {
      throw new TranslateError(`data[${at}]`, `found ${shown(trace)}, wanted a trace with spans`);
    }
    return resourceSpansOf(trace, trace['spans'].filter(isObject));
  });
  return encodeTraces({ resourceSpans });
}

/** Spans of one process together, so that a large one is not written with each. */
function resourceSpansOf(trace: JsonObject, spans: readonly JsonObject[]) {
  const processes = isObject(trace['processes']) ? trace['processes'] : {};
  const byProcess = new Map<unknown, ReturnType<typeof scopeSpansOf>[]>();
  for (const span of spans) {
    const process = processes[textOf(span['processID'])] ?? span['process'];
    const scopeSpans = byProcess.get(process) ?? [];
    byProcess.set(process, scopeSpans);
    scopeSpans.push(scopeSpansOf(span));
  }
  return [...byProcess].map(([process, scopeSpans]) => ({
    resource: { attributes: resourceOf(isObject(process) ? process : {}) },
    scopeSpans,
  }));
}

function resourceOf({ serviceName, tags }: JsonObject): KeyValue[] {
  const name = textOf(serviceName);
  const isNamed = name !== '' && name !== UNNAMED_SERVICE;
  return [...attributesOf(isNamed ? { 'service.name': name } : {}), ...createTags(tags).rest()];
}

function scopeSpansOf(span: JsonObject) {
  const tags = createTags(span['tags']);
  const made = spanOf(span, tags);
  const scope = { name: tags.take('otel.scope.name'), version: tags.take('otel.scope.version') };
  const attributes = [...tags.rest(), ...membersOf(span)];
  return { scope, spans: [{ ...made, attributes }] };
}

/** What Jaeger has members for and OTLP has not. */
function membersOf({ flags, warnings }: JsonObject): KeyValue[] {
  const texts = Array.isArray(warnings) ? warnings.filter((one) => typeof one === 'string') : [];
  return attributesOf({
    ...((Number(flags) & DEBUG) !== 0 && { 'jaeger.debug': true }),
    ...(texts.length > 0 && { 'jaeger.warnings': texts }),
  });
}

function spanOf(span: JsonObject, tags: Tags): Given<Span> {
  const start = nanoseconds(span['startTime']);
  const references = Array.isArray(span['references']) ? span['references'].filter(isObject) : [];
  const traceId = textOf(span['traceID']);
  const parentAt = parentIndex(references, traceId);
  const parent = textOf(references[parentAt]?.['spanID']) || textOf(span['parentSpanID']);
  const kind = KINDS.indexOf(tags.take('span.kind').toLowerCase());
  const isError = tags.takeTrue('error');
  const code = Math.max(0, STATUS.indexOf(tags.take('otel.status_code').toUpperCase()));
  const logs = Array.isArray(span['logs']) ? span['logs'].filter(isObject) : [];
  return {
    traceId: idOf(traceId, 32),
    spanId: idOf(textOf(span['spanID']), 16),
    traceState: tags.take('w3c.tracestate'),
    ...(parent !== '' && { parentSpanId: idOf(parent, 16) }),
    name: textOf(span['operationName']),
    kind: Math.max(0, kind),
    startTimeUnixNano: start,
    endTimeUnixNano: start + nanoseconds(span['duration']),
    events: logs.map(eventOf),
    links: references.filter((_, at) => at !== parentAt).map(linkOf),
    status: { code: isError ? 2 : code, message: tags.take('otel.status_description') },
    flags: Number(span['flags']) & SAMPLED,
  };
}

/** The first `CHILD_OF` within the trace, else the first reference of any kind. */
function parentIndex(references: readonly JsonObject[], traceId: string): number {
  const isHere = (one: JsonObject) => textOf(one['traceID']) === traceId;
  const child = references.findIndex((one) => isHere(one) && one['refType'] === 'CHILD_OF');
  return child < 0 ? references.findIndex(isHere) : child;
}

function eventOf(log: JsonObject) {
  const fields = createTags(log['fields']);
  return {
    timeUnixNano: nanoseconds(log['timestamp']),
    name: fields.take('event'),
    attributes: fields.rest(),
  };
}

function linkOf(reference: JsonObject): Given<SpanLink> {
  const isChild = reference['refType'] === 'CHILD_OF';
  const type: AnyValue = { type: 'string', value: isChild ? 'child_of' : 'follows_from' };
  return {
    traceId: idOf(textOf(reference['traceID']), 32),
    spanId: idOf(textOf(reference['spanID']), 16),
    attributes: [{ key: 'opentracing.ref_type', value: type }],
  };
}

interface Tags {
  /** The text of a tag, which is then no attribute; '' when there is none or it is no text. */
  take(key: string): string;
  takeTrue(key: string): boolean;
  /** What was not taken. */
  rest(): KeyValue[];
}

function createTags(value: unknown): Tags {
  const tags = Array.isArray(value) ? value.filter(isObject) : [];
  const taken = new Set<JsonObject>();
  const find = (key: string, fits: (value: unknown) => boolean) => {
    const tag = tags.find((one) => one['key'] === key && fits(one['value']));
    if (tag !== undefined) taken.add(tag);
    return tag?.['value'];
  };
  return {
    take: (key) => textOf(find(key, (one) => typeof one === 'string')),
    takeTrue: (key) => find(key, (one) => one === true || one === 'true') !== undefined,
    rest: () => tags.filter((tag) => !taken.has(tag)).map(attributeOf),
  };
}

function attributeOf({ key, type, value }: JsonObject): KeyValue {
  return { key: textOf(key), value: anyValueOf(type, value) };
}

function anyValueOf(type: unknown, value: unknown): AnyValue {
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (type === 'int64' || type === 'long') {
    const number = /^-?\d{1,19}$/.test(String(value)) ? BigInt(String(value)) : undefined;
    if (number !== undefined && BigInt.asIntN(64, number) === number) {
      return { type: 'int', value: number };
    }
  }
  if (type === 'binary' && typeof value === 'string') {
    const bytes = fromBase64(value);
    if (bytes !== undefined) return { type: 'bytes', value: bytes };
  }
  if (type === 'float64' || typeof value === 'number') {
    return { type: 'double', value: Number(value) };
  }
  return { type: 'string', value: typeof value === 'string' ? value : JSON.stringify(value ?? '') };
}

/** Ids may have come without their leading zeros. */
function idOf(hex: string, digits: number): Uint8Array {
  const bytes = hex === '' ? undefined : hexToBytes(hex.padStart(digits, '0'));
  return bytes?.length === digits / 2 ? bytes : NO_ID;
}

function nanoseconds(microseconds: unknown): bigint {
  const text = String(microseconds);
  return /^\d{1,16}$/.test(text) ? BigInt(text) * 1000n : 0n;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
