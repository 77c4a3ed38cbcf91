import { type Context, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept } from '../test/kept.ts';
import { SAMPLE, type Sampler } from './sampler.ts';

describe('a sampler', () => {
  it('B4 E1 is asked with the trace id, before there is a span id', async () => {
    const order: string[] = [];
    const questions: unknown[][] = [];
    const sampler: Sampler = {
      shouldSample(...question) {
        order.push('sampler');
        questions.push(question);
        return { decision: SAMPLE };
      },
      toString: () => 'Mine',
    };
    const idGenerator = {
      generateTraceId() {
        order.push('trace id');
        return 'a'.repeat(32);
      },
      generateSpanId() {
        order.push('span id');
        return 'b'.repeat(16);
      },
    };
    const { tracer } = kept({ sampler, idGenerator });
    const links = [{ context: { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 } }];
    tracer.startSpan('x', { kind: SpanKind.CLIENT, attributes: { a: 1 }, links }).end();
    expect(order).toEqual(['trace id', 'sampler', 'span id']);
    const [asked, traceId, ...rest] = questions[0]!;
    expect(trace.getSpan(asked as Context)).toBeUndefined();
    expect([traceId, ...rest]).toEqual(['a'.repeat(32), 'x', SpanKind.CLIENT, { a: 1 }, links]);
  });
});
