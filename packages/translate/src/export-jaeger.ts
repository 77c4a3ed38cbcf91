/**
 * OTLP bytes → the JSON that Jaeger's user interface saves and opens: `{"data":[{traceID, spans, processes}]}`.
 *
 * What OTLP has fields for and Jaeger has not stands in the tags that `jaeger-json.ts` (and Jaeger's own
 * translation) reads back. Lost are link attributes, dropped counts, what is shorter than a microsecond, schema urls,
 * and the types of list, map and byte attributes, which become text. Never knows: HTTP.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */

import {
  type ExportAttribute,
  type ExportEvent,
  type Exported,
  type ExportLink,
  type ExportSpan,
  exportedSpans,
  microsecondsOf,
  plainText,
  textAttribute,
} from './export-otlp.ts';

export interface Tag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64';
  readonly value: string | boolean | number;
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS = ['', 'OK', 'ERROR'];
/** Jaeger wants a name; the Collector gives this one, and reads it back as none. */
const UNNAMED_SERVICE = 'OTLPResourceNoServiceName';

interface Trace {
  readonly traceID: string;
  readonly spans: object[];
  readonly processes: Record<
    string,
    { readonly serviceName: string; readonly tags: readonly Tag[] }
  >;
}

/** The text of the document, traces in order of appearance. @throws WireError when the bytes are no OTLP. */
export function jaegerJson(otlp: Uint8Array): string {
  const traces = new Map<string, Trace>();
  for (const exported of exportedSpans(otlp)) {
    const traceID = exported.span.traceId ?? '';
    const trace = traces.get(traceID) ?? { traceID, spans: [], processes: {} };
    traces.set(traceID, trace);
    trace.spans.push(jaegerSpan(exported, processOf(trace, exported.resource)));
  }
  return JSON.stringify({ data: [...traces.values()] });
}

/** What Jaeger calls a process: the service and the rest of its resource. */
export function processFields(resource: readonly ExportAttribute[]) {
  return {
    serviceName: textAttribute(resource, 'service.name') || UNNAMED_SERVICE,
    tags: resource.filter(({ key }) => key !== 'service.name').map(tagOf),
  };
}

function processOf({ processes }: Trace, resource: readonly ExportAttribute[]): string {
  const process = processFields(resource);
  const text = JSON.stringify(process);
  const known = Object.entries(processes).find(([, one]) => JSON.stringify(one) === text);
  if (known !== undefined) return known[0];
  const id = `p${Object.keys(processes).length + 1}`;
  processes[id] = process;
  return id;
}

function jaegerSpan({ span, scope }: Exported, processID: string): object {
  const startTime = microsecondsOf(span.startTimeUnixNano);
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    ...(span.flags && { flags: span.flags }),
    operationName: span.name ?? '',
    references: referencesOf(span),
    startTime,
    duration: microsecondsOf(span.endTimeUnixNano) - startTime,
    tags: tagsOf(span, scope),
    logs: (span.events ?? []).map(logOf),
    processID,
    warnings: null,
  };
}

export interface Reference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string | undefined;
  readonly spanID: string | undefined;
}

/** The parent comes first: Jaeger takes the first reference within the trace for it. */
export function referencesOf({ traceId, parentSpanId, links = [] }: ExportSpan): Reference[] {
  const parent: Reference = { refType: 'CHILD_OF', traceID: traceId, spanID: parentSpanId };
  return [...(parentSpanId ? [parent] : []), ...links.map(referenceOf)];
}

function referenceOf({ traceId, spanId, attributes = [] }: ExportLink): Reference {
  const isChild = textAttribute(attributes, 'opentracing.ref_type') === 'child_of';
  return { refType: isChild ? 'CHILD_OF' : 'FOLLOWS_FROM', traceID: traceId, spanID: spanId };
}

export function tagsOf(span: ExportSpan, scope: Exported['scope']): Tag[] {
  const { attributes = [], status = {}, kind = 0, traceState } = span;
  const text = (key: string, value: string | undefined): Tag[] =>
    value ? [{ key, type: 'string', value }] : [];
  return [
    ...attributes.map(tagOf),
    ...text('otel.scope.name', scope.name),
    ...text('otel.scope.version', scope.version),
    ...text('span.kind', KINDS[kind]),
    ...text('otel.status_code', STATUS[status.code ?? 0]),
    ...text('otel.status_description', status.message),
    ...(status.code === 2 ? [{ key: 'error', type: 'bool', value: true } as const] : []),
    ...text('w3c.tracestate', traceState),
  ];
}

export function logOf({ name, timeUnixNano, attributes = [] }: ExportEvent) {
  const isNamed = name && !attributes.some(({ key }) => key === 'event');
  const event: Tag[] = isNamed ? [{ key: 'event', type: 'string', value: name }] : [];
  return {
    timestamp: microsecondsOf(timeUnixNano),
    fields: [...event, ...attributes.map(tagOf)],
  };
}

/** 64-bit integers that a double cannot hold become text, as do lists, maps and bytes. */
function tagOf({ key = '', value = {} }: ExportAttribute): Tag {
  if (value.boolValue !== undefined) return { key, type: 'bool', value: value.boolValue };
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    if (Number.isSafeInteger(number)) return { key, type: 'int64', value: number };
  }
  if (typeof value.doubleValue === 'number') {
    return { key, type: 'float64', value: value.doubleValue };
  }
  return { key, type: 'string', value: plainText(value) };
}
