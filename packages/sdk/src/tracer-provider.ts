/**
 * The tracer provider: hands out tracers and owns the processors behind them.
 * Never knows: how the API's global provider is set.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#tracer-provider
 */

import {
  type Attributes,
  diag,
  ProxyTracerProvider,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { BatchSpanProcessor, type BatchStats } from './batch/batch-processor.ts';
import { detectResource } from './detect.ts';
import { type IdGenerator, randomIds } from './ids.ts';
import { Pipeline } from './pipeline.ts';
import type { Scope, SpanProcessor } from './readable-span.ts';
import type { Resource } from './resource.ts';
import type { Sampler } from './sampler.ts';
import { samplerFromEnv } from './sampler-env.ts';
import { type SpanLimits, spanLimits } from './span-limits.ts';
import { SpanTracer, type TracerState } from './tracer.ts';
import { withTimeout } from './with-timeout.ts';

export interface ProviderOptions {
  readonly resource?: Resource;
  readonly sampler?: Sampler;
  readonly spanProcessors?: readonly SpanProcessor[];
  readonly spanLimits?: Partial<SpanLimits>;
  readonly idGenerator?: IdGenerator;
  /** Asked once for each tracer; one that is not enabled makes no spans, and passes contexts on. */
  readonly tracerConfigurator?: (scope: Scope) => { readonly enabled?: boolean };
  /** How long `forceFlush` and `shutdown` may take. */
  readonly flushTimeoutMs?: number;
}

export interface ProviderStats {
  readonly started: number;
  /** Started and not ended: a number that only grows tells of spans that nobody ends. */
  readonly live: number;
  readonly processors: readonly BatchStats[];
}

const FLUSH_TIMEOUT_MS = 30_000;
/** Of so many scopes the tracer is kept; those of more are made anew each time. */
const TRACERS_MAX = 1000;

export class ClewTracerProvider implements TracerProvider {
  readonly #state: TracerState;
  readonly #tracers = new Map<string, SpanTracer>();
  readonly #flushTimeoutMs: number;
  readonly #configure: (scope: Scope) => { readonly enabled?: boolean };

  constructor(options: ProviderOptions = {}) {
    const resource = options.resource ?? detectResource();
    this.#configure = options.tracerConfigurator ?? (() => ({}));
    this.#flushTimeoutMs = options.flushTimeoutMs ?? FLUSH_TIMEOUT_MS;
    this.#state = {
      sampler: options.sampler ?? samplerFromEnv(),
      ids: options.idGenerator ?? randomIds,
      pipeline: new Pipeline(
        resource,
        spanLimits(options.spanLimits),
        options.spanProcessors ?? [],
      ),
      isShutDown: false,
    };
  }

  get resource(): Resource {
    return this.#state.pipeline.resource;
  }

  getTracer(
    name: string,
    version?: string,
    options?: { schemaUrl?: string; attributes?: Attributes },
  ): Tracer {
    if (this.#state.isShutDown) return new ProxyTracerProvider().getTracer(name);
    if (!name) diag.warn('getTracer: found no name, wanted that of the instrumented library');
    const scope = { name: name || '', version, ...options };
    const key = keyOf(scope);
    const known = key === undefined ? undefined : this.#tracers.get(key);
    if (known !== undefined) return known;
    const isDisabled = this.#configure(scope as Scope).enabled === false;
    const tracer = new SpanTracer(scope as Scope, this.#state, isDisabled);
    if (key !== undefined && this.#tracers.size < TRACERS_MAX) this.#tracers.set(key, tracer);
    return tracer;
  }

  /** Applies to the tracers that exist as well. */
  addSpanProcessor(processor: SpanProcessor): void {
    this.#state.pipeline.add(processor);
  }

  /** Counts of recording spans, and what became of those that ended, per batch processor. */
  stats(): ProviderStats {
    const { startedSpans, endedSpans, processors } = this.#state.pipeline;
    const batches = processors.filter((one) => one instanceof BatchSpanProcessor);
    return {
      started: startedSpans,
      live: startedSpans - endedSpans,
      processors: batches.map((one) => one.stats()),
    };
  }

  /**
   * Resolves when every processor has sent what had ended; rejects on failure or time-out. One that
   * fails is not waited for less: the others may still be sending.
   */
  forceFlush(timeoutMs = this.#flushTimeoutMs): Promise<void> {
    return withTimeout(
      'flush',
      this.#each((processor) => processor.forceFlush()),
      timeoutMs,
    );
  }

  /** Sends what waits before it returns, where the exporter can; for the exit of the process. */
  flushNow(): void {
    for (const processor of this.#state.pipeline.processors) {
      try {
        processor.flushNow?.();
      } catch (error) {
        diag.error('spans could not be sent at the exit', error);
      }
    }
  }

  /** Once; later calls resolve at once. Spans that end afterwards go nowhere. */
  async shutdown(timeoutMs = this.#flushTimeoutMs): Promise<void> {
    if (this.#state.isShutDown) {
      diag.warn('shutdown of a tracer provider that is shut down already; ignored');
      return;
    }
    this.#state.isShutDown = true;
    await withTimeout(
      'shutdown',
      this.#each((processor) => processor.shutdown()),
      timeoutMs,
    );
  }

  /** Settles when all have; rejects with the first failure, also one that is thrown at once. */
  async #each(work: (processor: SpanProcessor) => Promise<void>): Promise<void> {
    const { processors } = this.#state.pipeline;
    const ends = await Promise.allSettled(processors.map(async (processor) => work(processor)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/** The same text for the same scope; none for attributes that cannot be compared. */
function keyOf({ name, version, schemaUrl, attributes }: Partial<Scope>): string | undefined {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
  try {
    return JSON.stringify([name, version, schemaUrl, attributes], plain);
  } catch {
    return undefined;
  }
}
