/**
 * As much of a web framework as five small services need: JSON routes and JSON calls.
 *
 * Both use plain `node:http`, so the SDK makes the server and client spans by itself.
 */
import http from 'node:http';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { namedCall } from './telemetry.ts';

export interface Request {
  /** Values of `{name}` parts of the route. */
  readonly path: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly userId: string;
}

type Handler = (request: Request) => Promise<unknown>;

/** `GET /stock/{sku}` → handler. */
export type Routes = Readonly<Record<string, Handler>>;

/** An answer that is no 200: thrown by handlers, and by `call` for what the other side answered. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
  }
}

/** Listens on a free loopback port and answers it. */
export async function listen(routes: Routes): Promise<number> {
  const server = http.createServer((request, response) => {
    void answer(routes, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

async function answer(
  routes: Routes,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  let status = 200;
  let body: unknown;
  try {
    const { route, handler, path } = find(routes, request);
    const span = trace.getActiveSpan();
    span?.updateName(route);
    span?.setAttribute('http.route', route.slice(route.indexOf(' ') + 1));
    const userId = String(request.headers['x-user-id'] ?? 'anonymous');
    span?.setAttribute('user.id', userId);
    body = await handler({ path, userId, body: await readJson(request) });
  } catch (error) {
    status = error instanceof HttpError ? error.status : 500;
    body = { error: (error as Error).message };
    if (status >= 500) trace.getActiveSpan()?.recordException(error as Error);
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function find(routes: Routes, request: http.IncomingMessage) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const parts = `${request.method} ${url.pathname}`.split('/');
  for (const [route, handler] of Object.entries(routes)) {
    const wanted = route.split('/');
    if (wanted.length !== parts.length) continue;
    const path: Record<string, string> = {};
    const isMatch = wanted.every((want, at) => {
      if (!want.startsWith('{')) return want === parts[at];
      path[want.slice(1, -1)] = decodeURIComponent(parts[at] as string);
      return true;
    });
    if (isMatch) return { route, handler, path };
  }
  throw new HttpError(404, `no route for ${request.method} ${url.pathname}`);
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly base: string;
  /** The path with `{name}` parts: it names the client span. */
  readonly template: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly userId: string;
  readonly timeoutMs?: number;
}

/** Calls another service; throws HttpError with its status, or 504 after `timeoutMs`. */
export async function call<T>(options: Call): Promise<T> {
  const path = options.template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(options.path?.[name] ?? ''),
  );
  const url = new URL(path, options.base);
  const { status, text } = await new Promise<{ status: number; text: string }>(
    (resolve, reject) => {
      const request = namedCall(options.template, () =>
        http.request(url, {
          method: options.method,
          headers: { 'content-type': 'application/json', 'x-user-id': options.userId },
          timeout: options.timeoutMs ?? 10_000,
        }),
      );
      request.on('response', (response) => {
        readText(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, text: body }),
          reject,
        );
      });
      const late = new HttpError(504, `${options.template} did not answer in time`);
      request.on('timeout', () => request.destroy(late));
      request.on('error', reject);
      request.end(options.body === undefined ? undefined : JSON.stringify(options.body));
    },
  );
  const answered = JSON.parse(text) as T & { error?: string };
  if (status >= 400)
    throw new HttpError(status, answered.error ?? `${options.template}: ${status}`);
  return answered;
}

async function readJson(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  const text = await readText(request);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function readText(stream: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Marks the active span as failed, with the exception as an event. */
export function failSpan(error: unknown): void {
  const span = trace.getActiveSpan();
  span?.recordException(error as Error);
  span?.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
}
