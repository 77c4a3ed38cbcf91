/**
 * Step 1 of 10 in a span's walk.   before: –   after: admit.ts
 *
 * Spans over HTTP, in whatever protocols the tables of `translate` name for the listener: finds the row of a
 * request, collects its body under the limits, and answers as that row says. Never looks inside the body.
 */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ForeignRequest, HttpAnswer, Listener, Page, Refusal } from '@clew/translate';
import { asCollectorError, CollectorError } from '../errors.ts';
import type { InFlight, Lease } from '../in-flight.ts';
import { limits } from '../limits.ts';
import { refusalOf } from '../respond.ts';
import type { ReceiveOptions } from '../settings.ts';
import { checkContentLength, collectBody } from './body.ts';
import { type Connections, capConnections } from './connections.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { createRoutes, type FindRoute, pathOf, type Route } from './http-routes.ts';
import { type Encoding, inflate, readEncoding } from './inflate.ts';
import type { Intake } from './intake.ts';
import { type Listening, openPort, type Receiver } from './listen.ts';

/** What every receiver is made of, whatever its transport. */
export interface ReceiverParts {
  readonly listener: Listener;
  /** `host:port` */
  readonly listen: string;
  readonly options: ReceiveOptions;
  readonly inFlight: InFlight;
  readonly intake: Intake;
  readonly nowMs: () => number;
  /** Called with everything that was refused, at the door or behind it; `requests` is 1 unless given. */
  readonly onRefused: (error: CollectorError, listener: string, requests?: number) => void;
}

/** Answers what is no request of the listener's protocols, such as a query of the same port. */
export type Otherwise = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpReceiverParts extends ReceiverParts {
  readonly otherwise?: Otherwise | undefined;
}

/** Opens the listener on `start`; nothing is bound before. */
export function createHttpReceiver(parts: HttpReceiverParts): Receiver {
  const { options, listener } = parts;
  const findRoute = createRoutes(listener, parts.otherwise !== undefined);
  const door: Door = { ...parts, findRoute, isStopping: false };
  const handle = (request: IncomingMessage, response: ServerResponse, asksFirst: boolean) =>
    void receive(door, request, response, asksFirst);
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: Math.min(options.headerTimeoutMs, options.bodyTimeoutMs),
      requestTimeout: options.bodyTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.max(10, Math.min(1_000, options.headerTimeoutMs / 4)),
      noDelay: true,
    },
    (request, response) => handle(request, response, false),
  );
  server.on('checkContinue', (request, response) => handle(request, response, true));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    parts.onRefused(answerBrokenRequest(error, socket, options), listener.name);
  });
  const connections = capConnections(server, {
    connectionsMax: options.connectionsMax,
    perAddressMax: options.connectionsPerAddressMax,
  });
  return {
    start: () => startListening(server, parts.listen, listener.name),
    async stop() {
      door.isStopping = true;
      await stopListening(server, connections);
    },
    connections: () => connections.open,
  };
}

async function startListening(server: Server, listen: string, name: string): Promise<Listening> {
  await openPort(server, listen, name);
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { name, host: address, port, url: `http://${host}:${port}` };
}

/** Takes no new connections, lets requests finish, then closes what is left. */
async function stopListening(server: Server, connections: Connections): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => connections.destroyAll(), limits.stopRequestsMs);
  await closed;
  clearTimeout(timer);
}

interface Door extends HttpReceiverParts {
  readonly findRoute: FindRoute;
  isStopping: boolean;
}

/** One request from its headers to its answer. Never throws. */
async function receive(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  asksFirst: boolean,
): Promise<void> {
  const { options, inFlight, onRefused, listener } = door;
  const lease = inFlight.lease();
  allowOrigin(request, response, options.corsOrigins);
  try {
    if (answerPreflight(request, response, options.corsOrigins)) return;
    const route = door.findRoute(request);
    if (route.kind === 'otherwise') {
      if (asksFirst) response.writeContinue();
      door.otherwise?.(request, response);
      return;
    }
    if (door.isStopping) throw new CollectorError('STOPPING');
    const bytesMax = bodyBytesMaxOf(route, options.bodyBytesMax);
    const encoding = checkHeaders(request, bytesMax);
    if (asksFirst) response.writeContinue();
    const asked = foreignRequest(request, door.nowMs());
    const taking: Taking = { request, asked, encoding, bytesMax, lease };
    const reply =
      route.kind === 'page'
        ? await takePage(route.page, taking)
        : await takeBody(taking, async (body) => {
            const admitted = await door.intake(route.protocol, body, asked, lease);
            return route.protocol.accepted(admitted, asked);
          });
    if (door.isStopping) response.setHeader('connection', 'close');
    send(response, reply);
  } catch (thrown) {
    const error = asCollectorError(thrown);
    onRefused(error, listener.name);
    if (door.isStopping) response.setHeader('connection', 'close');
    refuse(request, response, error, listener);
  } finally {
    lease.release();
  }
}

