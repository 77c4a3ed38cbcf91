/**
 * One call that makes a process traced: provider, propagators, context and instrumentations, from
 * options, then from the OTEL_ variables. Never knows: how any of them works.
 */

import {
  type Attributes,
  context,
  DiagConsoleLogger,
  DiagLogLevel,
  diag,
  propagation,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { asyncContext } from './async-context.ts';
import { type BatchOptions, BatchSpanProcessor } from './batch/batch-processor.ts';
import { SimpleSpanProcessor } from './batch/simple-processor.ts';
import { detectResource } from './detect.ts';
import { type Env, envFlag, envList, envText } from './env.ts';
import { flushOnExit } from './exit.ts';
import { consoleExporter } from './export/console.ts';
import { OtlpHttpExporter } from './export/otlp-http.ts';
import type { OtlpOptions } from './export/otlp-settings.ts';
import {
  type Instrumentation,
  installedInstrumentations,
  makeInstrumentations,
} from './instrument/find.ts';
import { propagatorFromEnv } from './propagate/composite.ts';
import type { SpanProcessor } from './readable-span.ts';
import type { Sampler } from './sampler.ts';
import { samplerFromEnv } from './sampler-env.ts';
import type { SpanLimits } from './span-limits.ts';
import { ClewTracerProvider } from './tracer-provider.ts';

export interface StartOptions {
  /** The name of this service; wins over OTEL_SERVICE_NAME. */
  readonly service?: string;
  readonly attributes?: Attributes;
  readonly sampler?: Sampler;
  readonly propagator?: TextMapPropagator;
  readonly spanLimits?: Partial<SpanLimits>;
  readonly otlp?: OtlpOptions;
  readonly batch?: BatchOptions;
  /** Instead of what OTEL_TRACES_EXPORTER names. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Absent: all that are installed. */
  readonly instrumentations?: readonly Instrumentation[];
  readonly env?: Env;
}

export interface Started {
  readonly provider: ClewTracerProvider;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Starts tracing and registers with the API. Never throws: what is wrong is reported through the
 * API's logger. With OTEL_SDK_DISABLED=true only the propagators are set.
 */
export function start(options: StartOptions = {}): Started {
  const env = options.env ?? process.env;
  setLogger(env);
  const isDisabled = envFlag(env, 'OTEL_SDK_DISABLED');
  const service = options.service === undefined ? {} : { 'service.name': options.service };
  const provider = new ClewTracerProvider({
    resource: detectResource({ ...options.attributes, ...service }, env),
    sampler: options.sampler ?? samplerFromEnv(env),
    spanProcessors: isDisabled ? [] : (options.spanProcessors ?? processorsFromEnv(options, env)),
    ...(options.spanLimits === undefined ? {} : { spanLimits: options.spanLimits }),
  });
  propagation.setGlobalPropagator(options.propagator ?? propagatorFromEnv(env));
  context.setGlobalContextManager(asyncContext);
  if (isDisabled) return started(provider, () => {}, []);
  if (!trace.setGlobalTracerProvider(provider)) {
    diag.error('another tracer provider is registered already; this one gets no spans of the API');
  }
  const instrumentations = options.instrumentations ?? findInstrumentations(env);
  for (const one of instrumentations) one.setTracerProvider?.(provider);
  return started(
    provider,
    flushOnExit(() => provider.forceFlush()),
    instrumentations,
  );
}

function started(
  provider: ClewTracerProvider,
  stopWatching: () => void,
  instrumentations: readonly Instrumentation[],
): Started {
  return {
    provider,
    forceFlush: () => provider.forceFlush(),
    shutdown() {
      stopWatching();
      for (const one of instrumentations) one.disable();
      return provider.shutdown();
    },
  };
}

function findInstrumentations(env: Env): Instrumentation[] {
  const from = process.cwd();
  return makeInstrumentations(installedInstrumentations(from, env), from);
}

/** OTEL_TRACES_EXPORTER: a list of otlp, console and none. */
function processorsFromEnv({ otlp, batch }: StartOptions, env: Env): SpanProcessor[] {
  const names = envList(env, 'OTEL_TRACES_EXPORTER') ?? ['otlp'];
  return names.flatMap((name): SpanProcessor[] => {
    if (name === 'otlp')
      return [new BatchSpanProcessor(new OtlpHttpExporter(otlp, env), batch, env)];
    if (name === 'console') return [new SimpleSpanProcessor(consoleExporter())];
    if (name !== 'none') {
      diag.warn(`OTEL_TRACES_EXPORTER: found "${name}", wanted otlp, console or none; ignored`);
    }
    return [];
  });
}

const LEVELS: Readonly<Record<string, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

function setLogger(env: Env): void {
  const text = envText(env, 'OTEL_LOG_LEVEL')?.toLowerCase() ?? 'info';
  const logLevel = LEVELS[text] ?? DiagLogLevel.INFO;
  diag.setLogger(new DiagConsoleLogger(), { logLevel, suppressOverrideMessage: true });
}
