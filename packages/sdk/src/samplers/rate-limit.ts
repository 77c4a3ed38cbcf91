/**
 * At most so many traces a second: a bucket that fills steadily and holds one second's worth.
 * Use it as the root of `parentBased`, so that traces stay whole. Never knows: the span.
 */

import { DROP, SAMPLE, type Sampler } from '../sampler.ts';

export function rateLimit(
  perSecond: number,
  nowMs: () => number = () => performance.now(),
): Sampler {
  const full = Math.max(1, perSecond);
  let tokens = full;
  let lastMs = nowMs();
  const decide = () => {
    const now = nowMs();
    tokens = Math.min(full, tokens + ((now - lastMs) * perSecond) / 1000);
    lastMs = now;
    if (tokens < 1) return DROP;
    tokens -= 1;
    return SAMPLE;
  };
  return {
    shouldSample: () => ({ decision: decide() }),
    quick: decide,
    toString: () => `RateLimitSampler{${perSecond}/s}`,
  };
}
