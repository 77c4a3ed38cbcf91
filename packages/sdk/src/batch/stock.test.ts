import {
  BasicTracerProvider,
  InMemorySpanExporter,
  BatchSpanProcessor as StockBatchProcessor,
  SimpleSpanProcessor as StockSimpleProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { KeptExporter, plain } from '../../test/kept.ts';
import type { SpanProcessor } from '../readable-span.ts';
import { ClewTracerProvider } from '../tracer-provider.ts';
import { BatchSpanProcessor } from './batch-processor.ts';

describe('beside the stock SDK', () => {
  it('G3 H5 its processors and exporter take our spans', async () => {
    const memory = new InMemorySpanExporter();
    const spanProcessors = [
      new StockBatchProcessor(memory),
      new StockSimpleProcessor(memory),
    ] as unknown as SpanProcessor[];
    const provider = new ClewTracerProvider({ spanProcessors });
    provider
      .getTracer('t')
      .startSpan('ours', { attributes: { a: 1 } })
      .addEvent('e')
      .end();
    await provider.forceFlush();
    const spans = memory.getFinishedSpans();
    expect(spans).toHaveLength(2);
    expect(spans[0]).toMatchObject({ name: 'ours', attributes: { a: 1 } });
    expect(spans[0]!.events[0]!.name).toBe('e');
  });

  it('our processor takes its spans', async () => {
    const exporter = new KeptExporter();
    const processor = new BatchSpanProcessor(exporter);
    const provider = new BasicTracerProvider({ spanProcessors: [processor as never] });
    const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const span = provider.getTracer('t', '1').startSpan('theirs', { links: [{ context }] });
    span.setAttribute('a', 1).addEvent('e', { b: 2 }).setStatus({ code: 2, message: 'm' });
    span.end();
    await provider.forceFlush();
    const [sent] = exporter.spans();
    expect(sent).toMatchObject({ name: 'theirs', kind: 1, status: { code: 2, message: 'm' } });
    expect(plain(sent!.attributes)).toEqual({ a: 1n });
    expect(plain(sent!.events[0]!.attributes)).toEqual({ b: 2n });
    expect(sent!.links).toHaveLength(1);
    expect(sent!.endTimeUnixNano).toBeGreaterThanOrEqual(sent!.startTimeUnixNano);
  });
});
