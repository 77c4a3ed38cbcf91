/**
 * Step 1 of 10 in a span's walk.   before: –   after: admit.ts
 *
 * OTLP/HTTP: finds path, form and encoding of a request, collects its body under the limits, and
 * answers in the request's own form. Never looks inside the body.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { otlpJsonToProtobuf } from '@clew/translate';
import type { Admit, Admitted } from '../admit.ts';
import { asCollectorError, CollectorError } from '../errors.ts';
import type { InFlight, Lease } from '../in-flight.ts';
import { limits } from '../limits.ts';
import { contentTypes, type Format, httpRefusal, successBody } from '../respond.ts';
import type { ReceiveOptions } from '../settings.ts';
import { checkContentLength, collectBody } from './body.ts';
import { type Connections, capConnections } from './connections.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { findPath } from './http-paths.ts';
import { type Encoding, inflate, readEncoding } from './inflate.ts';
import { type Listening, openPort, type Receiver } from './listen.ts';

export interface ReceiverParts {
  /** `host:port` */
  readonly listen: string;
  readonly options: ReceiveOptions;
  readonly inFlight: InFlight;
  readonly admit: Admit;
  /** Called with everything that was refused before or by `admit`. */
  readonly onRefused: (error: CollectorError, listener: string) => void;
}

const LISTENER = 'otlp_http';

/** Opens the listener on `start`; nothing is bound before. */
export function createHttpReceiver(parts: ReceiverParts): Receiver {
  const { options } = parts;
  const door: Door = { ...parts, isStopping: false };
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
    parts.onRefused(answerBrokenRequest(error, socket, options), LISTENER);
  });
  const connections = capConnections(server, {
    connectionsMax: options.connectionsMax,
    perAddressMax: options.connectionsPerAddressMax,
  });
  return {
    start: () => startListening(server, parts.listen),
    async stop() {
      door.isStopping = true;
      await stopListening(server, connections);
    },
    connections: () => connections.open,
  };
}

async function startListening(server: Server, listen: string): Promise<Listening> {
  await openPort(server, listen, LISTENER);
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { name: LISTENER, host: address, port, url: `http://${host}:${port}` };
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

interface Door extends ReceiverParts {
  isStopping: boolean;
}

/** One request from its headers to its answer. Never throws. */
async function receive(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  asksFirst: boolean,
): Promise<void> {
  const { options, inFlight, onRefused } = door;
  const lease = inFlight.lease();
  const format = readFormat(request);
  allowOrigin(request, response, options.corsOrigins);
  try {
    if (answerPreflight(request, response, options.corsOrigins)) return;
    findPath(request);
    if (door.isStopping) throw new CollectorError('STOPPING');
    const encoding = checkHeaders(request, format, options.bodyBytesMax);
    if (asksFirst) response.writeContinue();
    const admitted = await take(door, request, format as Format, encoding, lease);
    if (door.isStopping) response.setHeader('connection', 'close');
    succeed(response, format as Format, admitted);
  } catch (thrown) {
    const error = asCollectorError(thrown);
    onRefused(error, LISTENER);
    if (door.isStopping) response.setHeader('connection', 'close');
    refuse(request, response, error, format ?? 'json');
  } finally {
    lease.release();
  }
}

/** The form that a content type names; parameters such as a charset do not matter. */
function readFormat(request: IncomingMessage): Format | undefined {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : undefined;
}

function checkHeaders(
  request: IncomingMessage,
  format: Format | undefined,
  bytesMax: number,
): Encoding {
  if (format === undefined) {
    const found = request.headers['content-type'] ?? 'none';
    throw new CollectorError('UNKNOWN_CONTENT_TYPE', { found });
  }
  const encoding = readEncoding(request.headers['content-encoding']);
  if (encoding === undefined) {
    const found = request.headers['content-encoding'] ?? '';
    throw new CollectorError('UNKNOWN_CONTENT_ENCODING', { found });
  }
  checkContentLength(request, bytesMax);
  return encoding;
}

async function take(
  { options, admit }: ReceiverParts,
  request: IncomingMessage,
  format: Format,
  encoding: Encoding,
  lease: Lease,
): Promise<Admitted> {
  const { bytes: sent, release } = await collectBody(request, options.bodyBytesMax, lease);
  try {
    if (encoding === 'identity' && format === 'protobuf') return await admit(sent, LISTENER);
    const body = await inflate(sent, encoding, options.bodyBytesMax);
    if (body !== sent) lease.grow(body.length);
    return await admit(format === 'json' ? fromJson(body) : body, LISTENER);
  } finally {
    // Written or refused: either way nobody looks at the bytes any more.
    release();
  }
}

function fromJson(body: Uint8Array): Uint8Array {
  try {
    return otlpJsonToProtobuf(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CollectorError('MALFORMED_JSON', { reason }, error);
  }
}

function succeed(response: ServerResponse, format: Format, admitted: Admitted): void {
  const body = successBody(format, admitted);
  response.writeHead(200, {
    'content-type': contentTypes[format],
    'content-length': body.length,
  });
  response.end(body);
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
  format: Format,
): void {
  if (response.headersSent || response.destroyed) return;
  const { status, body, retryAfterS } = httpRefusal(error, format);
  const headers: OutgoingHttpHeaders = {
    'content-type': contentTypes[format],
    'content-length': body.length,
  };
  if (status === 405) headers['allow'] = 'POST';
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  if (!request.complete) headers['connection'] = 'close';
  response.writeHead(status, headers);
  if (request.complete) {
    response.end(body);
    return;
  }
  response.write(body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, limits.drainMs);
  request.once('end', end).once('close', end).resume();
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
