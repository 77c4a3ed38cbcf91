/**
 * The SDK's counters as metrics of the API: off unless this is called, read only when a reader asks, so
 * they cost nothing on the way of a span. Never knows: where metrics go.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */

import type { BatchObservableCallback, Meter } from '@opentelemetry/api';
import type { ClewTracerProvider } from './tracer-provider.ts';

/** Registers the metrics with a meter; answers how to stop. */
export function selfMetrics(provider: ClewTracerProvider, meter: Meter): () => void {
  const spans = { unit: '{span}' };
  const started = meter.createObservableCounter('otel.sdk.span.started', spans);
  const live = meter.createObservableUpDownCounter('otel.sdk.span.live', spans);
  const size = meter.createObservableUpDownCounter('otel.sdk.processor.span.queue.size', spans);
  const capacity = meter.createObservableUpDownCounter(
    'otel.sdk.processor.span.queue.capacity',
    spans,
  );
  const processed = meter.createObservableCounter('otel.sdk.processor.span.processed', spans);
  const all = [started, live, size, capacity, processed];
  const observe: BatchObservableCallback = (result) => {
    const stats = provider.stats();
    result.observe(started, stats.started);
    result.observe(live, stats.live);
    stats.processors.forEach((processor, at) => {
      const name = `batching_span_processor/${at}`;
      const about = {
        'otel.component.name': name,
        'otel.component.type': 'batching_span_processor',
      };
      result.observe(size, processor.waiting, about);
      result.observe(capacity, processor.capacity, about);
      result.observe(processed, processor.sent, about);
      for (const [reason, count] of Object.entries(processor.dropped)) {
        result.observe(processed, count, { ...about, 'error.type': reason });
      }
    });
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}
