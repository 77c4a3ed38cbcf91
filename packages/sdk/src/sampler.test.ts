import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { hexOfWords, randomIds, randomWord, wordAt } from './ids.ts';
import { newTrace } from './local-trace.ts';
import { DROP, RECORD, SAMPLE, type Sampler } from './sampler.ts';
import { samplerFromEnv } from './sampler-env.ts';
import { alwaysOff, alwaysOn, alwaysRecord } from './samplers/always.ts';
import { parentBased } from './samplers/parent-based.ts';
import { traceIdRatio } from './samplers/ratio.ts';

function ask(sampler: Sampler, traceId: string, flags?: number, isRemote = true) {
  const parent = { traceId, spanId: 'b'.repeat(16), traceFlags: flags ?? 0, isRemote };
  const context = flags === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  return sampler.shouldSample(context, traceId, 'x', SpanKind.INTERNAL, {}, []).decision;
}
const anId = 'a'.repeat(32);

describe('samplers', () => {
  it('E5 describe themselves', () => {
    expect(String(alwaysOn)).toBe('AlwaysOnSampler');
    expect(String(alwaysOff)).toBe('AlwaysOffSampler');
    expect(String(traceIdRatio(0.5))).toBe('TraceIdRatioBased{0.5}');
    expect(String(parentBased({ root: alwaysOn }))).toContain('ParentBased{root=AlwaysOnSampler');
  });

  it('E6 pick by the id alone, and more with a higher ratio', () => {
    const ids = Array.from({ length: 4000 }, () => randomIds.generateTraceId());
    const picked = (ratio: number) =>
      new Set(ids.filter((id) => ask(traceIdRatio(ratio), id, 1) === SAMPLE));
    const [some, more] = [picked(0.1), picked(0.3)];
    expect(some.size).toBeGreaterThan(280);
    expect(some.size).toBeLessThan(540);
    expect([...some].every((id) => more.has(id))).toBe(true);
    expect(picked(0).size).toBe(0);
    expect(picked(1).size).toBe(4000);
  });

  it('E15 answer the same by words as by text', () => {
    const sampler = traceIdRatio(0.4);
    for (let at = 0; at < 500; at += 1) {
      const made = newTrace();
      expect(sampler.quick!(0, made)).toBe(ask(sampler, made.traceId));
    }
  });

  it('E7 follow the parent, each kind with its own delegate', () => {
    const sampler = parentBased({ root: alwaysOff });
    expect(ask(sampler, anId)).toBe(DROP);
    expect(ask(sampler, anId, 1)).toBe(SAMPLE);
    expect(ask(sampler, anId, 0)).toBe(DROP);
    expect(ask(sampler, anId, 1, false)).toBe(SAMPLE);
    const turned = parentBased({
      root: alwaysOn,
      remoteParentSampled: alwaysOff,
      remoteParentNotSampled: alwaysOn,
      localParentSampled: alwaysOff,
      localParentNotSampled: alwaysOn,
    });
    expect(ask(turned, anId, 1)).toBe(DROP);
    expect(ask(turned, anId, 0)).toBe(SAMPLE);
    expect(ask(turned, anId, 1, false)).toBe(DROP);
    expect(ask(turned, anId, 0, false)).toBe(SAMPLE);
  });

  it('E8 record what is dropped when told so', () => {
    expect(ask(alwaysRecord(alwaysOff), anId)).toBe(RECORD);
    expect(ask(alwaysRecord(alwaysOn), anId)).toBe(SAMPLE);
  });

  it('E4 L5 L6 come from the environment', () => {
    const from = (name?: string, arg?: string) =>
      String(samplerFromEnv({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg }));
    expect(from()).toContain('ParentBased{root=AlwaysOnSampler');
    expect(from('always_off')).toBe('AlwaysOffSampler');
    expect(from('traceidratio', '0.25')).toBe('TraceIdRatioBased{0.25}');
    expect(from('parentbased_traceidratio', 'x')).toContain('root=TraceIdRatioBased{1}');
    expect(from('nonsense')).toContain('ParentBased');
  });
});

describe('ids', () => {
  it('F1 are random, of full length and never zero', () => {
    const made = new Set(Array.from({ length: 5000 }, () => randomIds.generateSpanId()));
    expect(made.size).toBe(5000);
    for (const id of made) expect(id).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  });

  it('are the same as words and as text', () => {
    for (let at = 0; at < 100; at += 1) {
      const [high, low] = [randomWord(), randomWord()];
      const hex = hexOfWords(high, low);
      expect([wordAt(hex, 0), wordAt(hex, 8)]).toEqual([high, low]);
    }
  });
});
