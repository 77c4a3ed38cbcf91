/**
 * A signal for routes that take a body: aborts when the client goes before it has its answer.
 *
 * Fastify's own `request.signal` fires when the request has been read to its end, which with a body is before the answer.
 * Never knows: what is asked.
 */
import type { FastifyReply } from 'fastify';

export function clientLeft({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
