/**
 * Errors → answers in Jaeger's two forms: the envelope of the older API, which Jaeger labels as plain text, and the
 * `error` object of v3.
 *
 * Never knows: which route failed.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadAsk } from '../ask/parameters.ts';
import type { Log } from '../parts.ts';
import { understand } from '../refuse.ts';

export type ErrorHandler = (
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) => FastifyReply;

/** One entry of an envelope's `errors`. */
export type EnvelopeError = {
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
};

/** What every answer of the older API is wrapped into. */
export function envelope(data: unknown, total = 0, errors: readonly EnvelopeError[] | null = null) {
  return { data, total, limit: 0, offset: 0, errors };
}

export function refuseWithEnvelope(log: Log): ErrorHandler {
  return (thrown, request, reply) => {
    const { status, message } = told(thrown, request, reply, log);
    const body = JSON.stringify(envelope(null, 0, [{ code: status, msg: message }]));
    return send(reply, status, 'text/plain; charset=utf-8', `${body}\n`);
  };
}

export function refuseAsV3(log: Log): ErrorHandler {
  return (thrown, request, reply) => {
    const { status, message } = told(thrown, request, reply, log);
    const body = JSON.stringify({ error: { httpCode: status, message } });
    return send(reply, status, 'application/json', body);
  };
}

function told(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Log) {
  if (thrown instanceof BadAsk) return thrown;
  const { status, words } = understand(thrown, request, reply, log);
  return { status, message: words };
}

function send(reply: FastifyReply, status: number, type: string, body: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', type)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(body);
}
