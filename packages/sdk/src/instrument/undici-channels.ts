/**
 * Spans of `fetch` and undici, on the channels that undici publishes itself. Only here can headers be
 * added to a request that is made by `fetch`. Never knows: who called.
 *
 * Source: https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 */

import { channel } from 'node:diagnostics_channel';
import {
  type Attributes,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { isSuppressed } from '../context.ts';
import type { Instrumentation } from './find.ts';

const NAME = '@clew/sdk/undici';

interface UndiciRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  addHeader(name: string, value: string): void;
}

interface Message {
  readonly request: UndiciRequest;
  readonly response?: { readonly statusCode: number };
  readonly error?: Error & { code?: string };
}

export function undiciChannels(): Instrumentation {
  let tracer: Tracer = trace.getTracer(NAME);
  const spans = new WeakMap<UndiciRequest, Span>();
  const hear: Record<string, (message: unknown) => void> = {
    'undici:request:create': (message) => create(tracer, spans, message as Message),
    'undici:request:headers': (message) => answered(spans, message as Message),
    'undici:request:trailers': (message) => spans.get((message as Message).request)?.end(),
    'undici:request:error': (message) => failed(spans, message as Message),
  };
  const instrumentation: Instrumentation = {
    instrumentationName: NAME,
    setTracerProvider(provider) {
      tracer = (provider as TracerProvider).getTracer(NAME);
    },
    enable() {
      for (const [name, one] of Object.entries(hear)) channel(name).subscribe(one);
    },
    disable() {
      for (const [name, one] of Object.entries(hear)) channel(name).unsubscribe(one);
    },
  };
  instrumentation.enable();
  return instrumentation;
}

function create(tracer: Tracer, spans: WeakMap<UndiciRequest, Span>, { request }: Message): void {
  const active = context.active();
  if (isSuppressed(active)) return;
  const { origin, method, path } = request;
  const { hostname, port } = new URL(origin);
  const attributes: Attributes = {
    'http.request.method': method,
    'url.full': `${String(origin).replace(/\/$/, '')}${path}`,
    'server.address': hostname,
    ...(port === '' ? {} : { 'server.port': Number(port) }),
  };
  const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, active);
  spans.set(request, span);
  propagation.inject(trace.setSpan(active, span), request, {
    set: (carrier, key, value) => carrier.addHeader(key, value),
  });
}

function answered(spans: WeakMap<UndiciRequest, Span>, { request, response }: Message): void {
  const span = spans.get(request);
  if (span === undefined || response === undefined) return;
  const { statusCode } = response;
  span.setAttribute('http.response.status_code', statusCode);
  if (statusCode < 400) return;
  span.setAttribute('error.type', String(statusCode));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function failed(spans: WeakMap<UndiciRequest, Span>, { request, error }: Message): void {
  const span = spans.get(request);
  if (span === undefined) return;
  const { code, name, message } = error ?? { code: undefined, name: 'Error', message: '' };
  span.setAttribute('error.type', code ?? name);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.end();
}
