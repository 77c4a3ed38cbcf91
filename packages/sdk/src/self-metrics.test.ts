import type { Meter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept } from '../test/kept.ts';
import { selfMetrics } from './self-metrics.ts';

describe('metrics of the SDK itself', () => {
  it('M4 G10 are read when somebody asks', async () => {
    const { provider, tracer, spans } = kept();
    const found = new Map<string, number>();
    let observe: ((result: { observe(what: string, value: number): void }) => void) | undefined;
    const name = (what: string) => what;
    const meter = {
      createObservableCounter: name,
      createObservableUpDownCounter: name,
      addBatchObservableCallback(callback: typeof observe) {
        observe = callback;
      },
      removeBatchObservableCallback() {
        observe = undefined;
      },
    } as unknown as Meter;
    const stop = selfMetrics(provider, meter);
    tracer.startSpan('open');
    tracer.startSpan('x').end();
    await spans();
    observe?.({ observe: (what, value) => found.set(what, value) });
    expect(Object.fromEntries(found)).toEqual({
      'otel.sdk.span.started': 2,
      'otel.sdk.span.live': 1,
      'otel.sdk.processor.span.queue.size': 0,
      'otel.sdk.processor.span.queue.capacity': 2048,
      'otel.sdk.processor.span.processed': 1,
    });
    stop();
    expect(observe).toBeUndefined();
  });
});
