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

  it('A5 A6 flushes and stops every processor, whatever one of them does, and tells the failure', async () => {
    for (const work of ['forceFlush', 'shutdown'] as const) {
      const fails: SpanProcessor[] = [
        { ...quiet, onStart() {}, onEnd() {}, [work]: () => Promise.reject(new Error('rejects')) },
        {
          ...quiet,
          onStart() {},
          onEnd() {},
          [work]() {
            throw new Error('throws');
          },
        },
      ];
      const { provider, tracer, exporter } = kept({ spanProcessors: fails });
      const { send } = exporter;
      exporter.send = async (batch) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return send.call(exporter, batch);
      };
      tracer.startSpan('x').end();
      await expect(provider[work]()).rejects.toThrow('rejects');
      expect(exporter.spans()).toHaveLength(1);
    }
  });

  it('A5 stops in bounded time', async () => {
    const never = {
      ...quiet,
      onStart() {},
      onEnd() {},
      shutdown: () => new Promise<void>(() => {}),
    };
    const { provider } = kept({ spanProcessors: [never] });
    await expect(provider.shutdown(10)).rejects.toThrow('10 ms');
  });

  it('G1 calls its processors in their order, at once, and only for what is recorded', () => {
    const seen: string[] = [];
    const named = (name: string): SpanProcessor => ({
      ...quiet,
      onStart: (span) => void seen.push(`${name} starts ${span.name}`),
      onEnd: (span) => void seen.push(`${name} ends ${span.name}`),
    });
    const spanProcessors = [named('a'), named('b')];
    const on = kept({ spanProcessors });
    const off = kept({ spanProcessors, sampler: alwaysOff });
    off.tracer.startSpan('silent').end();
    const span = on.tracer.startSpan('x');
    expect(seen).toEqual(['a starts x', 'b starts x']);
    span.end();
    expect(seen.slice(2)).toEqual(['a ends x', 'b ends x']);
  });
});
