/** One provider and several, and their tracers. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept } from '../test/kept.ts';
import type { SpanProcessor } from './readable-span.ts';
import { alwaysOff } from './samplers/always.ts';

const quiet: Pick<SpanProcessor, 'forceFlush' | 'shutdown'> = {
  async forceFlush() {},
  async shutdown() {},
};

describe('the provider', () => {
  it('A4 is one of many, each with its own processors and sampler', async () => {
    const one = kept();
    const two = kept({ sampler: alwaysOff });
    one.tracer.startSpan('x').end();
    two.tracer.startSpan('y').end();
    expect((await one.spans()).map(({ name }) => name)).toEqual(['x']);
    expect(await two.spans()).toEqual([]);
  });

  it('A8 says of a tracer whether anybody would see its spans', async () => {
    const { provider, tracer } = kept();
    const enabled = (one: typeof tracer) => (one as unknown as { enabled(): boolean }).enabled();
    expect(enabled(tracer)).toBe(true);
    await provider.shutdown();
    expect(enabled(tracer)).toBe(false);
    const off = kept({ tracerConfigurator: () => ({ enabled: false }) });
    expect(enabled(off.tracer)).toBe(false);
  });

  it('A9 switches tracers off by their scope; they pass contexts on', async () => {
    const tracerConfigurator = ({ name }: { name: string }) => ({ enabled: name !== 'noisy' });
    const { provider, spans } = kept({ tracerConfigurator });
    const outer = provider.getTracer('quiet').startSpan('outer');
    const inner = provider
      .getTracer('noisy')
      .startSpan('inner', {}, trace.setSpan(ROOT_CONTEXT, outer));
    expect(inner.isRecording()).toBe(false);
    expect(inner.spanContext()).toEqual(outer.spanContext());
    inner.end();
    outer.end();
    expect((await spans()).map(({ name }) => name)).toEqual(['outer']);
  });

  it('A10 bears calls from inside of calls', async () => {
    const { provider, tracer, spans } = kept();
    provider.addSpanProcessor({
      ...quiet,
      onStart: () => void provider.getTracer('inner'),
      onEnd(span) {
        if (span.name === 'outer') provider.getTracer('inner').startSpan('inner').end();
        void provider.forceFlush();
      },
    });
    tracer.startSpan('outer').end();
    const flushes = [provider.forceFlush(), provider.forceFlush(), spans()];
    await Promise.all(flushes);
    expect((await spans()).map(({ name }) => name).sort()).toEqual(['inner', 'outer']);
    await Promise.all([provider.shutdown(), provider.shutdown(), provider.forceFlush()]);
  });
});
