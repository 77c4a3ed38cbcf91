/**
 * Says of an answer whose form has no place for it whether it is all there is: a limit on seconds or spans may have cut it.
 *
 * Never knows: whose form it is.
 */
import type { FastifyReply } from 'fastify';

export const completeName = 'clew-complete';

export function sayComplete(reply: FastifyReply, complete: boolean): FastifyReply {
  return reply.header(completeName, String(complete));
}