/** Pages say how much they take, up to what is taken of spans. */
function bodyBytesMaxOf(route: Route, bytesMax: number): number {
  if (route.kind !== 'page') return bytesMax;
  return Math.min(route.page.bodyBytesMax ?? limits.pageBytesMax, bytesMax);
}

function foreignRequest(request: IncomingMessage, arrivedMs: number): ForeignRequest {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    path: pathOf(request),
    query: mark < 0 ? '' : url.slice(mark + 1),
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    arrivedMs,
  };
}

function checkHeaders(request: IncomingMessage, bytesMax: number): Encoding {
  const encoding = readEncoding(request.headers['content-encoding']);
  if (encoding === undefined) {
    const found = request.headers['content-encoding'] ?? '';
    throw new CollectorError('UNKNOWN_CONTENT_ENCODING', { found });
  }
  checkContentLength(request, bytesMax);
  return encoding;
}

interface Taking {
  readonly request: IncomingMessage;
  readonly asked: ForeignRequest;
  readonly encoding: Encoding;
  readonly bytesMax: number;
  readonly lease: Lease;
}

/** Hands the whole body, inflated, to `use`; afterwards nobody may look at the bytes. */
async function takeBody<T>(
  { request, encoding, bytesMax, lease }: Taking,
  use: (body: Uint8Array) => Promise<T>,
): Promise<T> {
  const { bytes: sent, release } = await collectBody(request, bytesMax, lease);
  try {
    if (encoding === 'identity') return await use(sent);
    const body = await inflate(sent, encoding, bytesMax);
    if (body !== sent) lease.grow(body.length);
    return await use(body);
  } finally {
    // Written or refused: either way nobody looks at the bytes any more.
    release();
  }
}

function takePage(page: Page, taking: Taking): Promise<HttpAnswer> {
  return takeBody(taking, async (body) => {
    try {
      return page.answer(taking.asked, body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const wanted = `a request for ${page.path}`;
      throw new CollectorError('MALFORMED_BODY', { wanted, reason }, error);
    }
  });
}

function headersOf({ contentType, body }: HttpAnswer): OutgoingHttpHeaders {
  return {
    ...(contentType !== undefined && { 'content-type': contentType }),
    'content-length': Buffer.byteLength(body),
  };
}

function send(response: ServerResponse, reply: HttpAnswer): void {
  response.writeHead(reply.status, headersOf(reply));
  response.end(reply.body);
}

/**
 * Answers a refusal. When the body is still coming, the answer is complete at once, but the
 * connection is closed only after the sender had a chance to read it: closing with unread bytes resets
 * the connection, and the sender would see that instead of the reason.
 */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: CollectorError,
  { refused = refusedAsText }: Listener,
): void {
  if (response.headersSent || response.destroyed) return;
  const refusal = refusalOf(error);
  const reply = refused(refusal, request.headers['content-type'] ?? '');
  const headers = headersOf(reply);
  if (error.code === 'WRONG_METHOD') headers['allow'] = String(error.facts['wanted'] ?? 'POST');
  if (refusal.retryAfterS !== undefined) headers['retry-after'] = String(refusal.retryAfterS);
  if (!request.complete) headers['connection'] = 'close';
  response.writeHead(reply.status, headers);
  if (request.complete) {
    response.end(reply.body);
    return;
  }
  response.write(reply.body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, limits.drainMs);
  request.once('end', end).once('close', end).resume();
}

function refusedAsText({ http: status, message }: Refusal): HttpAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: message };
}

/** What never became a request: bad syntax, headers too large, or too slow. Answered by hand. */
function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Socket,
  options: ReceiveOptions,
): CollectorError {
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const refusal = isSlow
    ? new CollectorError('BODY_TOO_SLOW', { limit: options.bodyTimeoutMs }, error)
    : new CollectorError('BODY_CUT_SHORT', { found: socket.bytesRead }, error);
  if (!socket.writable) {
    socket.destroy();
    return refusal;
  }
  const line = isSlow
    ? '408 Request Timeout'
    : error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : '400 Bad Request';
  const message = isSlow ? refusal.message : `the request is no HTTP: ${error.message}`;
  const body = JSON.stringify({ code: 3, message });
  socket.end(
    `HTTP/1.1 ${line}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return refusal;
}
