/**
 * Traces that a search found → Tempo's `SearchResponse`, as plain data that both protobuf and its JSON are written from.
 *
 * Grafana decides the type of a column by the first value of a key, and fails over a list or a second type: values of one
 * key are brought to one type here. Never knows: HTTP, gRPC.
 */
import type { FieldValue, NamedValue, SpansetHit, SpansetSpan, Took, TraceHit } from '@clew/query';
import { printGoDuration } from './go-duration.ts';
import { printTraceId } from './trace-id.ts';

export type TagValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly doubleValue: number | string }
  | { readonly boolValue: boolean };

export type TagPair = { readonly key: string; readonly value: TagValue };

export type FoundSpan = {
  readonly spanID: string;
  readonly name?: string;
  readonly startTimeUnixNano: string;
  readonly durationNanos?: string;
  readonly attributes?: readonly TagPair[];
};

export type FoundSet = {
  readonly spans: readonly FoundSpan[];
  readonly matched: number;
  readonly attributes?: readonly TagPair[];
};

export type ServiceStats = { readonly spanCount: number; readonly errorCount?: number };

export type FoundTrace = {
  readonly traceID: string;
  readonly rootServiceName?: string;
  readonly rootTraceName?: string;
  readonly startTimeUnixNano: string;
  readonly durationMs?: number;
  readonly spanSet?: FoundSet;
  readonly spanSets?: readonly FoundSet[];
  readonly serviceStats?: Readonly<Record<string, ServiceStats>>;
};

export type SearchMetrics = {
  readonly inspectedSpans?: string;
  readonly completedJobs?: number;
  readonly totalJobs: number;
};

/** Zero values are left out, as protobuf's JSON does. */
export function foundTrace(hit: TraceHit): FoundTrace {
  const spanSets = oneTypePerKey((hit.spansets ?? []).map(foundSet));
  const [only] = spanSets;
  const services = hit.services.map(({ name, spans, errors }) => [
    name,
    { spanCount: spans, ...(errors === 0 ? {} : { errorCount: errors }) },
  ]);
  return {
    traceID: printTraceId(hit.traceId),
    ...optional('rootServiceName', hit.rootService),
    ...optional('rootTraceName', hit.rootName),
    startTimeUnixNano: hit.startNs,
    ...optional('durationMs', Math.floor(hit.durationNs / 1e6)),
    // Grafana's list of traces shows only this one when it is there, so of several none is preferred.
    ...(only === undefined || spanSets.length > 1 ? {} : { spanSet: only }),
    ...(only === undefined ? {} : { spanSets }),
    ...(services.length === 0 ? {} : { serviceStats: Object.fromEntries(services) }),
  };
}

/** @param done how much of what was asked has been looked at, in hundredths; Grafana draws it */
export function searchMetrics({ rowsRead }: Took, done: number): SearchMetrics {
  return {
    ...optional('inspectedSpans', rowsRead === 0 ? '' : String(rowsRead)),
    ...optional('completedJobs', done),
    totalJobs: jobs,
  };
}

/** A search has no parts that could be counted; hundredths of its time range are. */
export const jobs = 100;

function optional<Name extends string, Value extends string | number>(name: Name, value: Value) {
  type Optional = { readonly [K in Name]?: Value };
  return (value === '' || value === 0 ? {} : { [name]: value }) as Optional;
}

function foundSet({ spans, matched, attributes }: SpansetHit): FoundSet {
  const said = attributes.map((each) => tagPair(each, each.name));
  return {
    spans: spans.map(foundSpan),
    matched,
    ...(said.length === 0 ? {} : { attributes: said }),
  };
}

/** These are members of their own, here or in the trace. */
const notAttributes: ReadonlySet<string> = new Set([
  'name',
  'duration',
  'trace:id',
  'traceDuration',
  'rootName',
  'rootServiceName',
]);

function foundSpan(span: SpansetSpan): FoundSpan {
  const { spanId, name, startNs, durationNs } = span;
  const isNamed = span.attributes.some((each) => each.name === 'name');
  const attributes = span.attributes
    .filter((each) => !notAttributes.has(each.name))
    .map((each) => tagPair(each, keyOf(each.name)));
  return {
    spanID: spanId,
    ...(isNamed ? optional('name', name) : {}),
    startTimeUnixNano: startNs,
    ...optional('durationNanos', durationNs === 0 ? '' : String(durationNs)),
    ...(attributes.length === 0 ? {} : { attributes }),
  };
}

/** `resource.service.name` → `service.name`, `."a b"` → `a b`; intrinsics keep their names. */
export function keyOf(field: string): string {
  const [, rest] =
    /^(?:parent\.)?(?:span|resource|event|link|instrumentation)?\.(.+)$/s.exec(field) ?? [];
  if (rest === undefined) return field;
  return /^".*"$/s.test(rest) ? rest.slice(1, -1).replace(/\\(.)/gs, '$1') : rest;
}

function tagPair({ value }: NamedValue, key: string): TagPair {
  return { key, value: tagValue(value) };
}

/** What is missing is said to be, as Tempo does. */
export function tagValue(of: FieldValue | null): TagValue {
  if (of === null) return { stringValue: 'nil' };
  switch (of.type) {
    case 'int':
      return { intValue: String(of.value) };
    case 'float':
      return { doubleValue: jsonDouble(Number(of.value)) };
    case 'boolean':
      return { boolValue: of.value === true };
    case 'duration':
      return { stringValue: printGoDuration(BigInt(of.value)) };
    default:
      return { stringValue: String(of.value) };
  }
}

/** Protobuf's JSON has words for what JSON's numbers cannot be. */
export function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

type Column = 'string' | 'number' | 'bool';

function columnOf(value: TagValue): Column {
  if ('stringValue' in value) return 'string';
  return 'boolValue' in value ? 'bool' : 'number';
}

/** A key whose values have several types, anywhere in the trace, has texts only. */
function oneTypePerKey(sets: readonly FoundSet[]): readonly FoundSet[] {
  const columns = new Map<string, Column | 'mixed'>();
  const look = ({ key, value }: TagPair) => {
    const column = columnOf(value);
    columns.set(key, (columns.get(key) ?? column) === column ? column : 'mixed');
  };
  for (const { spans, attributes } of sets) {
    attributes?.forEach(look);
    for (const span of spans) span.attributes?.forEach(look);
  }
  if (![...columns.values()].includes('mixed')) return sets;
  const even = (pairs: readonly TagPair[]) =>
    pairs.map((pair) => (columns.get(pair.key) === 'mixed' ? asText(pair) : pair));
  const evened = <Holder extends { readonly attributes?: readonly TagPair[] }>(holder: Holder) =>
    holder.attributes === undefined ? holder : { ...holder, attributes: even(holder.attributes) };
  return sets.map((set) => ({ ...evened(set), spans: set.spans.map(evened) }));
}

function asText({ key, value }: TagPair): TagPair {
  return { key, value: { stringValue: String(Object.values(value)[0]) } };
}
