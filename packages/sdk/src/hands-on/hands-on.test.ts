import { context, trace } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { kept, plain } from '../../test/kept.ts';
import { asyncContext } from '../async-context.ts';
import { correlateConsole, logIds, winstonIds } from './logs.ts';
import { startSpan, traced, withSpan } from './with-span.ts';

const { provider, exporter } = kept();
beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(asyncContext);
});
afterAll(() => {
  trace.disable();
  context.disable();
});
afterEach(async () => {
  await provider.forceFlush();
  exporter.batches = [];
});

async function spans() {
  await provider.forceFlush();
  return exporter.spans();
}

describe('withSpan and traced', () => {
  it('make a span that is active inside, and answer what the function answers', async () => {
    expect(withSpan('outer', () => withSpan('inner', () => 5))).toBe(5);
    const [inner, outer] = await spans();
    expect(inner!.parentSpanId).toEqual(outer!.spanId);
  });

  it('answer the same promise and end with it', async () => {
    const promise = Promise.resolve(3);
    const result = (value: number) => ({ value });
    expect(withSpan('x', { result }, () => promise)).toBe(promise);
    await promise;
    expect(plain((await spans())[0]!.attributes)).toEqual({ value: 3n });
  });

  it('record an error once, over all spans that it passes', async () => {
    const error = new Error('no');
    const fail = () =>
      withSpan('outer', () => withSpan('inner', async () => Promise.reject(error)));
    await expect(fail()).rejects.toBe(error);
    const found = await spans();
    expect(found.map(({ status }) => status?.code)).toEqual([2, 2]);
    expect(found.map(({ events }) => events.length)).toEqual([1, 0]);
  });

  it('leave lazy thenables alone', () => {
    let runs = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a query builder has one
      then() {
        runs += 1;
      },
    };
    expect(withSpan('x', () => query)).toBe(query);
    expect(runs).toBe(0);
  });

  it('keep name, length, this and types of a function', async () => {
    const add = traced(
      function add(this: { base: number }, a: number, b: number) {
        return this.base + a + b;
      },
      { attributes: (a, b) => ({ a, b }) },
    );
    expect([add.name, add.length]).toEqual(['add', 2]);
    expect(add.call({ base: 1 }, 2, 3)).toBe(6);
    expect(plain((await spans())[0]!.attributes)).toEqual({ a: 2n, b: 3n });
  });

  it('run the steps of generators in the span', async () => {
    const count = traced(function* count() {
      yield trace.getActiveSpan();
      return 'end';
    });
    const [step] = [...count()];
    expect(step).toBeDefined();
    const later = traced(async function* later() {
      yield 1;
      throw new Error('broken');
    });
    await expect(drain(later())).rejects.toThrow('broken');
    expect((await spans()).map(({ name, status }) => [name, status?.code])).toEqual([
      ['count', 0],
      ['later', 2],
    ]);
  });

  it('end a span with the block that uses it', async () => {
    const span = startSpan('block');
    span[Symbol.dispose]();
    expect((await spans())[0]!.name).toBe('block');
  });
});

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

describe('log correlation', () => {
  it('gives the ids of the active span to pino, winston and the console', () => {
    expect(logIds()).toEqual({});
    const printed: unknown[][] = [];
    const target = { ...console, info: (...args: unknown[]) => printed.push(args) } as Console;
    const stop = correlateConsole(target);
    withSpan('x', (span) => {
      const { traceId, spanId } = span.spanContext();
      expect(logIds()).toMatchObject({ trace_id: traceId, span_id: spanId });
      expect(winstonIds().transform({ a: 1 })).toMatchObject({ a: 1, trace_id: traceId });
      target.info('hello');
      expect(printed[0]).toEqual(['hello', `trace_id=${traceId} span_id=${spanId}`]);
    });
    stop();
    target.info('bye');
    expect(printed[1]).toEqual(['bye']);
  });
});
