/**
 * JSON, or protobuf for whoever asks for it.
 *
 * Never knows: what an answer says.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

export const json = 'application/json';
export const protobuf = 'application/protobuf';

/** Tempo looks for the words, whatever else is accepted and in whatever order. */
export function takesProtobuf({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes(protobuf);
}

/** @param write the same answer as protobuf */
export function answerIn<Answer>(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  write: (answer: Answer) => Uint8Array,
): FastifyReply {
  reply.header('cache-control', 'no-store');
  return takesProtobuf(request)
    ? reply.type(protobuf).send(Buffer.from(write(answer)))
    : reply.send(answer);
}
