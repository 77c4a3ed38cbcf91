/**
 * Samplers that are put together: each says with which threshold it would sample, one of them decides.
 *
 * Because a threshold is handed up instead of a decision, rules, parents and probabilities combine
 * without losing how many spans a sampled one stands for. Never knows: where the threshold travels
 * afterwards.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#compositesampler
 */

import {
  type Attributes,
  type Context,
  diag,
  isSpanContextValid,
  type Link,
  type SpanKind,
  type TraceState,
} from '@opentelemetry/api';
import { spanOf } from '../context.ts';
import { DROP, SAMPLE, type Sampler } from '../sampler.ts';
import {
  DIGITS,
  otStateOf,
  randomnessOf,
  shortThreshold,
  thresholdIn,
  withOtState,
} from './ot-state.ts';
import { thresholdOf } from './probability.ts';

/** What is known of a span before it exists. */
export interface SamplingQuestion {
  readonly context: Context;
  readonly traceId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
}

export interface SamplingIntent {
  /** 14 hex digits, sampled when the trace's randomness is not below; absent: not sampled. */
  readonly threshold?: string;
  /** Whether counts may be adjusted by the threshold. */
  readonly isReliable: boolean;
  readonly attributes?: Readonly<Attributes>;
  /** Changes the trace state of a sampled span; it must leave `ot` alone. */
  readonly traceState?: (state: TraceState | undefined) => TraceState | undefined;
}

export interface ComposableSampler {
  intent(question: SamplingQuestion): SamplingIntent;
  toString(): string;
}

const ALWAYS = '0'.repeat(DIGITS);
const NEVER: SamplingIntent = { isReliable: false };

/** A sampler for the provider, of one that is composed. */
export function compositeSampler(inner: ComposableSampler): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const { threshold, isReliable, ...also } = inner.intent({
        context,
        traceId,
        name,
        kind,
        attributes,
        links,
      });
      const state = spanOf(context)?.spanContext().traceState;
      const ot = otStateOf(state);
      const isSampled = threshold !== undefined && randomnessOf(ot, traceId) >= threshold;
      if (isSampled && isReliable) ot.set('th', shortThreshold(threshold));
      else ot.delete('th');
      const changed = isSampled && also.traceState ? also.traceState(state) : state;
      return {
        decision: isSampled ? SAMPLE : DROP,
        traceState: withOtState(changed, ot),
        ...(isSampled && also.attributes ? { attributes: also.attributes } : {}),
      };
    },
    toString: () => `CompositeSampler{${inner}}`,
  };
}

export const composableAlwaysOn: ComposableSampler = {
  intent: () => ({ threshold: ALWAYS, isReliable: true }),
  toString: () => 'ComposableAlwaysOn',
};

export const composableAlwaysOff: ComposableSampler = {
  intent: () => NEVER,
  toString: () => 'ComposableAlwaysOff',
};

/** A share of 2⁻⁵⁶ … 1 of all traces; 0 is none, what is no share is reported and taken as all. */
export function composableProbability(chance: number): ComposableSampler {
  if (chance === 0) return composableAlwaysOff;
  const isGood = chance >= 2 ** -56 && chance <= 1;
  if (!isGood) diag.warn(`sampling probability: found ${chance}, wanted 0 to 1; all are sampled`);
  const threshold = thresholdOf(isGood ? chance : 1);
  return {
    intent: () => ({ threshold, isReliable: true }),
    toString: () => `ComposableProbability{${chance}}`,
  };
}

/** Goes on with the parent's threshold, or with its flag where it has none; a root asks `root`. */
export function composableParentThreshold(root: ComposableSampler): ComposableSampler {
  return {
    intent(question) {
      const parent = spanOf(question.context)?.spanContext();
      if (parent === undefined || !isSpanContextValid(parent)) return root.intent(question);
      const threshold = thresholdIn(otStateOf(parent.traceState));
      if (threshold !== undefined) return { threshold, isReliable: true };
      return (parent.traceFlags & 1) === 1 ? { threshold: ALWAYS, isReliable: false } : NEVER;
    },
    toString: () => `ComposableParentThreshold{root=${root}}`,
  };
}

export interface ComposableRule {
  readonly when: (question: SamplingQuestion) => boolean;
  readonly use: ComposableSampler;
}

/** The first rule whose condition holds; none: not sampled. */
export function composableRules(rules: readonly ComposableRule[]): ComposableSampler {
  return {
    intent: (question) => rules.find(({ when }) => when(question))?.use.intent(question) ?? NEVER,
    toString: () => `ComposableRuleBased{${rules.map(({ use }) => use).join(', ')}}`,
  };
}

/** Adds attributes to what `inner` samples. */
export function composableAnnotating(
  inner: ComposableSampler,
  attributes: Readonly<Attributes>,
): ComposableSampler {
  return {
    intent(question) {
      const intent = inner.intent(question);
      return { ...intent, attributes: { ...intent.attributes, ...attributes } };
    },
    toString: () => `ComposableAnnotating{${inner}}`,
  };
}
