/**
 * OTLP bytes → Zipkin's v2 spans and their JSON, as the OpenTelemetry Collector writes them.
 *
 * Zipkin knows text tags and annotations only: links, attributes of events and dropped counts are kept in the texts that
 * `zipkin-span.ts` reads back. Lost are the types of attributes, what is shorter than a microsecond, scope attributes
 * and schema urls. Never knows: HTTP.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 */

import {
  type ExportAttribute,
  type ExportEvent,
  type Exported,
  type ExportLink,
  type ExportSpan,
  type ExportValue,
  exportedSpans,
  jsonObject,
  microsecondsOf,
  plainText,
  textAttribute,
} from './export-otlp.ts';
import { ipv4Bytes, ipv6Bytes } from './ip-bytes.ts';

/** OTLP's numbers; internal has none in Zipkin. */
const KINDS = [undefined, undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const INTERNAL = 1;
const STATUS = ['', 'OK', 'ERROR'];

export interface ZipkinExportEndpoint {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly port?: number;
}

/** A span as Zipkin's JSON has it; `export-zipkin-proto.ts` writes the same in protobuf. */
export interface ZipkinExportSpan {
  readonly traceId: string;
  readonly parentId?: string;
  readonly id: string;
  readonly kind?: string;
  readonly name: string;
  /** Microseconds. */
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: ZipkinExportEndpoint;
  readonly remoteEndpoint?: ZipkinExportEndpoint;
  readonly shared?: boolean;
  readonly debug?: boolean;
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The text of a JSON list of spans. @throws WireError when the bytes are no OTLP. */
export function zipkinJson(otlp: Uint8Array): string {
  return JSON.stringify(zipkinSpans(otlp));
}

/** Each span as the text of a JSON object, for whoever must not make a list too long. @throws WireError */
export function* zipkinSpanTexts(otlp: Uint8Array): Generator<string> {
  for (const span of zipkinSpans(otlp)) yield JSON.stringify(span);
}

/** In order of appearance. @throws WireError when the bytes are no OTLP. */
export function zipkinSpans(otlp: Uint8Array): ZipkinExportSpan[] {
  return exportedSpans(otlp).map(zipkinSpan);
}

function zipkinSpan({ span, scope, resource }: Exported): ZipkinExportSpan {
  const { attributes = [], events = [] } = span;
  const kind = KINDS[span.kind ?? 0];
  const startUs = microsecondsOf(span.startTimeUnixNano);
  const endUs = microsecondsOf(span.endTimeUnixNano);
  const remote = endpoint(
    textAttribute(attributes, 'peer.service'),
    textAttribute(attributes, 'network.peer.address'),
    textAttribute(attributes, 'network.peer.port'),
  );
  const local = endpoint(
    textAttribute(resource, 'service.name'),
    textAttribute(attributes, 'network.local.address'),
    textAttribute(attributes, 'network.local.port'),
  );
  return {
    traceId: span.traceId ?? '',
    ...(span.parentSpanId && { parentId: span.parentSpanId }),
    id: span.spanId ?? '',
    ...(kind !== undefined && { kind }),
    name: span.name ?? '',
    timestamp: startUs,
    // Zipkin takes 0 for "not known yet".
    duration: Math.max(1, endUs - startUs),
    localEndpoint: local ?? {},
    ...(remote !== undefined && { remoteEndpoint: remote }),
    ...(has(attributes, 'zipkin.shared') && { shared: true }),
    ...(has(attributes, 'zipkin.debug') && { debug: true }),
    ...(events.length > 0 && { annotations: events.map(annotation) }),
    tags: tagsOf(span, scope, resource),
  };
}

const isAddress = (value: ExportValue) => addressOf(plainText(value)) !== undefined;
const isPort = (value: ExportValue) => portOf(plainText(value)) !== undefined;
const isTrue = ({ boolValue }: ExportValue) => boolValue === true;

/** Attributes that are members of a Zipkin span, where a member can hold them; otherwise they stay tags. */
const members: ReadonlyMap<string, (value: ExportValue) => boolean> = new Map([
  ['peer.service', () => true],
  ['network.peer.address', isAddress],
  ['network.peer.port', isPort],
  ['network.local.address', isAddress],
  ['network.local.port', isPort],
  ['zipkin.shared', isTrue],
  ['zipkin.debug', isTrue],
]);

/** An endpoint has room for an address of the internet only; a host name is none. */
function addressOf(text: string): Pick<ZipkinExportEndpoint, 'ipv4' | 'ipv6'> | undefined {
  if (ipv4Bytes(text) !== undefined) return { ipv4: text };
  return ipv6Bytes(text) === undefined ? undefined : { ipv6: text };
}

function tagsOf(
  span: ExportSpan,
  scope: Exported['scope'],
  resource: Exported['resource'],
): Record<string, string> {
  const { attributes = [], links = [], status = {} } = span;
  const tags: Record<string, string> = {};
  const add = (key: string, text: string | number | undefined) => {
    if (text !== undefined && text !== '' && text !== 0) tags[key] = String(text);
  };
  for (const { key = '', value } of resource) {
    if (key !== 'service.name') tags[key] = plainText(value);
  }
  for (const { key = '', value = {} } of attributes) {
    if (!members.get(key)?.(value)) tags[key] = plainText(value);
  }
  for (const [at, link] of links.entries()) tags[`otlp.link.${at}`] = linkText(link);
  if (span.kind === INTERNAL) tags['span.kind'] = 'internal';
  add('otel.scope.name', scope.name);
  add('otel.scope.version', scope.version);
  add('w3c.tracestate', span.traceState);
  add('otel.status_code', STATUS[status.code ?? 0]);
  add('otel.status_description', status.message);
  add('otel.dropped_attributes_count', span.droppedAttributesCount);
  add('otel.dropped_events_count', span.droppedEventsCount);
  add('otel.dropped_links_count', span.droppedLinksCount);
  if (status.code === 2) tags['error'] = status.message || 'true';
  return tags;
}

/** `name`, or `name|{…attributes…}|dropped` where there is more than a name. */
function annotation(event: ExportEvent): { timestamp: number; value: string } {
  const { name = '', attributes = [], droppedAttributesCount: dropped = 0 } = event;
  const isPlain = attributes.length === 0 && dropped === 0;
  const value = isPlain ? name : `${name}|${JSON.stringify(jsonObject(attributes))}|${dropped}`;
  return { timestamp: microsecondsOf(event.timeUnixNano), value };
}

function linkText(link: ExportLink): string {
  const { traceId = '', spanId = '', traceState = '', attributes = [] } = link;
  const json = JSON.stringify(jsonObject(attributes));
  return [traceId, spanId, traceState, json, link.droppedAttributesCount ?? 0].join('|');
}

function endpoint(
  serviceName: string,
  address: string,
  portText: string,
): ZipkinExportEndpoint | undefined {
  const port = portOf(portText);
  const found = {
    ...(serviceName !== '' && { serviceName }),
    ...addressOf(address),
    ...(port !== undefined && { port }),
  };
  return Object.keys(found).length === 0 ? undefined : found;
}

function portOf(text: string): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

function has(attributes: readonly ExportAttribute[], wanted: string): boolean {
  return attributes.some(({ key, value = {} }) => key === wanted && isTrue(value));
}
