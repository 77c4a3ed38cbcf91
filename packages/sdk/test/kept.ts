/** An exporter that keeps what it is given, decoded, and a provider on it. For tests. */

import type { Span as WireSpan } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import {
  type BatchExporter,
  type BatchOptions,
  BatchSpanProcessor,
} from '../src/batch/batch-processor.ts';
import type { SpanBatch } from '../src/batch/span-bin.ts';
import { Resource } from '../src/resource.ts';
import { ClewTracerProvider, type ProviderOptions } from '../src/tracer-provider.ts';

export class KeptExporter implements BatchExporter {
  batches: SpanBatch[] = [];
  flushes = 0;
  stops = 0;

  async send(batch: SpanBatch): Promise<boolean> {
    this.batches.push(batch);
    return true;
  }
  async forceFlush(): Promise<void> {
    this.flushes += 1;
  }
  async shutdown(): Promise<void> {
    this.stops += 1;
  }

  traces() {
    return this.batches.map(({ body }) => decodeTraces(body));
  }

  spans(): WireSpan[] {
    return this.traces()
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }) => spans);
  }
}

export function kept(options: ProviderOptions = {}, batch: BatchOptions = {}) {
  const exporter = new KeptExporter();
  const processor = new BatchSpanProcessor(exporter, batch);
  const { spanProcessors = [], ...rest } = options;
  const provider = new ClewTracerProvider({
    resource: new Resource({ 'service.name': 'kept' }),
    ...rest,
    spanProcessors: [...spanProcessors, processor],
  });
  const tracer = provider.getTracer('test', '1.0');
  const spans = async () => {
    await provider.forceFlush();
    return exporter.spans();
  };
  return { exporter, processor, provider, tracer, spans };
}

/** The attributes of an encoded span as a plain object of their values. */
export function plain(attributes: WireSpan['attributes']): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.type === 'empty' ? null : value.value]),
  );
}
