/**
 * The needed part of ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http):
 * `POST /?query=…&database=…&param_x=…&<setting>=…` with the statement, or an insert's rows, as the
 * body; errors as text with X-ClickHouse-Exception-Code. Answers are complete before the first byte
 * is sent, which is what wait_end_of_query=1 asks a server for.
 *
 * An INSERT … SELECT FROM input('…') FORMAT Protobuf has its body spooled to a file that file()
 * reads, since the embedded engine has no request of its own to read from.
 * Never knows: the schema; a session's state.
 */

import { timingSafeEqual } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineError } from './engine-error.mjs';
import { literal } from './literal.mjs';
import { readRequest } from './read-request.mjs';

/** A statement's parameters travel in the URL; ClickHouse's own http_max_uri_size is 1 MiB. */
const headerBytesMax = 1024 * 1024;

/**
 * @param {{ pool: { run(lane: string, call: object, signal: AbortSignal): Promise<Uint8Array> },
 *           token: string, directory: string, bodyBytesMax: number }} options
 * @returns {Promise<{ port: number, close(): void }>}
 */
export async function createHttpFace(options) {
  const incoming = join(options.directory, 'incoming');
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  let spooled = 0;
  const server = createServer({ maxHeaderSize: headerBytesMax }, (request, response) => {
    answer(request, response).catch((error) => refuse(response, error));
  });
  // A query may take as long as its own limit says; that limit is max_execution_time.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;

  async function answer(request, response) {
    if (request.url === '/ping') return void response.end('Ok.\n');
    if (!authorised(request, options.token)) {
      throw new EngineError(516, 'Authentication failed: wrong token', 'AUTHENTICATION_FAILED');
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const call = await readRequest(request, options.bodyBytesMax, spool);
    try {
      const started = performance.now();
      const bytes = await options.pool.run(call.lane, call, gone.signal);
      succeed(response, call, bytes, performance.now() - started);
    } finally {
      if (call.spooled) await rm(call.spooled, { force: true });
    }
  }

  /** Keeps a request body as a file and returns its path. */
  async function spool(request) {
    const path = join(incoming, `${process.pid}-${++spooled}.bin`);
    try {
      await pipeline(request, createWriteStream(path));
    } catch (error) {
      await rm(path, { force: true });
      throw new EngineError(210, `The body was cut off: ${error.message}`, 'NETWORK_ERROR');
    }
    return { path, source: (structure) => `file(${literal(path)}, 'Protobuf', ${structure})` };
  }

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: server.address().port,
    close: () => {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function authorised(request, token) {
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
  const given =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(value, 'base64').toString().split(':').slice(1).join(':')
      : (request.headers['x-clickhouse-key'] ?? '');
  const a = Buffer.from(String(given));
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function succeed(response, call, bytes, elapsedMs) {
  response.writeHead(200, {
    'content-type': 'text/plain; charset=UTF-8',
    'content-length': bytes.length,
    'x-clickhouse-query-id': call.queryId,
    'x-clickhouse-format': call.format,
    'x-clickhouse-summary': JSON.stringify({ elapsed_ns: String(Math.round(elapsedMs * 1e6)) }),
  });
  response.end(bytes);
}

/** HTTP status by code, as ClickHouse's HTTPHandler chooses it where it matters; else 500. */
const statuses = new Map([
  [60, 404],
  [62, 400],
  [81, 404],
  [115, 400],
  [202, 503],
  [210, 400],
  [456, 400],
  [457, 400],
  [516, 403],
]);

function refuse(response, error) {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const code = error instanceof EngineError ? error.code : 1002;
  const text =
    error instanceof EngineError
      ? error.message
      : `Code: 1002. DB::Exception: ${error.message}. (UNKNOWN_EXCEPTION)`;
  response.writeHead(statuses.get(code) ?? 500, {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-exception-code': String(code),
    ...(code === 202 ? { 'retry-after': '1' } : {}),
  });
  response.end(`${text}\n`);
}
