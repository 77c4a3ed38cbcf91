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
import { attributesJson } from './value-json.ts';

type ScopeGroup = { readonly scope: Scope; readonly spans: Span[] };
type ResourceGroup = { readonly resource: Resource; readonly scopes: Map<string, ScopeGroup> };

/** The text in pieces of some hundred spans, so that other work can come between them; some are empty. */
export function* otlpJson(spans: readonly Span[]): Generator<string> {
  yield '{"resourceSpans":[';
  const found = new Map<string, ResourceGroup>();
  for (let at = 0; at < spans.length; at += limits.spansPerChunk) {
    group(spans.slice(at, at + limits.spansPerChunk), found);
    yield '';
  }
  let between = '';
  for (const { resource, scopes } of found.values()) {
    yield `${between}{"resource":${resourceJson(resource)},"scopeSpans":[`;
    yield* scopesJson([...scopes.values()]);
    yield `]${optional('schemaUrl', resource.schemaUrl)}}`;
    between = ',';
  }
  yield ']}';
}

function* scopesJson(scopes: readonly ScopeGroup[]): Generator<string> {
  let between = '';
  for (const { scope, spans } of scopes) {
    yield `${between}{"scope":${scopeJson(scope)},"spans":[`;
    for (let at = 0; at < spans.length; at += limits.spansPerChunk) {
      const chunk = spans.slice(at, at + limits.spansPerChunk).map(spanJson);
      yield `${at === 0 ? '' : ','}${chunk.join(',')}`;
    }
    yield `]${optional('schemaUrl', scope.schemaUrl)}}`;
    between = ',';
  }
}

function group(spans: readonly Span[], found: Map<string, ResourceGroup>): void {
  for (const span of spans) {
    const resourceKey = originKey(span.resource);
    const ofResource = found.get(resourceKey) ?? { resource: span.resource, scopes: new Map() };
    found.set(resourceKey, ofResource);
    const scopeKey = originKey(span.scope);
    const ofScope = ofResource.scopes.get(scopeKey) ?? { scope: span.scope, spans: [] };
    ofResource.scopes.set(scopeKey, ofScope);
    ofScope.spans.push(span);
  }
}

/** Two origins with equal keys are equal, attribute by attribute and type by type. */
function originKey(origin: Resource | Scope): string {
  const { name, version } = { name: '', version: '', ...origin };
  const { schemaUrl, droppedAttributes } = origin;
  const attributes = attributesJson(origin.attributes);
  return JSON.stringify([name, version, schemaUrl, droppedAttributes, attributes]);
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

function spanJson(span: Span): string {
  const statusCode = names.status.indexOf(span.status);
  return [
    `{"traceId":"${span.traceId}","spanId":"${span.spanId}"`,
    optional('traceState', span.traceState),
    optional('parentSpanId', span.parentSpanId),
    optional('flags', span.flags),
    `,"name":${JSON.stringify(span.name)},"kind":${names.kind.indexOf(span.kind)}`,
    `,"startTimeUnixNano":"${span.startNs}","endTimeUnixNano":"${span.endNs}"`,
    optionalAttributes(span),
    optional('droppedAttributesCount', span.droppedAttributes),
    list('events', span.events.map(eventJson)),
    optional('droppedEventsCount', span.droppedEvents),
    list('links', span.links.map(linkJson)),
    optional('droppedLinksCount', span.droppedLinks),
    `,"status":${object(optional('message', span.statusMessage), optional('code', statusCode))}}`,
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

function linkJson(link: SpanLink): string {
  return [
    `{"traceId":"${link.traceId}","spanId":"${link.spanId}"`,
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
