/**
 * What the spans of one trace in this process have in common: the trace id, the trace state and the
 * anchor of their clock.
 *
 * It refers to no span, so that a context that outlives its spans keeps only this alive.
 * Never knows: whether a span of it is recorded.
 */

import type { TraceState } from '@opentelemetry/api';
import { anchorAt } from './clock.ts';
import { hexOfWords, type IdGenerator, isId, randomWord, wordAt } from './ids.ts';

/** The fields are declared, not defined: a definition would write each of them twice. */
export class LocalTrace {
  declare readonly t0: number;
  declare readonly t1: number;
  declare readonly t2: number;
  declare readonly t3: number;
  /** The W3C random flag (0x02) or 0. */
  declare readonly random: number;
  declare readonly traceState: TraceState | undefined;
  declare anchor: number;
  declare hex: string | undefined;

  constructor(
    t0: number,
    t1: number,
    t2: number,
    t3: number,
    random: number,
    traceState: TraceState | undefined,
    hex: string | undefined,
  ) {
    this.t0 = t0;
    this.t1 = t1;
    this.t2 = t2;
    this.t3 = t3;
    this.random = random;
    this.traceState = traceState;
    this.anchor = 0;
    this.hex = hex;
  }

  get traceId(): string {
    this.hex ??= hexOfWords(this.t0, this.t1) + hexOfWords(this.t2, this.t3);
    return this.hex;
  }

  /** Milliseconds of the epoch; the anchor is read with the first recorded span. */
  now(): number {
    const nowMs = performance.now();
    if (this.anchor === 0) this.anchor = anchorAt(nowMs);
    return this.anchor + nowMs;
  }

  /** The same trace with another trace state, as a sampler may answer. */
  withState(traceState: TraceState | undefined): LocalTrace {
    const { t0, t1, t2, t3, random, hex } = this;
    const trace = new LocalTrace(t0, t1, t2, t3, random, traceState, hex);
    trace.anchor = this.anchor;
    return trace;
  }
}

export const RANDOM_FLAG = 2;

/** A new trace of the pool's randomness; the first word is never zero, so the id is not either. */
export function newTrace(): LocalTrace {
  let t0 = randomWord();
  while (t0 === 0) t0 = randomWord();
  return new LocalTrace(
    t0,
    randomWord(),
    randomWord(),
    randomWord(),
    RANDOM_FLAG,
    undefined,
    undefined,
  );
}

/** A new trace of a foreign generator; an id that is none is replaced by a random one. */
export function traceFrom(ids: IdGenerator): LocalTrace {
  const hex = ids.generateTraceId();
  return isId(hex, 32) ? traceOfHex(hex, ids.isRandom ? RANDOM_FLAG : 0, undefined) : newTrace();
}

export function traceOfHex(hex: string, random: number, state: TraceState | undefined): LocalTrace {
  return new LocalTrace(
    wordAt(hex, 0),
    wordAt(hex, 8),
    wordAt(hex, 16),
    wordAt(hex, 24),
    random,
    state,
    hex,
  );
}
