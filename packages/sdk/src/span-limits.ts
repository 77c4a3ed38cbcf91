/**
 * How much one span may hold, from code, then the span's variables, then the general ones.
 * Never knows: who counts.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits
 */

import { type Env, envNumber } from './env.ts';

export interface SpanLimits {
  readonly attributeCountLimit: number;
  readonly attributeValueLengthLimit: number;
  /** Arrays and maps nested deeper than this become an empty value. */
  readonly attributeValueDepthLimit: number;
  readonly eventCountLimit: number;
  readonly linkCountLimit: number;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number;
}

const COUNT = 128;
const DEPTH = 64;

export function spanLimits(given: Partial<SpanLimits> = {}, env: Env = process.env): SpanLimits {
  const read = (name: string) => envNumber(env, name);
  return {
    attributeCountLimit:
      given.attributeCountLimit ??
      read('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT') ??
      read('OTEL_ATTRIBUTE_COUNT_LIMIT') ??
      COUNT,
    attributeValueLengthLimit:
      given.attributeValueLengthLimit ??
      read('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT') ??
      read('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ??
      Number.POSITIVE_INFINITY,
    attributeValueDepthLimit: given.attributeValueDepthLimit ?? DEPTH,
    eventCountLimit: given.eventCountLimit ?? read('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? COUNT,
    linkCountLimit: given.linkCountLimit ?? read('OTEL_SPAN_LINK_COUNT_LIMIT') ?? COUNT,
    attributePerEventCountLimit:
      given.attributePerEventCountLimit ?? read('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? COUNT,
    attributePerLinkCountLimit:
      given.attributePerLinkCountLimit ?? read('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT') ?? COUNT,
  };
}
