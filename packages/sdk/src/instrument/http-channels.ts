/**
 * Spans of Node's own HTTP servers and clients, without a package of instrumentation.
 *
 * Servers are followed on Node's diagnostics channels. Clients too where Node says when a request is
 * made; before (Node 20) `http.request` is wrapped, because its channel speaks when the headers are out
 * already. Never knows: frameworks; they tell the route through the context, as to the stock package.
 *
 * Source of the names: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */

import { channel } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { enterContext } from '../async-context.ts';
import { isSuppressed } from '../context.ts';
import type { Instrumentation } from './find.ts';

/** Where frameworks leave the route: the key of the stock package. */
const RPC = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA');
const NAME = '@clew/sdk/http';

interface RpcMetadata {
  readonly type: 'http';
  readonly span: Span;
  route?: string;
}

interface Served {
  readonly span: Span;
  readonly rpc: RpcMetadata;
}

type Subscribe = readonly [name: string, hear: (message: unknown) => void];

export function httpChannels(): Instrumentation {
  let tracer: Tracer = trace.getTracer(NAME);
  const served = new WeakMap<ServerResponse, Served>();
  const channels: Subscribe[] = [
    ['http.server.request.start', (message) => serve(tracer, served, message as ServerStart)],
    ['http.server.response.finish', (message) => answered(served, message as ServerStart)],
  ];
  const hasCreated = saysCreated();
  if (hasCreated) {
    channels.push([
      'http.client.request.created',
      (message) => follow(tracer, (message as { request: ClientRequest }).request),
    ]);
  }
  let unwrap = () => {};
  const instrumentation: Instrumentation = {
    instrumentationName: NAME,
    setTracerProvider(provider) {
      tracer = (provider as TracerProvider).getTracer(NAME);
    },
    enable() {
      for (const [name, hear] of channels) channel(name).subscribe(hear);
      if (!hasCreated) unwrap = wrapRequests((request) => follow(tracer, request));
    },
    disable() {
      for (const [name, hear] of channels) channel(name).unsubscribe(hear);
      unwrap();
    },
  };
  instrumentation.enable();
  return instrumentation;
}

/** Node 22.12 and 23.2 say when a request is made. */
function saysCreated(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

interface ServerStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function serve(
  tracer: Tracer,
  served: WeakMap<ServerResponse, Served>,
  { request, response }: ServerStart,
): void {
  // Not the active context: on a connection that is kept alive, that is of the request before.
  const parent = propagation.extract(ROOT_CONTEXT, request.headers);
  const method = request.method ?? 'GET';
  const attributes = serverAttributes(request, method);
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
  const rpc: RpcMetadata = { type: 'http', span };
  served.set(response, { span, rpc });
  response.once('close', () => end(served, response));
  // The handler runs in the very step that published this, so it finds the span.
  enterContext(trace.setSpan(parent, span).setValue(RPC, rpc));
}

function answered(served: WeakMap<ServerResponse, Served>, { response }: ServerStart): void {
  end(served, response);
}

function end(served: WeakMap<ServerResponse, Served>, response: ServerResponse): void {
  const found = served.get(response);
  if (found === undefined) return;
  served.delete(response);
  const { span, rpc } = found;
  const { statusCode } = response;
  if (rpc.route !== undefined && rpc.route !== '') {
    span.setAttribute('http.route', rpc.route);
    span.updateName(`${response.req.method} ${rpc.route}`);
  }
  span.setAttribute('http.response.status_code', statusCode);
  if (!response.writableFinished) {
    span.setAttribute('error.type', 'aborted');
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'the client went away' });
  } else if (statusCode >= 500) fail(span, statusCode);
  span.end();
}

function fail(span: Span, statusCode: number): void {
  span.setAttribute('error.type', String(statusCode));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function serverAttributes(request: IncomingMessage, method: string): Attributes {
  const { url = '/', headers, httpVersion, socket } = request;
  const question = url.indexOf('?');
  const attributes: Attributes = {
    'http.request.method': method,
    'url.scheme': 'encrypted' in socket ? 'https' : 'http',
    'url.path': question < 0 ? url : url.slice(0, question),
    'network.protocol.version': httpVersion,
  };
  if (question >= 0) attributes['url.query'] = url.slice(question + 1);
  const [address, port] = hostOf(headers.host);
  if (address !== undefined) attributes['server.address'] = address;
  if (port !== undefined) attributes['server.port'] = port;
  if (headers['user-agent'] !== undefined)
    attributes['user_agent.original'] = headers['user-agent'];
  if (socket.remoteAddress !== undefined) attributes['client.address'] = socket.remoteAddress;
  return attributes;
}

function hostOf(host: string | undefined): [string | undefined, number | undefined] {
  const [, address, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host ?? '') ?? [];
  return [address || undefined, port === undefined ? undefined : Number(port)];
}

/** A span for a request that is made here; it ends with the response, or with the connection. */
function follow(tracer: Tracer, request: ClientRequest): void {
  const active = context.active();
  if (isSuppressed(active)) return;
  const method = request.method ?? 'GET';
  const host = String(request.getHeader('host') ?? request.host);
  const [address = request.host, port] = hostOf(host);
  const attributes: Attributes = {
    'http.request.method': method,
    'url.full': `${request.protocol}//${host}${request.path}`,
    'server.address': address,
  };
  if (port !== undefined) attributes['server.port'] = port;
  const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, active);
  if (!request.headersSent) {
    propagation.inject(trace.setSpan(active, span), request, {
      set: (carrier, key, value) => void carrier.setHeader(key, value),
    });
  }
  request.prependOnceListener('response', (response) => {
    span.setAttribute('http.response.status_code', response.statusCode ?? 0);
    span.setAttribute('network.protocol.version', response.httpVersion);
    if ((response.statusCode ?? 0) >= 400) fail(span, response.statusCode ?? 0);
    response.once('close', () => span.end());
  });
  request.prependListener('error', (error) => {
    span.setAttribute('error.type', (error as NodeJS.ErrnoException).code ?? error.name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    span.end();
  });
  request.once('close', () => {
    // Without a response nothing else ends the span; with one, its end comes later or came already.
    if ((request as { res?: unknown }).res === undefined && span.isRecording()) span.end();
  });
}

type MakeRequest = (...args: never[]) => ClientRequest;

/** Wraps what makes requests, also for those who import it; answers how to undo it. */
function wrapRequests(follows: (request: ClientRequest) => void): () => void {
  const undo: (() => void)[] = [];
  // Not imported: where Node has the channel, a program that speaks no HTTP need not load it, nor what
  // its namespace drags along (undici).
  const require = createRequire(process.execPath);
  for (const name of ['node:http', 'node:https']) {
    const owner = require(name) as Record<string, MakeRequest>;
    const { request: make, get } = owner as { request: MakeRequest; get: MakeRequest };
    const request = (...args: never[]): ClientRequest => {
      const made = make(...args);
      follows(made);
      return made;
    };
    owner['request'] = request;
    // The original `get` ends the request at once: too late for a header.
    owner['get'] = (...args) => {
      const made = request(...args);
      made.end();
      return made;
    };
    undo.push(() => {
      owner['request'] = make;
      owner['get'] = get;
    });
  }
  syncBuiltinESMExports();
  return () => {
    for (const one of undo) one();
    syncBuiltinESMExports();
  };
}
