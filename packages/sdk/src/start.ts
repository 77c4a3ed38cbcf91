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
import { baggageAttributes } from './baggage-attributes.ts';
import {
  type BatchExporter,
  type BatchOptions,
  BatchSpanProcessor,
} from './batch/batch-processor.ts';
import { detectResource, type ResourceDetector } from './detect.ts';
import { type Env, envFlag, envList, envText } from './env.ts';
import { flushOnExit } from './exit.ts';
import { lazyExporter, loadNow } from './export/lazy.ts';
import { otlpExporter } from './export/otlp.ts';
import type { OtlpOptions } from './export/otlp-settings.ts';
import type { ZipkinOptions } from './export/zipkin.ts';
import {
  type Instrumentation,
  makeInstrumentations,
  ownInstrumentations,
  wantedInstrumentations,
} from './instrument/find.ts';
import { propagatorFromEnv } from './propagate/composite.ts';
import type { SpanProcessor } from './readable-span.ts';
import { type RunningSpansOptions, runningSpans } from './running-spans.ts';
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
  readonly zipkin?: ZipkinOptions;
  /** Instead of what OTEL_TRACES_EXPORTER names. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Detectors that may take time: own ones, or those of the stock packages. */
  readonly resourceDetectors?: readonly ResourceDetector[];
  /** Names of baggage to copy to the attributes of every span; a `*` at the end takes all so named. */
  readonly baggageAttributes?: readonly string[];
  /** Reports spans while they run, for Clew; off when absent. `true` takes the defaults. */
  readonly runningSpans?: boolean | RunningSpansOptions;
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
  if (envText(env, 'OTEL_CONFIG_FILE') !== undefined) {
    diag.warn('OTEL_CONFIG_FILE is not read: the other variables and the options of start() hold');
  }
  const isDisabled = envFlag(env, 'OTEL_SDK_DISABLED');
  const service = options.service === undefined ? {} : { 'service.name': options.service };
  const { resourceDetectors } = options;
  const resource = detectResource({ ...options.attributes, ...service }, env, resourceDetectors);
  const provider = new ClewTracerProvider({
    resource,
    sampler: options.sampler ?? samplerFromEnv(env, String(resource.attributes['service.name'])),
    spanProcessors: isDisabled ? [] : processors(options, env),
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
    flushOnExit(
      () => provider.forceFlush(),
      () => provider.flushNow(),
    ),
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

/** CLEW_HTTP=channels prefers the SDK's own for http and undici to the stock packages. */
function findInstrumentations(env: Env): Instrumentation[] {
  const from = process.cwd();
  const installed = wantedInstrumentations(from, env);
  return [...ownInstrumentations(installed, env), ...makeInstrumentations(installed, from)];
}

function processors(options: StartOptions, env: Env): SpanProcessor[] {
  const sending = options.spanProcessors ?? processorsFromEnv(options, env);
  const { baggageAttributes: names, runningSpans: running } = options;
  const choices = running === true ? {} : running;
  return [
    ...(names === undefined ? [] : [baggageAttributes(names)]),
    ...(choices ? sending.map((processor) => runningSpans(processor, choices)) : []),
    ...sending,
  ];
}

/** OTEL_TRACES_EXPORTER: a list of otlp, zipkin, console, otlp/stdout and none. */
function processorsFromEnv(options: StartOptions, env: Env): SpanProcessor[] {
  const names = envList(env, 'OTEL_TRACES_EXPORTER') ?? ['otlp'];
  if (names.includes('none')) return [];
  const batched = (exporter: BatchExporter) => new BatchSpanProcessor(exporter, options.batch, env);
  return names.flatMap((name): SpanProcessor[] => {
    if (name === 'otlp') return [batched(otlpExporter(options.otlp, env))];
    if (name === 'zipkin') return [batched(zipkinLater(options.zipkin, env))];
    const form = CONSOLE_FORMS[name];
    if (form !== undefined) return [new BatchSpanProcessor(consoleLater(form), CONSOLE, env)];
    const wanted = 'otlp, zipkin, console, otlp/stdout or none';
    diag.warn(`OTEL_TRACES_EXPORTER: found "${name}", wanted ${wanted}; ignored`);
    return [];
  });
}

const CONSOLE_FORMS: Readonly<Record<string, 'tree' | 'json'>> = {
  console: 'tree',
  'otlp/stdout': 'json',
};
/** Long enough for the spans of a trace to come as one tree. */
const CONSOLE = { scheduledDelayMillis: 500 };

type Zipkin = typeof import('./export/zipkin.ts');
type Console = typeof import('./export/console.ts');

function zipkinLater(options: ZipkinOptions | undefined, env: Env): BatchExporter {
  return lazyExporter(
    async () => (await import('./export/zipkin.ts')).zipkinExporter(options, env),
    () => loadNow<Zipkin>('zipkin').zipkinExporter(options, env),
  );
}

function consoleLater(form: 'tree' | 'json'): BatchExporter {
  return lazyExporter(
    async () => (await import('./export/console.ts')).consoleExporter({ form }),
    () => loadNow<Console>('console').consoleExporter({ form }),
  );
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
