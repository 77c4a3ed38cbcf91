/**
 * Browsers as senders: off unless `receive.cors_origins` names their origin exactly.
 *
 * OTLP's content types make every browser ask first (preflight), so without an answer here a page
 * can send nothing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Adds the header that lets a listed origin read the answer. */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: ReadonlySet<string>,
): void {
  const origin = request.headers.origin;
  if (origin === undefined || !origins.has(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
}

/** Answers a preflight from a listed origin; returns whether it did. */
export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  origins: ReadonlySet<string>,
): boolean {
  if (request.method !== 'OPTIONS' || !origins.has(request.headers.origin ?? '')) return false;
  const asked = request.headers['access-control-request-headers'];
  response.writeHead(204, {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': asked ?? 'content-type, content-encoding',
    'access-control-max-age': '7200',
  });
  response.end();
  return true;
}
