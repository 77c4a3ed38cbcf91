/**
 * Parameters of Jaeger's older API that are true or not.
 *
 * Never knows: what they change.
 */
import type { FastifyRequest } from 'fastify';
import { first, type Parameters } from '../ask/parameters.ts';

export function isSet({ query }: FastifyRequest, name: string): boolean {
  return /^(1|t|true)$/i.test(first(query as Parameters, name));
}

/** JSON for people to read. */
export function isPretty(request: FastifyRequest): boolean {
  return isSet(request, 'prettyPrint');
}
