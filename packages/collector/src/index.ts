/** The collector: OTLP in, segments to the engine. */
export {
  type Collector,
  type CollectorParts,
  createCollector,
} from './collector.ts';
export { CollectorError, type ErrorCode, errors } from './errors.ts';
export type { DestinationStatus } from './forward/forwarder.ts';
export { limits } from './limits.ts';
export { type CollectorStats, type Counters, collectorMetrics, type Metric } from './metrics.ts';
export type { Call } from './receivers/grpc.ts';
export type { Otherwise } from './receivers/http.ts';
export type { Listening } from './receivers/listen.ts';
export { inflateZstd } from './receivers/zstd.ts';
export { type CollectorOptions, collectorSettings, type Setting } from './settings.ts';
