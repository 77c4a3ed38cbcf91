/**
 * A web server with one route, and a call to another one, both traced by hand: what goes over the border
 * between two processes is one header, written by `inject` and read by `extract`.
 *
 * Names and attributes are those of the conventions for HTTP:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 * Never knows: reservations.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withSpan } from '@clew/sdk';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

export interface Answer {
  readonly status: number;
  readonly body: object;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Such as `/things/{id}`. */
  readonly path: string;
  readonly handle: (id: string) => Promise<Answer>;
}

const CALL_MS_MAX = 2_000;

/** Serves the route on a free port and says which. */
export function serve(route: Route): void {
  const server = createServer((request, response) => {
    const caller = propagation.extract(context.active(), request.headers);
    void context
      .with(caller, () => answerTo(request, route))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
}

function answerTo(request: IncomingMessage, { method, path, handle }: Route): Promise<Answer> {
  const asked = request.url ?? '/';
  const attributes = { 'http.request.method': method, 'http.route': path, 'url.path': asked };
  return withSpan(`${method} ${path}`, { kind: SpanKind.SERVER, attributes }, async (span) => {
    const id = request.method === method ? idOf(asked, path) : undefined;
    const answer = id === undefined ? { status: 404, body: {} } : await handle(id);
    span.setAttribute('http.response.status_code', answer.status);
    // A refusal is the client's error; only what is our own fault marks the server's span.
    if (answer.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    return answer;
  });
}

function idOf(path: string, route: string): string | undefined {
  const prefix = route.slice(0, route.indexOf('{'));
  return path.startsWith(prefix) ? decodeURIComponent(path.slice(prefix.length)) : undefined;
}

/** Calls in the active span, which should be a CLIENT one. Throws when nobody answers. */
export async function call(method: string, url: string): Promise<Answer> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  const signal = AbortSignal.timeout(CALL_MS_MAX);
  const response = await fetch(url, { method, headers, signal });
  const { status } = response;
  const { hostname, port } = new URL(url);
  trace.getActiveSpan()?.setAttributes({
    'http.request.method': method,
    'http.response.status_code': status,
    'server.address': hostname,
    'server.port': Number(port),
    'url.full': url,
  });
  return { status, body: (await response.json()) as object };
}
