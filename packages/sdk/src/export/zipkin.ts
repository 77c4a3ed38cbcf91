/**
 * Sends batches to Zipkin, as the JSON of its second version.
 *
 * Zipkin has names and texts only: scope, status and drop counts travel as `otel.` tags.
 * Never knows: what Zipkin does with them.
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 */

import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import {
  type AnyValue,
  bytesToHex,
  isZero,
  type KeyValue,
  type Scope,
  type Span,
  type SpanEvent,
} from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { diag } from '@opentelemetry/api';
import type { BatchExporter } from '../batch/batch-processor.ts';
import { type Env, envNumber, envText } from '../env.ts';
import { jsonOf } from './otlp-json.ts';
import { post } from './post.ts';
import { sendNow } from './send-now.ts';
import { SLICE_BYTES, slicesOf } from './slices.ts';

export interface ZipkinOptions {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMillis?: number;
}

export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind?: string;
  /** Microseconds of the epoch. */
  readonly timestamp: number;
  /** Microseconds, at least one: Zipkin reads 0 as unknown. */
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly remoteEndpoint?: { readonly serviceName: string };
  readonly annotations: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

const DEFAULT_URL = 'http://localhost:9411/api/v2/spans';
const TIMEOUT_MS = 10_000;
const KINDS = [undefined, undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUS = ['', 'OK', 'ERROR'];
/** Who was called, best name first. */
const REMOTE_KEYS = ['peer.service', 'server.address', 'net.peer.name', 'network.peer.address'];

/** OTEL_EXPORTER_ZIPKIN_ENDPOINT and _TIMEOUT are read; what Zipkin refuses is lost and reported. */
export function zipkinExporter(given: ZipkinOptions = {}, env: Env = process.env): BatchExporter {
  const url = urlOf(given.url ?? envText(env, 'OTEL_EXPORTER_ZIPKIN_ENDPOINT') ?? DEFAULT_URL);
  const timeoutMs =
    given.timeoutMillis ?? envNumber(env, 'OTEL_EXPORTER_ZIPKIN_TIMEOUT', 1) ?? TIMEOUT_MS;
  const Connections = url.protocol === 'https:' ? TlsAgent : Agent;
  const agent = new Connections({ keepAlive: true });
  const inFlight = new Set<Promise<boolean>>();
  const prepare = (body: Buffer) => {
    const type = { 'content-type': 'application/json', 'content-length': body.length };
    return { body, headers: { ...given.headers, ...type } };
  };
  let isShutDown = false;
  const deliver = async (request: Uint8Array): Promise<boolean> => {
    try {
      if (isShutDown) throw new Error('the exporter is shut down');
      const { status } = await post({
        url,
        agent,
        timeoutMs,
        ...prepare(await bodyInTurns(request)),
      });
      if (status >= 200 && status < 300) return true;
      diag.error(`Zipkin at ${url.origin} answered ${status}, wanted 202; the batch is lost`);
    } catch (error) {
      diag.error(`spans could not be sent to Zipkin at ${url.origin}`, error);
    }
    return false;
  };
  return {
    send({ body }) {
      const work = deliver(body);
      inFlight.add(work);
      return work.finally(() => inFlight.delete(work));
    },
    sendNow: (batches) =>
      sendNow(batches.map(({ body }) => ({ url: url.href, ...prepare(bodyOf(body)) }))),
    async forceFlush() {
      await Promise.all(inFlight);
    },
    async shutdown() {
      isShutDown = true;
      await Promise.all(inFlight);
      agent.destroy();
    },
  };
}

function urlOf(text: string): URL {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  diag.error(`Zipkin endpoint: found "${text}", wanted an http or https address; default used`);
  return new URL(DEFAULT_URL);
}

const bodyOf = (request: Uint8Array): Buffer => Buffer.from(JSON.stringify(zipkinSpans(request)));

/** The same, so that the application's loop turns meanwhile. */
async function bodyInTurns(request: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const slice of slicesOf(request, SLICE_BYTES)) {
    const text = JSON.stringify(zipkinSpans(slice)).slice(1, -1);
    parts.push(Buffer.from(`${parts.length === 0 ? '[' : ','}${text}`));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return parts.length === 0 ? Buffer.from('[]') : Buffer.concat([...parts, Buffer.from(']')]);
}

/** The spans of an OTLP request in Zipkin's form. */
export function zipkinSpans(request: Uint8Array): ZipkinSpan[] {
  return decodeTraces(request).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = tagsOf(resource.attributes);
    const serviceName = about['service.name'] ?? 'unknown_service';
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => zipkinSpan(span, scope, serviceName, about)),
    );
  });
}

function zipkinSpan(
  span: Span,
  scope: Scope,
  serviceName: string,
  about: Readonly<Record<string, string>>,
): ZipkinSpan {
  const own = tagsOf(span.attributes);
  const kind = KINDS[span.kind];
  const remote = kind === undefined ? undefined : REMOTE_KEYS.find((key) => own[key] !== undefined);
  return {
    traceId: bytesToHex(span.traceId),
    id: bytesToHex(span.spanId),
    ...(isZero(span.parentSpanId) ? {} : { parentId: bytesToHex(span.parentSpanId) }),
    name: span.name,
    ...(kind === undefined ? {} : { kind }),
    timestamp: micros(span.startTimeUnixNano),
    duration: Math.max(1, micros(span.endTimeUnixNano - span.startTimeUnixNano)),
    localEndpoint: { serviceName },
    ...(remote === undefined ? {} : { remoteEndpoint: { serviceName: own[remote]! } }),
    annotations: span.events.map(annotation),
    tags: { ...about, ...own, ...scopeTags(scope), ...statusTags(span), ...dropTags(span) },
  };
}

const micros = (ns: bigint): number => Math.round(Number(ns) / 1000);

function annotation({ timeUnixNano, name, attributes }: SpanEvent) {
  const said = attributes.length === 0 ? '' : `: ${JSON.stringify(tagsOf(attributes))}`;
  return { timestamp: micros(timeUnixNano), value: said === '' ? name : `"${name}"${said}` };
}

function tagsOf(attributes: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, textOf(value)]));
}

function textOf(value: AnyValue): string {
  if (value.type === 'string') return value.value;
  if (value.type === 'empty') return '';
  const json = jsonOf(value);
  return typeof json === 'object' ? JSON.stringify(json) : String(json);
}

/** The names of the library are the old ones of the scope, which readers still ask for. */
function scopeTags({ name, version }: Scope): Record<string, string> {
  return {
    ...(name === '' ? {} : { 'otel.scope.name': name, 'otel.library.name': name }),
    ...(version === '' ? {} : { 'otel.scope.version': version, 'otel.library.version': version }),
  };
}

function statusTags({ status }: Span): Record<string, string> {
  const { code = 0, message = '' } = status ?? {};
  if (code === 0) return {};
  const tags = { 'otel.status_code': STATUS[code] ?? '' };
  return code === 2 ? { ...tags, error: message, 'otel.status_description': message } : tags;
}

function dropTags(span: Span): Record<string, string> {
  const counts = {
    'otel.dropped_attributes_count': span.droppedAttributesCount,
    'otel.dropped_events_count': span.droppedEventsCount,
    'otel.dropped_links_count': span.droppedLinksCount,
  };
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return Object.fromEntries(some.map(([key, count]) => [key, String(count)]));
}
