/** Spans that are not recorded, or not exported. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept } from '../test/kept.ts';
import { ObjectBatchProcessor } from './batch/foreign-exporter.ts';
import type { ReadableSpan, SpanProcessor } from './readable-span.ts';
import { RECORD } from './sampler.ts';
import { alwaysOff, alwaysRecord } from './samplers/always.ts';

const quiet: Pick<SpanProcessor, 'forceFlush' | 'shutdown'> = {
  async forceFlush() {},
  async shutdown() {},
};

describe('a span that is not sampled', () => {
  it('C17 keeps its context and answers itself', () => {
    const { tracer } = kept({ sampler: alwaysOff });
    const span = tracer.startSpan('x');
    const before = span.spanContext();
    const link = { context: before };
    expect(span.setAttribute('a', 1)).toBe(span);
    expect(span.setAttributes({}).addEvent('e').addLink(link).addLinks([link])).toBe(span);
    expect(span.setStatus({ code: 1 }).updateName('y')).toBe(span);
    span.recordException(new Error('x'));
    span.end();
    expect(span.spanContext()).toBe(before);
  });

  it('B14 children of what is not sampled here share its trace', () => {
    const { tracer } = kept({ sampler: alwaysOff });
    const root = tracer.startSpan('a');
    const child = tracer.startSpan('b', {}, trace.setSpan(ROOT_CONTEXT, root));
    expect(child.isRecording()).toBe(false);
    expect(child.spanContext().traceId).toBe(root.spanContext().traceId);
  });

  it('C16 G9 records for processors what is not to be exported', async () => {
    const seen: ReadableSpan[] = [];
    const exported: string[] = [];
    const objects = new ObjectBatchProcessor({
      export(spans, done) {
        exported.push(...spans.map(({ name }) => name));
        done({ code: 0 });
      },
      async shutdown() {},
    });
    const listener = {
      ...quiet,
      onStart() {},
      onEnd: (span: ReadableSpan) => void seen.push(span),
    };
    const { tracer, spans } = kept({
      sampler: alwaysRecord(alwaysOff),
      spanProcessors: [listener, objects],
    });
    const span = tracer.startSpan('x');
    expect(span.isRecording()).toBe(true);
    expect(span.spanContext().traceFlags & 1).toBe(0);
    span.setAttribute('a', 1).end();
    expect(seen[0]?.attributes).toEqual({ a: 1 });
    expect(await spans()).toEqual([]);
    expect(exported).toEqual([]);
    expect(alwaysRecord(alwaysOff).shouldSample(ROOT_CONTEXT, '', '', 0, {}, []).decision).toBe(
      RECORD,
    );
  });
});
