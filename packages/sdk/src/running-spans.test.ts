import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { kept, plain } from '../test/kept.ts';
import { runningSpans } from './running-spans.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('running spans', () => {
  it('are reported after a while, then finished under the same ids', async () => {
    const { provider, processor, exporter, tracer } = kept();
    provider.addSpanProcessor(runningSpans(processor, { afterMs: 1000, againMs: 60_000 }));
    const slow = tracer.startSpan('slow', { attributes: { a: 1 } });
    tracer.startSpan('quick').end();
    vi.advanceTimersByTime(2100);
    slow.setAttribute('b', 2).end();
    vi.useRealTimers();
    await provider.forceFlush();
    const spans = exporter.spans().map(({ name, attributes }) => [name, plain(attributes)]);
    expect(spans).toEqual([
      ['quick', {}],
      ['slow', { a: 1n, 'clew.running': true }],
      ['slow', { a: 1n, b: 2n }],
    ]);
    const [, first, second] = exporter.spans();
    expect(first!.spanId).toEqual(second!.spanId);
    expect(first!.endTimeUnixNano >= first!.startTimeUnixNano).toBe(true);
  });

  it('are watched up to a bound, and only when they are sampled', async () => {
    const { provider, processor, exporter, tracer } = kept();
    provider.addSpanProcessor(runningSpans(processor, { afterMs: 10, watchedMax: 1 }));
    const spans = [tracer.startSpan('a'), tracer.startSpan('b')];
    vi.advanceTimersByTime(30);
    vi.useRealTimers();
    await provider.forceFlush();
    expect(exporter.spans().map(({ name }) => name)).toEqual(['a']);
    for (const span of spans) span.end();
    await provider.shutdown();
  });
});
