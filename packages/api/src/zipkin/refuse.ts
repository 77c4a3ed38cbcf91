/**
 * Errors → answers as Zipkin gives them: plain text.
 *
 * Never knows: which route failed.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadAsk } from '../ask/parameters.ts';
import type { Log } from '../parts.ts';
import { understand } from '../refuse.ts';

export function refuseAsText(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, message } = told(thrown, request, reply, log);
    return reply
      .code(status)
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(message);
  };
}

function told(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Log) {
  if (thrown instanceof BadAsk) return thrown;
  const { status, words } = understand(thrown, request, reply, log);
  return { status, message: words };
}
