/**
 * A stored trace as OTLP/JSON, in pieces: `{"resourceSpans":[…]}` with every value as it was sent.
 *
 * Spans that share resource and scope stand together again, in start order. Defaults of protobuf
 * (empty texts, zero counts) are left out, as its JSON form allows.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 *
 * Never knows: HTTP, or where the spans were read.
 */
import type { Resource, Scope, Span, SpanEvent, SpanLink } from '@clew/query';
import { limits } from '../limits.ts';
import { names } from './answers.ts';
import { byOrigin, type ScopeGroup } from './by-origin.ts';
import { attributesJson } from './value-json.ts';

/** How ids and enums are written: the one thing in which other JSON forms of OTLP differ. */
export type OtlpForm = {
  /** The member that holds everything. */
  readonly list: string;
  id(hex: string): string;
  kind(kind: Span['kind']): string | number;
  status(status: Span['status']): string | number;
};

/** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: hexadecimal ids, numbers for enums. */
const otlpForm: OtlpForm = {
  list: 'resourceSpans',
  id: (hex) => hex,
  kind: (kind) => names.kind.indexOf(kind),
  status: (status) => names.status.indexOf(status),
};

/** The text in pieces of some hundred spans, so that other work can come between them; some are empty. */
export function* otlpJson(spans: readonly Span[], form = otlpForm): Generator<string> {
  yield `{"${form.list}":[`;
  const grouping = byOrigin(spans);
  let grouped = grouping.next();
  for (; !grouped.done; grouped = grouping.next()) yield '';
  let between = '';
  for (const { resource, scopes } of grouped.value) {
    yield `${between}{"resource":${resourceJson(resource)},"scopeSpans":[`;
    yield* scopesJson([...scopes.values()], form);
    yield `]${optional('schemaUrl', resource.schemaUrl)}}`;
    between = ',';
  }
  yield ']}';
}

function* scopesJson(scopes: readonly ScopeGroup[], form: OtlpForm): Generator<string> {
  let between = '';
  for (const { scope, spans } of scopes) {
    yield `${between}{"scope":${scopeJson(scope)},"spans":[`;
    for (let at = 0; at < spans.length; at += limits.spansPerChunk) {
      const chunk = spans.slice(at, at + limits.spansPerChunk).map((span) => spanJson(span, form));
      yield `${at === 0 ? '' : ','}${chunk.join(',')}`;
    }
    yield `]${optional('schemaUrl', scope.schemaUrl)}}`;
    between = ',';
  }
}

function resourceJson(resource: Resource): string {
  return object(
    optionalAttributes(resource),
    optional('droppedAttributesCount', resource.droppedAttributes),
  );
}

function scopeJson(scope: Scope): string {
  return object(
    optional('name', scope.name),
    optional('version', scope.version),
    optionalAttributes(scope),
    optional('droppedAttributesCount', scope.droppedAttributes),
  );
}

function spanJson(span: Span, form: OtlpForm): string {
  const { id } = form;
  const status = span.status === 'unset' ? 0 : form.status(span.status);
  return [
    `{"traceId":"${id(span.traceId)}","spanId":"${id(span.spanId)}"`,
    optional('traceState', span.traceState),
    optional('parentSpanId', id(span.parentSpanId)),
    optional('flags', span.flags),
    `,"name":${JSON.stringify(span.name)},"kind":${JSON.stringify(form.kind(span.kind))}`,
    `,"startTimeUnixNano":"${span.startNs}","endTimeUnixNano":"${span.endNs}"`,
    optionalAttributes(span),
    optional('droppedAttributesCount', span.droppedAttributes),
    list('events', span.events.map(eventJson)),
    optional('droppedEventsCount', span.droppedEvents),
    list(
      'links',
      span.links.map((link) => linkJson(link, form)),
    ),
    optional('droppedLinksCount', span.droppedLinks),
    `,"status":${object(optional('message', span.statusMessage), optional('code', status))}}`,
  ].join('');
}

function eventJson(event: SpanEvent): string {
  return [
    `{"timeUnixNano":"${event.timeNs}"`,
    optional('name', event.name),
    optionalAttributes(event),
    optional('droppedAttributesCount', event.droppedAttributes),
    '}',
  ].join('');
}

function linkJson(link: SpanLink, { id }: OtlpForm): string {
  return [
    `{"traceId":"${id(link.traceId)}","spanId":"${id(link.spanId)}"`,
    optional('traceState', link.traceState),
    optionalAttributes(link),
    optional('droppedAttributesCount', link.droppedAttributes),
    optional('flags', link.flags),
    '}',
  ].join('');
}

/** An object of members that each begin with a comma or are left out. */
function object(...members: readonly string[]): string {
  return `{${members.join('').slice(1)}}`;
}

/** `,"name":value`, or nothing for protobuf's default. */
function optional(name: string, value: string | number): string {
  return value === '' || value === 0 ? '' : `,"${name}":${JSON.stringify(value)}`;
}

function optionalAttributes(holder: Pick<Span, 'attributes'>): string {
  return holder.attributes.length === 0 ? '' : `,"attributes":${attributesJson(holder.attributes)}`;
}

function list(name: string, members: readonly string[]): string {
  return members.length === 0 ? '' : `,"${name}":[${members.join(',')}]`;
}
