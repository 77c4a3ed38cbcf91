/**
 * A share of all traces, by their id: every service with the same ratio picks the same traces, and a
 * higher ratio picks all that a lower one does. Never knows: the parent.
 *
 * The random part of a W3C trace id is its last 56 bits; they are compared as two numbers of 28
 * bits, so no BigInt is made. Source: https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */

import { diag } from '@opentelemetry/api';
import { isId, wordAt } from '../ids.ts';
import { type Decision, DROP, SAMPLE, type Sampler } from '../sampler.ts';

const HALF = 2 ** 28;

/** `ratio` of 0 … 1; what is no number of that range is reported and taken as the nearer end. */
export function traceIdRatio(ratio: number): Sampler {
  const share = clamp(ratio);
  const threshold = Math.round((1 - share) * HALF * HALF);
  const high = Math.floor(threshold / HALF);
  const low = threshold % HALF;
  const decide = (t2: number, t3: number): Decision => {
    if (share === 0) return DROP;
    // The last 56 bits: 24 of the third word and all of the fourth.
    const r = ((t2 & 0xffffff) << 4) | (t3 >>> 28);
    return r > high || (r === high && (t3 & 0xfffffff) >= low) ? SAMPLE : DROP;
  };
  return {
    shouldSample: (_context, traceId) => ({
      decision: isId(traceId, 32) ? decide(wordAt(traceId, 16), wordAt(traceId, 24)) : DROP,
    }),
    quick: (_parent, trace) => decide(trace.t2, trace.t3),
    toString: () => `TraceIdRatioBased{${share}}`,
  };
}

function clamp(ratio: number): number {
  if (ratio >= 0 && ratio <= 1) return ratio;
  diag.warn(`sampling ratio: found ${ratio}, wanted a number of 0 to 1`);
  return ratio > 1 ? 1 : 0;
}
