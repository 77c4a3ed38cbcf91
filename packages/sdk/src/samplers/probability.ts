/**
 * Consistent probability: the threshold travels in `ot=th:` of the trace state, so that whoever
 * counts spans later knows how many each stands for. Never knows: the parent's decision.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */

import { diag } from '@opentelemetry/api';
import { spanOf } from '../context.ts';
import { emptyTraceState } from '../propagate/trace-state.ts';
import { DROP, SAMPLE, type Sampler } from '../sampler.ts';

const DIGITS = 14;
const SPACE = 2 ** 56;
const OT_CHARS_MAX = 256;
const RANDOM = /^[0-9a-f]{14}$/;

/** `probability` of 2⁻⁵⁶ … 1; what is none is reported and taken as 1. */
export function probability(chance: number): Sampler {
  const isGood = chance >= 1 / SPACE && chance <= 1;
  if (!isGood) diag.warn(`sampling probability: found ${chance}, wanted more than 0, at most 1`);
  const threshold = thresholdOf(isGood ? chance : 1);
  const th = threshold.replace(/0+$/, '') || '0';
  return {
    shouldSample(context, traceId) {
      const state = spanOf(context)?.spanContext().traceState ?? emptyTraceState;
      const ot = parse(state.get('ot'));
      const given = ot.get('rv') ?? '';
      // Hex digits of one length compare as their numbers do: no BigInt, no halves.
      const random = RANDOM.test(given) ? given : traceId.slice(-DIGITS);
      const isSampled = random >= threshold;
      if (isSampled) ot.set('th', th);
      else ot.delete('th');
      const text = [...ot].map(([key, value]) => `${key}:${value}`).join(';');
      const isFitting = text !== '' && text.length <= OT_CHARS_MAX;
      return {
        decision: isSampled ? SAMPLE : DROP,
        traceState: isFitting ? state.set('ot', text) : state.unset('ot'),
      };
    },
    toString: () => `ProbabilitySampler{${chance}}`,
  };
}

/** The share of traces to reject, as 14 hex digits of a fraction. */
function thresholdOf(chance: number): string {
  // A double has 53 bits, so the last three of the 56 are zero for most chances.
  return BigInt(Math.min(Math.round((1 - chance) * SPACE), SPACE - 8))
    .toString(16)
    .padStart(DIGITS, '0');
}

/** The sub-keys of `ot`, unknown ones too; a key given twice keeps its first. */
function parse(text: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text?.split(';') ?? []) {
    const at = part.indexOf(':');
    const key = part.slice(0, at);
    if (at > 0 && !found.has(key)) found.set(key, part.slice(at + 1));
  }
  return found;
}
