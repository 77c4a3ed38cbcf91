/** The samplers that answer without looking. Never knows: the span. */

import { DROP, RECORD, SAMPLE, type Sampler } from '../sampler.ts';

const SAMPLED = { decision: SAMPLE } as const;
const DROPPED = { decision: DROP } as const;

export const alwaysOn: Sampler = {
  shouldSample: () => SAMPLED,
  quick: () => SAMPLE,
  toString: () => 'AlwaysOnSampler',
};

export const alwaysOff: Sampler = {
  shouldSample: () => DROPPED,
  quick: () => DROP,
  toString: () => 'AlwaysOffSampler',
};

/** Lets processors see every span; what `inner` drops is recorded but not exported. */
export function alwaysRecord(inner: Sampler): Sampler {
  return {
    shouldSample(...question) {
      const answer = inner.shouldSample(...question);
      return answer.decision === DROP ? { ...answer, decision: RECORD } : answer;
    },
    toString: () => `AlwaysRecordSampler{${inner}}`,
  };
}
