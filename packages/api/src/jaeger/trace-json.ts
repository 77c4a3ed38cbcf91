/**
 * A stored trace as Jaeger's UI JSON: OTLP → Jaeger as the OpenTelemetry collector translates it.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 *
 * Times are whole microseconds, cut, not rounded. Never knows: HTTP, or how the trace was found.
 */
import type { Resource, Span, SpanEvent, SpanLink } from '@clew/query';
import { markNames } from '@clew/wire';
import { limits } from '../limits.ts';
import { shortTraceId } from '../short-trace-id.ts';
import { type Tag, tagOf, textTag } from './tags.ts';

export type JaegerSpan = {
  readonly traceID: string;
  readonly spanID: string;
  readonly flags?: number;
  readonly operationName: string;
  readonly references: readonly Reference[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly Tag[];
  readonly logs: readonly Log[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
};

type Reference = {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
};
type Log = { readonly timestamp: number; readonly fields: readonly Tag[] };

export type Process = { readonly serviceName: string; readonly tags: readonly Tag[] };

/** What the collector calls a service that did not name itself. */
const unnamedService = 'OTLPResourceNoServiceName';

export type TraceJsonOptions = {
  readonly traceId: string;
  /** As stored, without the notes on what Clew corrected. */
  readonly raw: boolean;
  /** Said of the whole trace. */
  readonly warnings?: readonly string[];
};

/** `{"traceID":…,"spans":[…],"processes":{…},"warnings":…}` in pieces of some hundred spans. */
export function* traceJson(
  spans: readonly Span[],
  { traceId, raw, warnings = [] }: TraceJsonOptions,
): Generator<string> {
  const processes = createProcesses();
  yield `{"traceID":"${shortTraceId(traceId)}","spans":[`;
  for (let at = 0; at < spans.length; at += limits.spansPerChunk) {
    const chunk = spans.slice(at, at + limits.spansPerChunk);
    const json = chunk.map((span) => JSON.stringify(spanShape(span, processes.idOf(span), raw)));
    yield `${at === 0 ? '' : ','}${json.join(',')}`;
  }
  const said = warnings.length === 0 ? null : warnings;
  yield `],"processes":${JSON.stringify(processes.all())},"warnings":${JSON.stringify(said)}}`;
}

export function spanShape(span: Span, processID: string, raw: boolean): JaegerSpan {
  const marks = raw ? [] : markNames(span.marks);
  return {
    traceID: shortTraceId(span.traceId),
    spanID: span.spanId,
    ...(span.flags === 0 ? {} : { flags: span.flags }),
    operationName: span.name,
    references: referencesOf(span),
    startTime: microseconds(span.startNs),
    duration: Math.floor(span.durationNs / 1000),
    tags: tagsOf(span),
    logs: (raw ? span.events : inOrder(span.events)).map(logOf),
    processID,
    warnings: marks.length === 0 ? null : marks.map((mark) => `Clew: ${mark}`),
  };
}

/** The parent comes first: Jaeger takes the first reference within the trace for it. */
function referencesOf(span: Span): Reference[] {
  const parent: Reference[] =
    span.parentSpanId === ''
      ? []
      : [{ refType: 'CHILD_OF', traceID: shortTraceId(span.traceId), spanID: span.parentSpanId }];
  return [...parent, ...span.links.map(referenceOf)];
}

function referenceOf(link: SpanLink): Reference {
  const isChild = link.attributes.some(
    ({ key, value }) => key === 'opentracing.ref_type' && value === 'child_of',
  );
  return {
    refType: isChild ? 'CHILD_OF' : 'FOLLOWS_FROM',
    traceID: shortTraceId(link.traceId),
    spanID: link.spanId,
  };
}

/** What the span says of itself, then what Jaeger keeps in tags of what OTLP has fields for. */
function tagsOf(span: Span): Tag[] {
  const { scope, kind, status, statusMessage, traceState } = span;
  // The status says it better than an attribute that may say otherwise.
  const isOwn = ({ key }: { key: string }) => status !== 'error' || key !== 'error';
  return [
    ...span.attributes.filter(isOwn).map(tagOf),
    ...(scope.name === '' ? [] : [textTag('otel.scope.name', scope.name)]),
    ...(scope.version === '' ? [] : [textTag('otel.scope.version', scope.version)]),
    ...scope.attributes.map(tagOf),
    ...(kind === 'unspecified' ? [] : [textTag('span.kind', kind)]),
    ...(status === 'unset' ? [] : [textTag('otel.status_code', status.toUpperCase())]),
    ...(statusMessage === '' ? [] : [textTag('otel.status_description', statusMessage)]),
    ...(status === 'error' ? [{ key: 'error', type: 'bool', value: true } as const] : []),
    ...(traceState === '' ? [] : [textTag('w3c.tracestate', traceState)]),
  ];
}

function inOrder(events: readonly SpanEvent[]): readonly SpanEvent[] {
  return [...events].sort((one, other) => Number(BigInt(one.timeNs) - BigInt(other.timeNs)));
}

function logOf(event: SpanEvent): Log {
  const name = event.name === '' ? [] : [textTag('event', event.name)];
  const isNamed = event.attributes.some(({ key }) => key === 'event');
  return {
    timestamp: microseconds(event.timeNs),
    fields: [...(isNamed ? [] : name), ...event.attributes.map(tagOf)],
  };
}

function microseconds(ns: string): number {
  return Number(BigInt(ns) / 1000n);
}

// ── Processes ───────────────────────────────────────────────────────────────────────────────────

/** Resources numbered `p1`, `p2` … in order of appearance; equal ones are one process. */
function createProcesses() {
  // The spans of a trace share their resource objects, so most are known without being compared.
  const idOfResource = new Map<Resource, string>();
  const idOfContent = new Map<string, string>();
  const found: Record<string, Process> = {};
  return {
    idOf(span: Span): string {
      const known = idOfResource.get(span.resource);
      if (known !== undefined) return known;
      const process = processOf(span);
      const content = JSON.stringify(process);
      const id = idOfContent.get(content) ?? `p${idOfContent.size + 1}`;
      idOfContent.set(content, id);
      idOfResource.set(span.resource, id);
      found[id] = process;
      return id;
    },
    all: () => found,
  };
}

function processOf({ service, resource }: Span): Process {
  const tags = resource.attributes.filter(({ key }) => key !== 'service.name').map(tagOf);
  return { serviceName: service === '' ? unnamedService : service, tags };
}
