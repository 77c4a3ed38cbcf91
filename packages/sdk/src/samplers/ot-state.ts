/**
 * The `ot` member of a trace state: threshold, randomness and what else others keep there.
 * Never knows: who decides by it.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/
 */

import type { TraceState } from '@opentelemetry/api';
import { emptyTraceState } from '../propagate/trace-state.ts';

export const DIGITS = 14;
const OT_CHARS_MAX = 256;
const RANDOM = /^[0-9a-f]{14}$/;
const THRESHOLD = /^[0-9a-f]{1,14}$/;

export type OtState = Map<string, string>;

/** The sub-keys of `ot`, unknown ones too; a key given twice keeps its first. */
export function otStateOf(state: TraceState | undefined): OtState {
  const found: OtState = new Map();
  for (const part of state?.get('ot')?.split(';') ?? []) {
    const at = part.indexOf(':');
    const key = part.slice(0, at);
    if (at > 0 && !found.has(key)) found.set(key, part.slice(at + 1));
  }
  return found;
}

/** The trace state with this `ot`; without it when it is empty or longer than 256 characters. */
export function withOtState(state: TraceState | undefined, ot: OtState): TraceState {
  const base = state ?? emptyTraceState;
  const text = [...ot].map(([key, value]) => `${key}:${value}`).join(';');
  return text !== '' && text.length <= OT_CHARS_MAX ? base.set('ot', text) : base.unset('ot');
}

/**
 * The 56 random bits of a trace as 14 hex digits: explicit ones, else the end of the trace id. Digits
 * of one length compare as their numbers do, so no BigInt is made.
 */
export function randomnessOf(ot: OtState, traceId: string): string {
  const given = ot.get('rv') ?? '';
  return RANDOM.test(given) ? given : traceId.slice(-DIGITS);
}

/** The threshold that an earlier sampler left, as 14 digits; `undefined` for none and bad ones. */
export function thresholdIn(ot: OtState): string | undefined {
  const th = ot.get('th') ?? '';
  return THRESHOLD.test(th) ? th.padEnd(DIGITS, '0') : undefined;
}

/** A threshold as it is written: without the zeros at its end. */
export function shortThreshold(threshold: string): string {
  return threshold.replace(/0+$/, '') || '0';
}

/** How many spans one with this trace state stands for; 1 when nobody sampled by probability. */
export function adjustedCount(state: TraceState | undefined): number {
  const threshold = thresholdIn(otStateOf(state));
  return threshold === undefined ? 1 : 1 / (1 - Number.parseInt(threshold, 16) / 2 ** 56);
}
