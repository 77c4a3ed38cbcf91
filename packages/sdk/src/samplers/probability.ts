/**
 * Consistent probability: the threshold travels in `ot=th:` of the trace state, so that whoever
 * counts spans later knows how many each stands for. Never knows: the parent's decision.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */

import { diag } from '@opentelemetry/api';
import { spanOf } from '../context.ts';
import { DROP, SAMPLE, type Sampler } from '../sampler.ts';
import { DIGITS, otStateOf, randomnessOf, shortThreshold, withOtState } from './ot-state.ts';

const SPACE = 2 ** 56;

/** `probability` of 2⁻⁵⁶ … 1; what is none is reported and taken as 1. */
export function probability(chance: number): Sampler {
  const isGood = chance >= 1 / SPACE && chance <= 1;
  if (!isGood) diag.warn(`sampling probability: found ${chance}, wanted more than 0, at most 1`);
  const threshold = thresholdOf(isGood ? chance : 1);
  const th = shortThreshold(threshold);
  return {
    shouldSample(context, traceId) {
      const state = spanOf(context)?.spanContext().traceState;
      const ot = otStateOf(state);
      const isSampled = randomnessOf(ot, traceId) >= threshold;
      if (isSampled) ot.set('th', th);
      else ot.delete('th');
      return { decision: isSampled ? SAMPLE : DROP, traceState: withOtState(state, ot) };
    },
    toString: () => `ProbabilitySampler{${chance}}`,
  };
}

/** The share of traces to reject, as 14 hex digits of a fraction. */
export function thresholdOf(chance: number): string {
  // A double has 53 bits, so the last three of the 56 are zero for most chances.
  return BigInt(Math.min(Math.round((1 - chance) * SPACE), SPACE - 8))
    .toString(16)
    .padStart(DIGITS, '0');
}
