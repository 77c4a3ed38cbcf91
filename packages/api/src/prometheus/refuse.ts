/**
 * Errors → answers as Prometheus' HTTP API gives them: `{ status: "error", errorType, error }`.
 *
 * Never knows: which route failed.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadAsk } from '../ask/parameters.ts';
import type { Log } from '../parts.ts';
import { understand } from '../refuse.ts';
import { PromqlError } from './promql/errors.ts';

export function refuseAsPrometheus(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, errorType, error } = refusalOf(thrown, request, reply, log);
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send({ status: 'error', errorType, error });
  };
}

type Refusal = { readonly status: number; readonly errorType: string; readonly error: string };

function refusalOf(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): Refusal {
  if (thrown instanceof PromqlError) {
    const status = thrown.type === 'bad_data' ? 400 : 422;
    return { status, errorType: thrown.type, error: thrown.message };
  }
  if (thrown instanceof BadAsk) {
    const errorType = thrown.status === 404 ? 'not_found' : 'bad_data';
    return { status: thrown.status, errorType, error: thrown.message };
  }
  const { code, status, words } = understand(thrown, request, reply, log);
  return { status, errorType: typeOf(code, status), error: words };
}

function typeOf(code: string, status: number): string {
  if (code === 'query-timed-out') return 'timeout';
  if (code === 'client-left') return 'canceled';
  if (status === 503) return 'unavailable';
  return status < 500 ? 'bad_data' : 'internal';
}
