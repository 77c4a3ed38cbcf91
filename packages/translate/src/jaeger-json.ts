/**
 * The JSON that Jaeger's user interface saves → OTLP protobuf bytes.
 *
 * The names of tags that mean more than an attribute are those of `export-jaeger.ts`. A file is read whole; it is
 * not a protocol of any receiver. Never knows: files.
 * https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go
 */

import {
  type AnyValue,
  encodeTraces,
  type Given,
  hexToBytes,
  type KeyValue,
  type Span,
  type SpanLink,
} from '@clew/wire';
import type { JsonObject } from './json-fields.ts';
import { parseJson } from './json-text.ts';
import { shown, TranslateError } from './translate-error.ts';

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS = ['UNSET', 'OK', 'ERROR'];
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
    const processes = isObject(trace['processes']) ? trace['processes'] : {};
    return trace['spans'].filter(isObject).map((span) => resourceSpansOf(span, processes));
  });
  return encodeTraces({ resourceSpans });
}

function resourceSpansOf(span: JsonObject, processes: JsonObject) {
  const process = processes[textOf(span['processID'])];
  const { serviceName, tags } = isObject(process)
    ? process
    : ((span['process'] as JsonObject) ?? {});
  const service = textOf(serviceName);
  const own = createTags(span['tags']);
  const made = spanOf(span, own);
  const scope = { name: own.take('otel.scope.name'), version: own.take('otel.scope.version') };
  return {
    resource: {
      attributes: [
        ...(service === '' || service === UNNAMED_SERVICE
          ? []
          : [{ key: 'service.name', value: { type: 'string', value: service } } as const]),
        ...createTags(tags).rest(),
      ],
    },
    scopeSpans: [{ scope, spans: [{ ...made, attributes: own.rest() }] }],
  };
}

function spanOf(span: JsonObject, tags: Tags): Given<Span> {
  const start = nanoseconds(span['startTime']);
  const references = Array.isArray(span['references']) ? span['references'].filter(isObject) : [];
  const traceId = textOf(span['traceID']);
  const parentAt = references.findIndex((one) => textOf(one['traceID']) === traceId);
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
    flags: typeof span['flags'] === 'number' ? span['flags'] >>> 0 : 0,
  };
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
  const isWhole = /^-?\d{1,18}$/.test(String(value));
  if ((type === 'int64' || type === 'long') && isWhole) {
    return { type: 'int', value: BigInt(String(value)) };
  }
  if (type === 'float64' || typeof value === 'number') {
    return { type: 'double', value: Number(value) };
  }
  return { type: 'string', value: typeof value === 'string' ? value : JSON.stringify(value) };
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
