import { bytesToHex } from '@clew/wire';
import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept, plain } from '../test/kept.ts';
import { activeContext } from './async-context.ts';
import { ROOT, suppressed } from './context.ts';
import { DROP, RECORD, SAMPLE, type Sampler } from './sampler.ts';
import { alwaysOff } from './samplers/always.ts';

const remote = (flags: number, traceState = createTraceState('a=1')): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: flags,
    isRemote: true,
    traceState,
  });

describe('a tracer', () => {
  it('A1 A7 exports the scope that it was asked for, with attributes and schema URL', async () => {
    const { provider, exporter, spans } = kept();
    const options = { schemaUrl: 'https://s', attributes: { a: 1 } };
    provider.getTracer('lib', '2', options).startSpan('x').end();
    await spans();
    const [scope] = exporter.traces()[0]!.resourceSpans[0]!.scopeSpans;
    expect(scope).toMatchObject({ schemaUrl: 'https://s', scope: { name: 'lib', version: '2' } });
    expect(plain(scope!.scope!.attributes)).toEqual({ a: 1n });
  });

  it('A2 works without a name', async () => {
    const { provider, spans } = kept();
    provider.getTracer('').startSpan('x').end();
    expect(await spans()).toHaveLength(1);
  });

  it('A3 hands processors that come later to tracers that exist', () => {
    const { provider, tracer } = kept();
    const ended: string[] = [];
    provider.addSpanProcessor({
      onStart: () => {},
      onEnd: ({ name }) => ended.push(name),
      forceFlush: async () => {},
      shutdown: async () => {},
    });
    tracer.startSpan('later').end();
    expect(ended).toEqual(['later']);
  });

  it('B1 makes a span active only when asked, and answers what the function answers', () => {
    const { tracer } = kept();
    tracer.startSpan('not active');
    expect(trace.getSpan(activeContext())).toBeUndefined();
    const answer = tracer.startActiveSpan('active', (span) => {
      expect(trace.getSpan(activeContext())).toBe(span);
      return 42;
    });
    expect(answer).toBe(42);
  });

  it('B1 stays active over await', async () => {
    const { tracer } = kept();
    await tracer.startActiveSpan('active', { kind: SpanKind.CLIENT }, ROOT, async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(trace.getSpan(activeContext())).toBe(span);
    });
  });

  it('B2 takes the parent from the context, and none when a root is wanted', async () => {
    const { tracer, spans } = kept();
    const parent = tracer.startSpan('parent');
    const context = trace.setSpan(ROOT, parent);
    const child = tracer.startSpan('child', {}, context);
    const root = tracer.startSpan('root', { root: true }, context);
    for (const span of [parent, child, root]) span.end();
    const [, c, r] = await spans();
    expect(bytesToHex(c!.parentSpanId)).toBe(parent.spanContext().spanId);
    expect(r!.parentSpanId).toHaveLength(0);
    expect(root.spanContext().traceId).not.toBe(parent.spanContext().traceId);
  });

  it('B3 takes kind, attributes, links and start time at creation', async () => {
    const { tracer, spans } = kept();
    const context = tracer.startSpan('linked').spanContext();
    const links = [{ context, attributes: { why: 'x' } }];
    const startTime: [number, number] = [1_700_000_000, 123_456_789];
    tracer
      .startSpan('x', { kind: SpanKind.SERVER, attributes: { a: 'b' }, links, startTime })
      .end([1_700_000_001, 1]);
    const [span] = await spans();
    expect(span!.kind).toBe(2);
    expect(plain(span!.attributes)).toEqual({ a: 'b' });
    expect(bytesToHex(span!.links[0]!.spanId)).toBe(context.spanId);
    expect(span!.startTimeUnixNano).toBe(1_700_000_000_123_456_789n);
    expect(span!.endTimeUnixNano).toBe(1_700_000_001_000_000_001n);
  });

  it('B6 B10 keeps trace id and trace state of a remote parent; children are not remote', async () => {
    const { tracer, spans } = kept();
    const span = tracer.startSpan('x', {}, remote(TraceFlags.SAMPLED));
    const context = span.spanContext();
    expect(context.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(context.traceState?.serialize()).toBe('a=1');
    expect(context.isRemote).toBeUndefined();
    span.end();
    const [sent] = await spans();
    expect(sent!.traceState).toBe('a=1');
    expect(sent!.flags).toBe(0x301);
  });

  it('B7 never samples without recording', () => {
    const { tracer } = kept({ sampler: alwaysOff });
    const span = tracer.startSpan('x');
    expect(span.isRecording()).toBe(false);
    expect(span.spanContext().traceFlags & 1).toBe(0);
  });

  it('B5 gives silent spans an id of their own', () => {
    const { tracer } = kept();
    const span = tracer.startSpan('x', {}, remote(0));
    expect(span.spanContext().spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(span.spanContext().spanId).not.toBe('b7ad6b7169203331');
    expect(span.spanContext()).toBe(span.spanContext());
  });

  it('B8 treats an invalid parent as none', () => {
    const { tracer } = kept();
    const traceId = '0'.repeat(32);
    const bad = { traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 };
    const span = tracer.startSpan('x', {}, trace.setSpanContext(ROOT_CONTEXT, bad));
    expect(span.spanContext().traceId).not.toBe(traceId);
  });

  it('B9 shows ids as lower-case hex, the same for the life of the span', () => {
    const { tracer } = kept();
    const span = tracer.startSpan('x');
    const before = span.spanContext();
    expect(before.traceId).toMatch(/^[0-9a-f]{32}$/);
    span.end();
    expect(span.spanContext()).toEqual(before);
  });

  it('B11 records nothing in a suppressed context', () => {
    const { tracer } = kept();
    expect(tracer.startSpan('x', {}, suppressed(ROOT)).isRecording()).toBe(false);
  });

  it('B13 sets the random flag on roots and keeps that of the parent', () => {
    const { tracer } = kept();
    expect(tracer.startSpan('root').spanContext().traceFlags).toBe(3);
    expect(tracer.startSpan('x', {}, remote(1)).spanContext().traceFlags).toBe(1);
    expect(tracer.startSpan('x', {}, remote(3)).spanContext().traceFlags).toBe(3);
  });

  it('F2 takes ids of a foreign generator', () => {
    const idGenerator = {
      generateTraceId: () => 'a'.repeat(32),
      generateSpanId: () => 'b'.repeat(16),
    };
    const context = kept({ idGenerator }).tracer.startSpan('x').spanContext();
    expect(context).toMatchObject({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
    });
  });

  it('E2 E3 does what a foreign sampler says', async () => {
    const answers = [DROP, RECORD, SAMPLE] as const;
    let at = 0;
    const sampler: Sampler = {
      shouldSample: () => ({
        decision: answers[at++]!,
        attributes: { sampled: 'yes' },
        traceState: createTraceState('s=1'),
      }),
      toString: () => 'Turns',
    };
    const { tracer, spans } = kept({ sampler });
    const made = ['drop', 'record', 'sample'].map((name) => tracer.startSpan(name));
    expect(made.map((span) => span.isRecording())).toEqual([false, true, true]);
    expect(made.map((span) => span.spanContext().traceFlags & 1)).toEqual([0, 0, 1]);
    for (const span of made) span.end();
    const sent = await spans();
    expect(sent.map(({ name }) => name)).toEqual(['sample']);
    expect(sent[0]!.traceState).toBe('s=1');
    expect(plain(sent[0]!.attributes)).toEqual({ sampled: 'yes' });
  });

  it('A5 stops once: later tracers and spans do nothing', async () => {
    const { provider, exporter, tracer } = kept();
    await provider.shutdown();
    await provider.shutdown();
    expect(exporter.stops).toBe(1);
    expect(tracer.startSpan('x').isRecording()).toBe(false);
    expect(provider.getTracer('y').startSpan('x').isRecording()).toBe(false);
  });
});
