/**
 * OTLP bytes → spans as Jaeger has them, which three files write in its three forms: the JSON of its user interface
 * (`export-jaeger.ts`), protobuf (`export-jaeger-proto.ts`), and protobuf's JSON (`export-jaeger-span-json.ts`).
 *
 * What OTLP has fields for and Jaeger has not stands in the tags that Jaeger's own translation, and ours, read back. Lost
 * are link attributes but the kind of reference, dropped counts, scope attributes, schema urls, and the types of lists and
 * maps, which become text. Never knows: bytes of any form.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */

import {
  type ExportAttribute,
  type ExportEvent,
  type Exported,
  type ExportLink,
  type ExportSpan,
  type ExportValue,
  exportedSpans,
  plainText,
  textAttribute,
} from './export-otlp.ts';

export interface JaegerExportSpan {
  /** 32 hex digits, as every id is hex. */
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly references: readonly JaegerReference[];
  /** 1: sampled, 2: debug. */
  readonly flags: number;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly tags: readonly Tag[];
  readonly logs: readonly { readonly timeNs: bigint; readonly fields: readonly Tag[] }[];
  readonly process: JaegerProcess;
  readonly warnings: readonly string[];
}

export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceId: string;
  readonly spanId: string;
}

/** What Jaeger calls a process: the service and the rest of its resource. */
export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly Tag[];
}

/** Bytes are base64; numbers that JSON cannot hold (64-bit integers, `NaN`) are text. */
export interface Tag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  readonly value: string | boolean | number;
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS = ['', 'OK', 'ERROR'];
/** Jaeger wants a name; the Collector gives this one, and reads it back as none. */
const UNNAMED_SERVICE = 'OTLPResourceNoServiceName';

const SAMPLED = 1;
const DEBUG = 2;
const isTrue = ({ boolValue }: ExportValue) => boolValue === true;
const isTexts = ({ arrayValue }: ExportValue) =>
  arrayValue?.values?.every(({ stringValue }) => stringValue !== undefined) === true;

/** Attributes that are members of a span to Jaeger, where a member can hold them; otherwise they stay tags. */
const members: ReadonlyMap<string, (value: ExportValue) => boolean> = new Map([
  ['jaeger.debug', isTrue],
  ['jaeger.warnings', isTexts],
]);

function isMember({ key = '', value = {} }: ExportAttribute): boolean {
  return members.get(key)?.(value) === true;
}

/** In order of appearance. @throws WireError when the bytes are no OTLP. */
export function jaegerSpans(otlp: Uint8Array): JaegerExportSpan[] {
  return exportedSpans(otlp).map(jaegerSpan);
}

function jaegerSpan({ span, scope, resource }: Exported): JaegerExportSpan {
  const startNs = BigInt(span.startTimeUnixNano ?? 0);
  const endNs = BigInt(span.endTimeUnixNano ?? 0);
  return {
    traceId: span.traceId ?? '',
    spanId: span.spanId ?? '',
    name: span.name ?? '',
    references: referencesOf(span),
    flags: flagsOf(span),
    startNs,
    durationNs: endNs > startNs ? endNs - startNs : 0n,
    tags: tagsOf(span, scope),
    logs: (span.events ?? []).map(logOf),
    process: {
      serviceName: textAttribute(resource, 'service.name') || UNNAMED_SERVICE,
      tags: resource.filter(({ key }) => key !== 'service.name').map(tagOf),
    },
    warnings: warningsOf(span),
  };
}

/** Of OTLP's flags Jaeger knows whether the span was sampled; its debug is no flag of OTLP's. */
function flagsOf({ flags = 0, attributes = [] }: ExportSpan): number {
  const isDebug = attributes.some((one) => one.key === 'jaeger.debug' && isMember(one));
  return (flags & SAMPLED) | (isDebug ? DEBUG : 0);
}

function warningsOf({ attributes = [] }: ExportSpan): string[] {
  const found = attributes.find((one) => one.key === 'jaeger.warnings' && isMember(one));
  return (found?.value?.arrayValue?.values ?? []).map(plainText);
}

/** The parent comes first: Jaeger takes the first reference within the trace for it. */
function referencesOf(span: ExportSpan): JaegerReference[] {
  const { traceId = '', parentSpanId = '', links = [] } = span;
  const parent: JaegerReference = { refType: 'CHILD_OF', traceId, spanId: parentSpanId };
  return [...(parentSpanId === '' ? [] : [parent]), ...links.map(referenceOf)];
}

function referenceOf({ traceId = '', spanId = '', attributes = [] }: ExportLink): JaegerReference {
  const isChild = textAttribute(attributes, 'opentracing.ref_type') === 'child_of';
  return { refType: isChild ? 'CHILD_OF' : 'FOLLOWS_FROM', traceId, spanId };
}

function tagsOf(span: ExportSpan, scope: Exported['scope']): Tag[] {
  const { attributes = [], status = {}, kind = 0, traceState } = span;
  const text = (key: string, value: string | undefined): Tag[] =>
    value ? [{ key, type: 'string', value }] : [];
  return [
    ...attributes.filter((one) => !isMember(one)).map(tagOf),
    ...text('otel.scope.name', scope.name),
    ...text('otel.scope.version', scope.version),
    ...text('span.kind', KINDS[kind]),
    ...text('otel.status_code', STATUS[status.code ?? 0]),
    ...text('otel.status_description', status.message),
    ...(status.code === 2 ? [{ key: 'error', type: 'bool', value: true } as const] : []),
    ...text('w3c.tracestate', traceState),
  ];
}

function logOf({ name, timeUnixNano, attributes = [] }: ExportEvent) {
  const isNamed = name && !attributes.some(({ key }) => key === 'event');
  const event: Tag[] = isNamed ? [{ key: 'event', type: 'string', value: name }] : [];
  return { timeNs: BigInt(timeUnixNano ?? 0), fields: [...event, ...attributes.map(tagOf)] };
}

function tagOf({ key = '', value = {} }: ExportAttribute): Tag {
  if (value.boolValue !== undefined) return { key, type: 'bool', value: value.boolValue };
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return { key, type: 'int64', value: Number.isSafeInteger(number) ? number : value.intValue };
  }
  if (value.bytesValue !== undefined) return { key, type: 'binary', value: value.bytesValue };
  if (value.doubleValue !== undefined) return { key, type: 'float64', value: value.doubleValue };
  return { key, type: 'string', value: plainText(value) };
}
