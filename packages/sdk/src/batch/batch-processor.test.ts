import { describe, expect, it } from 'vitest';
import { KeptExporter, kept } from '../../test/kept.ts';
import { Resource } from '../resource.ts';
import { ClewTracerProvider } from '../tracer-provider.ts';
import { BatchSpanProcessor } from './batch-processor.ts';
import { ObjectBatchProcessor } from './foreign-exporter.ts';
import { SimpleSpanProcessor } from './simple-processor.ts';

/** An exporter whose batches leave one by one when told. */
class SlowExporter extends KeptExporter {
  release: (isSent: boolean) => void = () => {};
  atOnce = 0;
  most = 0;

  override async send(batch: { body: Uint8Array; spans: number }): Promise<boolean> {
    this.atOnce += 1;
    this.most = Math.max(this.most, this.atOnce);
    const isSent = await new Promise<boolean>((resolve) => {
      this.release = resolve;
    });
    this.atOnce -= 1;
    if (isSent) await super.send(batch);
    return isSent;
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

function ends(provider: ClewTracerProvider, count: number): void {
  const tracer = provider.getTracer('t');
  for (let at = 0; at < count; at += 1) tracer.startSpan(`s${at}`).end();
}

describe('the batch processor', () => {
  it('G5 flushes what has ended and then the exporter', async () => {
    const { exporter, provider } = kept();
    ends(provider, 700);
    await provider.forceFlush();
    expect(exporter.batches.map(({ spans }) => spans)).toEqual([512, 188]);
    expect(exporter.flushes).toBe(1);
  });

  it('G5 G11 awaits the batch in flight', async () => {
    const exporter = new SlowExporter();
    const processor = new BatchSpanProcessor(exporter, { maxExportBatchSize: 2 });
    const provider = new ClewTracerProvider({ spanProcessors: [processor] });
    ends(provider, 2);
    await turn();
    let isDone = false;
    const flush = provider.forceFlush().then(() => {
      isDone = true;
    });
    await turn();
    expect(isDone).toBe(false);
    exporter.release(true);
    await flush;
    expect(exporter.spans()).toHaveLength(2);
  });

  it('G7 never exports two batches at once and drops what does not fit, counted', async () => {
    const exporter = new SlowExporter();
    const options = { maxExportBatchSize: 2, maxQueueSize: 6 };
    const processor = new BatchSpanProcessor(exporter, options);
    const provider = new ClewTracerProvider({ spanProcessors: [processor] });
    ends(provider, 10);
    const flush = provider.forceFlush();
    for (let batch = 0; batch < 3; batch += 1) {
      await turn();
      exporter.release(batch !== 1);
    }
    await flush;
    expect(exporter.most).toBe(1);
    expect(processor.stats()).toEqual({
      sent: 4,
      waiting: 0,
      waitingBytes: 0,
      dropped: { queue_full: 4, export_failed: 2 },
      capacity: 6,
    });
  });

  it('G7 sends after the delay', async () => {
    const { exporter, provider } = kept({}, { scheduledDelayMillis: 5 });
    ends(provider, 1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(exporter.spans()).toHaveLength(1);
  });

  it('G10 bounds the bytes that wait', async () => {
    const exporter = new SlowExporter();
    const options = { maxExportBatchSize: 1, queueBytesMax: 500 };
    const processor = new BatchSpanProcessor(exporter, options);
    const provider = new ClewTracerProvider({ spanProcessors: [processor] });
    ends(provider, 50);
    expect(processor.stats().dropped['queue_bytes']).toBeGreaterThan(40);
    expect(processor.stats().waitingBytes).toBeLessThan(1500);
  });

  it('G10 counts the bytes of spans that no batch holds yet', () => {
    const { exporter, processor, tracer } = kept({}, { queueBytesMax: 100_000 });
    const attributes = { text: 'x'.repeat(30_000) };
    for (let at = 0; at < 9; at += 1) tracer.startSpan('large', { attributes }).end();
    expect(exporter.batches).toHaveLength(0);
    expect(processor.stats()).toMatchObject({ waiting: 4, dropped: { queue_bytes: 5 } });
    expect(processor.stats().waitingBytes).toBeGreaterThan(4 * 30_000);
  });

  it('G7 sends large spans before the batch is full', async () => {
    const { exporter, tracer, spans } = kept();
    const attributes = { text: 'x'.repeat(200_000) };
    for (let at = 0; at < 4; at += 1) tracer.startSpan('large', { attributes }).end();
    expect(await spans()).toHaveLength(4);
    expect(exporter.batches.map((batch) => batch.spans)).toEqual([3, 1]);
  });

  it('G8 L7 reads its variables, which must be positive', () => {
    const env = { OTEL_BSP_MAX_QUEUE_SIZE: '1', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '-5' };
    const processor = new BatchSpanProcessor(new KeptExporter(), {}, env);
    ends(new ClewTracerProvider({ spanProcessors: [processor] }), 2);
    expect(processor.stats()).toMatchObject({ waiting: 1, dropped: { queue_full: 1 } });
  });

  it('G4 flushes on shutdown and drops what ends later', async () => {
    const { exporter, processor, provider, tracer } = kept();
    const late = tracer.startSpan('late');
    ends(provider, 1);
    await provider.shutdown();
    late.end();
    expect(exporter.spans()).toHaveLength(1);
    expect(processor.stats().dropped).toEqual({ shut_down: 1 });
  });

  it('A6 gives up a flush that takes too long', async () => {
    const processor = new BatchSpanProcessor(new SlowExporter());
    const provider = new ClewTracerProvider({ spanProcessors: [processor] });
    ends(provider, 1);
    await expect(provider.forceFlush(10)).rejects.toThrow('10 ms');
  });

  it('keeps spans of several providers and scopes apart in one batch', async () => {
    const exporter = new KeptExporter();
    const processor = new BatchSpanProcessor(exporter);
    const providers = ['a', 'b'].map(
      (name) =>
        new ClewTracerProvider({
          resource: new Resource({ 'service.name': name }),
          spanProcessors: [processor],
        }),
    );
    for (const provider of providers) {
      for (const scope of ['one', 'two']) provider.getTracer(scope).startSpan('x').end();
      ends(provider, 1);
    }
    await processor.forceFlush();
    const { resourceSpans } = exporter.traces()[0]!;
    expect(resourceSpans.map(({ scopeSpans }) => scopeSpans.length)).toEqual([3, 3]);
    expect(exporter.spans()).toHaveLength(6);
  });

  it('G6 has a simple form that sends every span alone', async () => {
    const exporter = new KeptExporter();
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    const provider = new ClewTracerProvider({ spanProcessors });
    ends(provider, 3);
    await provider.forceFlush();
    expect(exporter.batches.map(({ spans }) => spans)).toEqual([1, 1, 1]);
  });

  it('H5 hands span objects to exporters of the stock SDK', async () => {
    const names: string[] = [];
    const exporter = {
      export(spans: { name: string }[], done: (result: { code: number }) => void) {
        names.push(...spans.map(({ name }) => name));
        done({ code: 0 });
      },
      shutdown: async () => {},
    };
    const spanProcessors = [new ObjectBatchProcessor(exporter)];
    const provider = new ClewTracerProvider({ spanProcessors });
    ends(provider, 2);
    await provider.forceFlush();
    expect(names).toEqual(['s0', 's1']);
  });
});
