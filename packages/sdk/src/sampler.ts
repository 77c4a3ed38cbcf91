/**
 * What a sampler is: the stock interface, and a short way for samplers that need no more than the
 * trace and the state of the parent. Never knows: any particular sampler.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampler
 */

import type { Attributes, Context, Link, SpanKind, TraceState } from '@opentelemetry/api';
import type { LocalTrace } from './local-trace.ts';

/** The numbers of the specification: dropped, recorded for processors only, recorded and exported. */
export const DROP = 0;
export const RECORD = 1;
export const SAMPLE = 2;
export type Decision = typeof DROP | typeof RECORD | typeof SAMPLE;

export interface Sampling {
  readonly decision: Decision;
  readonly attributes?: Readonly<Attributes>;
  /** Replaces the trace state of the parent; absent keeps it. */
  readonly traceState?: TraceState;
}

export interface Sampler {
  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): Sampling;
  toString(): string;
  /** The same answer without the arguments that this sampler never looks at. */
  quick?(parent: ParentState, trace: LocalTrace): Decision;
}

/** The parent of a span to be, as the parent-based sampler tells them apart. */
export const NO_PARENT = 0;
export const REMOTE_UNSAMPLED = 1;
export const REMOTE_SAMPLED = 2;
export const LOCAL_UNSAMPLED = 3;
export const LOCAL_SAMPLED = 4;
export type ParentState = 0 | 1 | 2 | 3 | 4;
