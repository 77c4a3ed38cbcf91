/**
 * Noted spans ↔ OTLP as plain objects.
 *
 * The ids follow from labels and line numbers, so that what comes back can be read: a trace id is the label's characters,
 * a span id the number of the line within its trace.
 *
 * Never knows: the text of the notation.
 */
import type { Given, KeyValue, ResourceSpans, Span, TracesData } from '@clew/wire';
import { bytesToHex, hexToBytes } from '@clew/wire';
import type { NotedSpan } from './notation.ts';
import { printValues } from './notation-values.ts';

/** One resource per service and set of resource attributes, as real senders have it. */
export function tracesOf(spans: readonly NotedSpan[], baseNs: bigint): Given<TracesData> {
  const groups = new Map<string, NotedSpan[]>();
  for (const span of spans) {
    const key = [span.service, printValues(span.resource), printValues(span.scope)].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), span]);
  }
  return { resourceSpans: [...groups.values()].map((group) => resourceSpansOf(group, baseNs)) };
}

function serviceName(service: string): KeyValue {
  return { key: 'service.name', value: { type: 'string', value: service } };
}

function resourceSpansOf(group: readonly NotedSpan[], baseNs: bigint): Given<ResourceSpans> {
  const [{ service, resource, scope }] = group as [NotedSpan];
  const named = service === '' ? [] : [serviceName(service)];
  return {
    resource: { attributes: [...named, ...resource] },
    scopeSpans: [
      {
        scope: { name: 'notation', version: '1', attributes: scope },
        spans: group.map((span) => spanOf(span, baseNs)),
      },
    ],
  };
}

function spanOf(span: NotedSpan, baseNs: bigint): Given<Span> {
  const startNs = baseNs + span.startNs;
  return {
    traceId: hexToBytes(traceIdOf(span.label))!,
    spanId: hexToBytes(spanIdOf(span.number))!,
    parentSpanId: span.parent === 0 ? new Uint8Array(0) : hexToBytes(spanIdOf(span.parent))!,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs + span.durationNs,
    status: span.status,
    attributes: span.attributes,
    events: span.events.map((event) => ({
      timeUnixNano: baseNs + event.startNs,
      name: event.name,
      attributes: event.attributes,
    })),
    links: span.links.map(({ label, number }) => ({
      traceId: hexToBytes(traceIdOf(label))!,
      spanId: hexToBytes(spanIdOf(number))!,
    })),
  };
}

/** `t1` → `7431` and zeros: the label's characters. A label of 32 hex digits is the id. */
export function traceIdOf(label: string): string {
  if (/^[0-9a-f]{32}$/.test(label)) return label;
  return bytesToHex(new TextEncoder().encode(label)).padEnd(32, '0').slice(0, 32);
}

/** The label of a trace id made by `traceIdOf`. */
export function labelOf(traceId: string): string {
  const characters = traceId.replace(/(00)+$/, '');
  const text = characters.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return /^[\w-]+$/.test(text) ? text : traceId;
}

export function spanIdOf(number: number): string {
  return number.toString(16).padStart(16, '0');
}

// ── Back ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The spans of some OTLP, parents before children, as the notation orders them. Parents that are missing make orphans. */
export function notedOf(traces: TracesData, baseNs: bigint): NotedSpan[] {
  const flat = traces.resourceSpans.flatMap((group) =>
    group.scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({ span, resource: group.resource.attributes, scope: scope.attributes })),
    ),
  );
  const childrenOf = (span: Span) =>
    flat.filter((one) => placeOf(one.span, one.span.parentSpanId) === placeOf(span, span.spanId));
  const places = new Set(flat.map(({ span }) => placeOf(span, span.spanId)));
  const inOrder: NotedSpan[] = [];
  const visit = (one: Flat, depth: number): void => {
    inOrder.push(notedSpan(one, depth, baseNs));
    for (const child of childrenOf(one.span)) visit(child, depth + 1);
  };
  for (const one of flat) if (!places.has(placeOf(one.span, one.span.parentSpanId))) visit(one, 0);
  return inOrder;
}

type Flat = {
  readonly span: Span;
  readonly resource: readonly KeyValue[];
  readonly scope: readonly KeyValue[];
};

function placeOf(span: Span, id: Uint8Array): string {
  return `${bytesToHex(span.traceId)} ${bytesToHex(id)}`;
}

function notedSpan({ span, resource, scope }: Flat, depth: number, baseNs: bigint): NotedSpan {
  const named = resource.find(({ key }) => key === 'service.name')?.value;
  return {
    label: labelOf(bytesToHex(span.traceId)),
    number: numberOf(span.spanId),
    parent: numberOf(span.parentSpanId),
    depth,
    service: named?.type === 'string' ? named.value : '',
    name: span.name,
    startNs: span.startTimeUnixNano - baseNs,
    durationNs: span.endTimeUnixNano - span.startTimeUnixNano,
    kind: span.kind,
    status: span.status,
    attributes: span.attributes,
    resource: resource.filter(({ key }) => key !== 'service.name'),
    scope,
    events: span.events.map((event) => ({
      startNs: event.timeUnixNano - baseNs,
      name: event.name,
      attributes: event.attributes,
    })),
    links: span.links.map((link) => ({
      label: labelOf(bytesToHex(link.traceId)),
      number: numberOf(link.spanId),
    })),
  };
}

function numberOf(id: Uint8Array): number {
  return id.length === 0 ? 0 : Number(`0x${bytesToHex(id)}`);
}
