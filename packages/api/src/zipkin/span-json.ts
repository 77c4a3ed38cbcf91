/**
 * A stored span as Zipkin's v2 JSON.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 *
 * Empty and zero fields are left out, names are in lower case, tags are texts; times are whole microseconds, cut, and a
 * duration is at least one. Never knows: HTTP, or how the span was found.
 */
import { type Attribute, peerKeys, peerKinds, type Span, type SpanEvent } from '@clew/query';
import { plainJson, plainText } from '../plain-text.ts';
import { shortTraceId } from '../short-trace-id.ts';

type Endpoint = {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly port?: number;
};

export type ZipkinSpan = {
  readonly traceId: string;
  readonly parentId?: string;
  readonly id: string;
  readonly kind?: 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER';
  readonly name?: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: Endpoint;
  readonly remoteEndpoint?: Endpoint;
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly shared?: true;
};

const kinds = {
  unspecified: undefined,
  internal: undefined,
  client: 'CLIENT',
  server: 'SERVER',
  producer: 'PRODUCER',
  consumer: 'CONSUMER',
} as const;

export function spanShape(span: Span): ZipkinSpan {
  const kind = kinds[span.kind];
  const remote = remoteOf(span);
  const tags = tagsOf(span);
  return {
    traceId: shortTraceId(span.traceId),
    ...(span.parentSpanId === '' ? {} : { parentId: span.parentSpanId }),
    id: span.spanId,
    ...(kind === undefined ? {} : { kind }),
    ...(span.name === '' ? {} : { name: span.name.toLowerCase() }),
    timestamp: microseconds(span.startNs),
    duration: Math.max(Math.floor(span.durationNs / 1000), 1),
    // Always there, even without a name: older builds of Zipkin Lens fail without (openzipkin/zipkin#3072).
    localEndpoint: { serviceName: span.service.toLowerCase() },
    ...(remote === undefined ? {} : { remoteEndpoint: remote }),
    ...(span.events.length === 0 ? {} : { annotations: span.events.map(annotationOf) }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(isShared(span) && { shared: true }),
  };
}

/** The mark that translation leaves on the server's half of a call whose client half has the same id. */
const sharedKey = 'zipkin.shared';

function isShared({ attributes }: Span): boolean {
  return attributes.some(({ key, value }) => key === sharedKey && value === true);
}

/** Of one key the last is kept, so what the span says of itself stands above what its resource says. */
function tagsOf(span: Span): Record<string, string> {
  const { resource, scope, status, statusMessage, traceState } = span;
  const attributes = [...resource.attributes, ...scope.attributes, ...span.attributes];
  // To Zipkin any tag of the name "error" is an error, whatever it says.
  const named = attributes.filter(
    ({ key, value }) =>
      key !== 'service.name' && key !== sharedKey && !(key === 'error' && value === false),
  );
  const fields: readonly (readonly [string, string])[] = [
    ['otel.scope.name', scope.name],
    ['otel.scope.version', scope.version],
    ['w3c.tracestate', traceState],
    ['otel.status_code', status === 'unset' ? '' : status.toUpperCase()],
    ['error', status === 'error' ? statusMessage || 'true' : ''],
  ];
  return Object.fromEntries([
    ...named.map((each) => [each.key, plainText(each)] as const),
    ...fields.filter(([, value]) => value !== ''),
  ]);
}

/** `name`, or `"name":{…attributes…}`. */
function annotationOf(event: SpanEvent) {
  const isPlain = event.attributes.length === 0;
  const value = isPlain
    ? event.name
    : `${JSON.stringify(event.name)}:${plainJson(event.attributes)}`;
  return { timestamp: microseconds(event.timeNs), value };
}

// ── The other side ──────────────────────────────────────────────────────────────────────────────

const addressKeys = ['network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'] as const;
const portKeys = [
  'network.peer.port',
  'server.port',
  'net.sock.peer.port',
  'net.peer.port',
] as const;

/** Only spans that call have one: `server.address` of a server span is its own. */
function remoteOf({ kind, attributes }: Span): Endpoint | undefined {
  if (!peerKinds.some((each) => each === kind)) return undefined;
  const serviceName = firstText(attributes, peerKeys).toLowerCase();
  const address = firstText(attributes, addressKeys);
  const port = Number(firstText(attributes, portKeys));
  const endpoint = {
    ...(serviceName === '' ? {} : { serviceName }),
    ...(/^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? { ipv4: address } : {}),
    ...(/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(address) ? { ipv6: address } : {}),
    ...(Number.isInteger(port) && port > 0 && port < 65_536 ? { port } : {}),
  };
  const isAnybody = 'serviceName' in endpoint || 'ipv4' in endpoint || 'ipv6' in endpoint;
  return isAnybody ? endpoint : undefined;
}

function firstText(attributes: readonly Attribute[], keys: readonly string[]): string {
  for (const key of keys) {
    const found = attributes.find((each) => each.key === key);
    if (found !== undefined && found.value !== '') return plainText(found);
  }
  return '';
}

function microseconds(ns: string): number {
  return Number(BigInt(ns) / 1000n);
}
