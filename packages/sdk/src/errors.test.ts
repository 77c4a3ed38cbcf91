/** Nothing that goes wrong in tracing reaches the application. */
import { diag, type Span, type Tracer, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../test/diagnostics.ts';
import { kept, plain } from '../test/kept.ts';
import { ROOT } from './context.ts';
import type { SpanProcessor } from './readable-span.ts';
import type { Sampler } from './sampler.ts';
import { alwaysOn } from './samplers/always.ts';

afterEach(() => diag.disable());

describe('errors inside of the SDK', () => {
  it('M3 never reach the application, and are told to the logger of the API', async () => {
    const fails = (): never => {
      throw new Error('broken');
    };
    const broken: SpanProcessor = {
      onStart: fails,
      onEnding: fails,
      onEnd: fails,
      forceFlush: () => Promise.reject(new Error('broken')),
      shutdown: () => Promise.reject(new Error('broken')),
    };
    const sampler: Sampler = { shouldSample: fails, toString: () => 'Broken' };
    const heard = listen();
    const dropping = kept({ sampler });
    dropping.tracer.startSpan('x').end();
    const { tracer, processor, exporter } = kept({ sampler: alwaysOn, spanProcessors: [broken] });
    const hostile = {
      get message(): string {
        throw new Error('no message');
      },
    };
    const span = tracer.startSpan(undefined as never, { attributes: null as never });
    span.setAttribute(null as never, 1).setAttribute('f', (() => {}) as never);
    span.setAttributes(undefined as never).setAttributes(null as never);
    span.addEvent(undefined as never, 'x' as never).addLink(undefined as never);
    span.addLinks(undefined as never);
    span.setStatus(undefined as never).updateName(Symbol('s') as never);
    span.recordException(hostile as never);
    span.end('yesterday' as never);
    span.end();
    await processor.forceFlush();
    expect(exporter.spans()).toHaveLength(1);
    expect(heard.some((line) => line.includes('broken'))).toBe(true);
  });

  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('hostile');
      },
      ownKeys() {
        throw new Error('hostile');
      },
    },
  ) as never;
  const gifts: readonly [what: string, give: (tracer: Tracer, span: Span) => unknown][] = [
    ['the name of a span', (tracer) => tracer.startSpan(hostile)],
    ['options', (tracer) => tracer.startSpan('x', { attributes: hostile, links: [hostile] })],
    ['links that are no list', (tracer) => tracer.startSpan('x', { links: 5 as never })],
    ['no options', (tracer) => tracer.startActiveSpan('x', null as never, (span) => span.end())],
    ['no context', (tracer) => tracer.startSpan('x', {}, null as never)],
    ['a context that is none', (tracer) => tracer.startSpan('x', {}, {} as never)],
    ['a parent that is none', (tracer) => tracer.startSpan('x', {}, trace.setSpan(ROOT, hostile))],
    ['a value', (_, span) => span.setAttribute('a', hostile)],
    ['values', (_, span) => span.setAttributes(hostile)],
    ['a new name', (_, span) => span.updateName(hostile)],
    ['an event', (_, span) => span.addEvent(hostile, hostile)],
    ['a link', (_, span) => span.addLink(hostile).addLink({ context: hostile })],
    ['a status', (_, span) => span.setStatus(hostile)],
    ['an exception', (_, span) => span.recordException(hostile)],
    ['a time', (_, span) => span.addEvent('e', {}, [hostile, hostile])],
    ['an end', (_, span) => span.end(hostile)],
  ];
  for (const [what, give] of gifts) {
    it(`M3 ${what} that cannot be read costs that part only`, async () => {
      const { tracer, spans } = kept();
      const heard = listen();
      const span = tracer.startSpan('span', { attributes: { a: 1 } });
      give(tracer, span);
      span.end();
      const found = await spans();
      expect(found.some(({ attributes }) => 'a' in plain(attributes))).toBe(true);
      // What is left out is told; of an exception the event says it.
      if (!what.startsWith('no ') && what !== 'an exception') expect(heard).not.toEqual([]);
    });
  }

  it('M3 the scope of a tracer may have any attributes', () => {
    const { provider } = kept();
    const cycle: Record<string, unknown> = { big: 1n };
    const get = () => provider.getTracer('t', '1', { attributes: cycle as never });
    expect(get()).toBe(get());
    cycle['cycle'] = cycle;
    expect(() => get().startSpan('x').end()).not.toThrow();
  });

  it('M3 are said once per episode of drops', async () => {
    const { tracer } = kept({}, { maxQueueSize: 1, maxExportBatchSize: 1 });
    const heard = listen();
    for (let at = 0; at < 5; at += 1) tracer.startSpan('x').end();
    expect(heard.filter((line) => line.includes('dropped'))).toHaveLength(1);
  });
});
