/** What a destination is sent, and what several of them have to do with each other. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept } from '../../test/kept.ts';
import { Resource } from '../resource.ts';

describe('destinations', () => {
  it('H1 H3 I16 I18 have a queue each; what one loses is counted there', async () => {
    const good = kept();
    const bad = kept();
    bad.exporter.send = async () => false;
    const { tracer, provider } = kept({ spanProcessors: [good.processor, bad.processor] });
    tracer.startSpan('x').end();
    await provider.forceFlush();
    expect(good.processor.stats()).toMatchObject({ sent: 1, dropped: {} });
    expect(bad.processor.stats()).toMatchObject({ sent: 0, dropped: { export_failed: 1 } });
    expect([good.exporter.flushes, bad.exporter.flushes]).toEqual([1, 1]);
  });

  it('I15 are sent schema addresses, and whether parents and links are remote', async () => {
    const resource = new Resource({}, 'https://example.com/r');
    const { provider, spans, exporter } = kept({ resource });
    const tracer = provider.getTracer('t', '1', { schemaUrl: 'https://example.com/s' });
    const remote = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
      isRemote: true,
    };
    tracer
      .startSpan('x', { links: [{ context: remote }] }, trace.setSpanContext(ROOT_CONTEXT, remote))
      .end();
    const [span] = await spans();
    expect([span!.flags & 0x300, span!.links[0]!.flags & 0x300]).toEqual([0x300, 0x300]);
    const [found] = exporter.traces()[0]!.resourceSpans;
    expect(found!.schemaUrl).toBe('https://example.com/r');
    expect(found!.scopeSpans[0]!.schemaUrl).toBe('https://example.com/s');
  });
});
