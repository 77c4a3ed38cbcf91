/**
 * As much of a web framework as these services need: JSON routes, JSON calls, and time limits.
 *
 * The spans of server and client are the SDK's; here they only get the name of the route.
 * Never knows: what is sold.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';

export interface Asked {
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the caller has gone away. */
  readonly gone: AbortSignal;
}

/** A method, so that each route may say what body it takes. */
type Handle = { handle(body: object, asked: Asked): Promise<object> }['handle'];

/** `POST /orders` → what answers it. */
export type Routes = Readonly<Record<string, Handle>>;

export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
  }
}

/** Listens on a free port of this machine, and says so to whoever started the process. */
export function serve(routes: Routes): void {
  const server = createServer((request, response) => void answer(routes, request, response));
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse) {
  const span = trace.getActiveSpan();
  const route = `${request.method} ${request.url}`;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let status = 200;
  let body: object;
  try {
    const handle = routes[route];
    if (handle === undefined) throw new HttpError(404, `no route for ${route}`);
    span?.updateName(route).setAttribute('http.route', request.url ?? '');
    const asked = { headers: request.headers, gone: gone.signal };
    body = await handle(JSON.parse(await textOf(request)) as object, asked);
  } catch (error) {
    status = error instanceof HttpError ? error.status : 500;
    body = { error: (error as Error).message };
  }
  // Whoever looks at an answer can find its trace.
  response.setHeader('x-trace-id', span?.spanContext().traceId ?? '');
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

const MS_MAX = 60_000;

/** Asks another service; throws HttpError with the status of a refusal, 504 after `msMax`. */
export async function call<T extends object>(
  url: string,
  body: object,
  msMax = MS_MAX,
): Promise<T> {
  const { status, answered } = await ask<T>(url, body, msMax).catch((error: Error) => {
    if (error.name !== 'TimeoutError') throw error;
    throw new HttpError(504, `no answer from ${new URL(url).pathname} within ${msMax} ms`);
  });
  if (status < 400) return answered;
  throw new HttpError(status, answered.error ?? `found ${status}, wanted an answer`);
}

async function ask<T>(url: string, body: object, msMax: number) {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(msMax),
  });
  const answered = (await response.json()) as T & { error?: string };
  return { status: response.status, answered };
}

/** The address of another service, handed over by whoever started this one. */
export function addressOf(service: string): string {
  const url = process.env[`${service.toUpperCase()}_URL`];
  if (url === undefined) throw new Error(`${service.toUpperCase()}_URL is not set`);
  return url;
}
