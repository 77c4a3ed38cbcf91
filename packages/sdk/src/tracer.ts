/**
 * Makes spans: finds the parent, asks the sampler, builds a recording or a silent span.
 * Never knows: where spans go.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#sdk-span-creation
 */

import {
  type Context,
  diag,
  type Link,
  ProxyTracerProvider,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { activeContext, runIn } from './async-context.ts';
import { nameOf } from './attribute-value.ts';
import { NS_PER_MS } from './clock.ts';
import { isSuppressed, ownContext, spanOf, withSpanIn } from './context.ts';
import { type IdGenerator, isId, randomIds, randomWord, wordAt } from './ids.ts';
import { type LocalTrace, newTrace, RANDOM_FLAG, traceFrom, traceOfHex } from './local-trace.ts';
import type { Pipeline } from './pipeline.ts';
import type { Scope } from './readable-span.ts';
import { RecordingSpan } from './recording-span.ts';
import {
  type Decision,
  DROP,
  LOCAL_SAMPLED,
  LOCAL_UNSAMPLED,
  NO_PARENT,
  type ParentState,
  REMOTE_SAMPLED,
  REMOTE_UNSAMPLED,
  SAMPLE,
  type Sampler,
  type Sampling,
} from './sampler.ts';
import { SilentSpan } from './silent-span.ts';

const NO_OPTIONS: SpanOptions = {};
/** The API's own tracer without an SDK: it makes no spans and passes contexts on. */
const silentApi = new ProxyTracerProvider().getTracer('');

/** What all tracers of a provider have in common; the provider may change it while they live. */
export interface TracerState {
  readonly sampler: Sampler;
  readonly ids: IdGenerator;
  readonly pipeline: Pipeline;
  isShutDown: boolean;
}

export class SpanTracer implements Tracer {
  readonly scope: Scope;
  readonly #state: TracerState;
  readonly #isDisabled: boolean;

  constructor(scope: Scope, state: TracerState, isDisabled = false) {
    this.scope = scope;
    this.#state = state;
    this.#isDisabled = isDisabled;
  }

  /** Whether a span of this tracer can be seen by anybody. */
  enabled(): boolean {
    return (
      !this.#isDisabled && !this.#state.isShutDown && this.#state.pipeline.processors.length > 0
    );
  }

  startSpan(name: string, choices?: SpanOptions, within?: Context): Span {
    const options = choices ?? NO_OPTIONS;
    const context = within === undefined ? activeContext() : ownContext(within);
    if (this.#isDisabled) return silentApi.startSpan(name, options, context);
    const given = options.root ? undefined : spanOf(context);
    let trace: LocalTrace;
    let state: ParentState;
    let foreign: SpanContext | undefined;
    let p0 = 0;
    let p1 = 0;
    if (given instanceof RecordingSpan) {
      trace = given.trace;
      p0 = given.s0;
      p1 = given.s1;
      state = given.isSampled ? LOCAL_SAMPLED : LOCAL_UNSAMPLED;
    } else if (given instanceof SilentSpan) {
      trace = given.trace;
      state = LOCAL_UNSAMPLED;
    } else {
      foreign = given === undefined ? undefined : validContext(given);
      trace = foreign === undefined ? this.#newTrace() : traceOf(foreign);
      state = foreign === undefined ? NO_PARENT : stateOf(foreign);
    }
    const { sampler } = this.#state;
    if (isSuppressed(context) || this.#state.isShutDown) return new SilentSpan(trace);
    let decision: Decision;
    let sampling: Sampling | undefined;
    if (sampler.quick !== undefined) decision = sampler.quick(state, trace);
    else {
      sampling = this.#ask(context, trace, name, options);
      decision = sampling.decision;
      if (sampling.traceState !== undefined) trace = trace.withState(sampling.traceState);
    }
    if (decision === DROP) return new SilentSpan(trace);
    if (given instanceof SilentSpan) foreign = given.spanContext();
    if (foreign !== undefined) {
      p0 = wordAt(foreign.spanId, 0);
      p1 = wordAt(foreign.spanId, 8);
    }
    const span = this.#record(trace, p0, p1, decision, foreign, name, options);
    if (sampling?.attributes !== undefined) span.setAttributes(sampling.attributes);
    this.#state.pipeline.started(span, context);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: unknown[]
  ): ReturnType<F> {
    const fn = rest.at(-1) as F;
    const options = (rest.length > 1 ? rest[0] : undefined) as SpanOptions | undefined;
    const context = (rest.length > 2 ? rest[1] : undefined) as Context | undefined;
    const parent = context === undefined ? activeContext() : ownContext(context);
    const span = this.startSpan(name, options ?? NO_OPTIONS, parent);
    return runIn(withSpanIn(parent, span), () => fn(span) as ReturnType<F>);
  }

  #newTrace(): LocalTrace {
    const { ids } = this.#state;
    return ids === randomIds ? newTrace() : traceFrom(ids);
  }

  #ask(context: Context, trace: LocalTrace, name: string, options: SpanOptions): Sampling {
    const asked = options.root ? context.deleteValue(SPAN_KEY) : context;
    const kind = options.kind ?? SpanKind.INTERNAL;
    const { attributes = {}, links = [] } = options;
    try {
      const { sampler } = this.#state;
      return sampler.shouldSample(asked, trace.traceId, name, kind, attributes, links);
    } catch (error) {
      diag.error('sampler failed; the span is dropped', error);
      return { decision: DROP };
    }
  }

  #record(
    trace: LocalTrace,
    p0: number,
    p1: number,
    decision: Decision,
    foreign: SpanContext | undefined,
    name: string,
    options: SpanOptions,
  ): RecordingSpan {
    const { ids, pipeline } = this.#state;
    let s0: number;
    let s1: number;
    if (ids === randomIds) {
      s0 = randomWord();
      while (s0 === 0) s0 = randomWord();
      s1 = randomWord();
    } else {
      const hex = spanIdFrom(ids);
      s0 = wordAt(hex, 0);
      s1 = wordAt(hex, 8);
    }
    const isSampled = decision === SAMPLE;
    const kind = options.kind ?? SpanKind.INTERNAL;
    const { scope } = this;
    const text = typeof name === 'string' ? name : nameOf(name);
    const span = new RecordingSpan(
      trace, s0, s1, p0, p1, isSampled, scope, pipeline, foreign, text, kind,
    ); // biome-ignore format: one row
    if (options.startTime === undefined) {
      const now = trace.now();
      const ms = Math.floor(now);
      span.startMs = ms;
      span.startNs = ((now - ms) * NS_PER_MS) | 0;
    } else {
      const { ms, ns } = span.moment(options.startTime);
      span.startMs = ms;
      span.startNs = ns;
    }
    if (options.attributes !== undefined) span.setAttributes(options.attributes);
    if (options.links !== undefined) span.addLinks(options.links as Link[]);
    return span;
  }
}

const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN');

/** Of a parent that another SDK made, or that is no span at all. */
function validContext(span: Span): SpanContext | undefined {
  try {
    const context = span.spanContext();
    return isId(context.traceId, 32) && isId(context.spanId, 16) ? context : undefined;
  } catch (error) {
    diag.warn('parent: found what has no span context; the span is a root', error);
    return undefined;
  }
}

function traceOf({ traceId, traceFlags, traceState }: SpanContext): LocalTrace {
  return traceOfHex(traceId, traceFlags & RANDOM_FLAG, traceState);
}

function stateOf({ isRemote, traceFlags }: SpanContext): ParentState {
  if (traceFlags & 1) return isRemote ? REMOTE_SAMPLED : LOCAL_SAMPLED;
  return isRemote ? REMOTE_UNSAMPLED : LOCAL_UNSAMPLED;
}

function spanIdFrom(ids: IdGenerator): string {
  const hex = ids.generateSpanId();
  return isId(hex, 16) ? hex : randomIds.generateSpanId();
}
