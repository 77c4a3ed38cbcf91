/** The public face of the SDK: what an application or a library may import. */

export { activeContext, asyncContext } from './async-context.ts';
export { baggageAttributes } from './baggage-attributes.ts';
export {
  type BatchExporter,
  type BatchOptions,
  BatchSpanProcessor,
  type BatchStats,
  type DropReason,
} from './batch/batch-processor.ts';
export { ObjectBatchProcessor } from './batch/foreign-exporter.ts';
export { SimpleSpanProcessor } from './batch/simple-processor.ts';
export type { SpanBatch } from './batch/span-bin.ts';
export {
  type DetectedResource,
  defaultResource,
  detectResource,
  type ResourceDetector,
} from './detect.ts';
export { flushOnExit } from './exit.ts';
export { type ConsoleOptions, consoleExporter } from './export/console.ts';
export { fileExporter } from './export/file.ts';
export { otlpExporter } from './export/otlp.ts';
export { OtlpGrpcExporter } from './export/otlp-grpc.ts';
export { OtlpHttpExporter } from './export/otlp-http.ts';
export type { OtlpOptions, OtlpProtocol } from './export/otlp-settings.ts';
export { type ZipkinOptions, zipkinExporter } from './export/zipkin.ts';
export { traced, traceRoot } from './hands-on/decorators.ts';
export { correlateConsole, logIds, winstonIds } from './hands-on/logs.ts';
export { type SpanChoices, startSpan, withSpan } from './hands-on/with-span.ts';
export { type IdGenerator, randomIds } from './ids.ts';
export type { Instrumentation } from './instrument/find.ts';
export { httpChannels } from './instrument/http-channels.ts';
export { undiciChannels } from './instrument/undici-channels.ts';
export { b3 } from './propagate/b3.ts';
export { baggage } from './propagate/baggage.ts';
export {
  attributeSetter,
  extractEnv,
  extractJob,
  type GrpcMetadata,
  injectEnv,
  injectJob,
  messageGetter,
  metadataGetter,
  metadataSetter,
} from './propagate/carriers.ts';
export { composite, propagatorFromEnv } from './propagate/composite.ts';
export { emptyTraceState, parseTraceState } from './propagate/trace-state.ts';
export { datadog, jaeger, otTrace, plainHeaders, xray } from './propagate/vendors.ts';
export { traceContext } from './propagate/w3c.ts';
export type { ReadableSpan, SpanExporter, SpanProcessor } from './readable-span.ts';
export { Resource } from './resource.ts';
export { RUNNING, type RunningSpansOptions, runningSpans } from './running-spans.ts';
export type { Sampler, Sampling } from './sampler.ts';
export { samplerFromEnv } from './sampler-env.ts';
export { alwaysOff, alwaysOn, alwaysRecord } from './samplers/always.ts';
export {
  type ComposableRule,
  type ComposableSampler,
  composableAlwaysOff,
  composableAlwaysOn,
  composableAnnotating,
  composableParentThreshold,
  composableProbability,
  composableRules,
  compositeSampler,
  type SamplingIntent,
  type SamplingQuestion,
} from './samplers/composite.ts';
export {
  type JaegerRemoteOptions,
  type JaegerRemoteSampler,
  jaegerRemote,
} from './samplers/jaeger-remote.ts';
export { adjustedCount } from './samplers/ot-state.ts';
export { type ParentBasedOptions, parentBased } from './samplers/parent-based.ts';
export { probability } from './samplers/probability.ts';
export { rateLimit } from './samplers/rate-limit.ts';
export { traceIdRatio } from './samplers/ratio.ts';
export { ruleBased, type SamplingRule } from './samplers/rules.ts';
export { selfMetrics } from './self-metrics.ts';
export { type SpanLimits, spanLimits } from './span-limits.ts';
export { type Started, type StartOptions, start } from './start.ts';
export { ClewTracerProvider, type ProviderOptions, type ProviderStats } from './tracer-provider.ts';
