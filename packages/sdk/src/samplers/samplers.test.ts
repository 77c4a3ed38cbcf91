import { type Attributes, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { parseTraceState } from '../propagate/trace-state.ts';
import { DROP, SAMPLE, type Sampler } from '../sampler.ts';
import { alwaysOff, alwaysOn } from './always.ts';
import { probability } from './probability.ts';
import { rateLimit } from './rate-limit.ts';
import { ruleBased } from './rules.ts';

function ask(sampler: Sampler, random: string, state?: string, attributes: Attributes = {}) {
  const traceId = `${'a'.repeat(18)}${random}`;
  const traceState = parseTraceState(state ?? '');
  const parent = {
    traceId,
    spanId: 'b'.repeat(16),
    traceFlags: 3,
    ...(traceState && { traceState }),
  };
  const context = trace.setSpanContext(ROOT_CONTEXT, parent);
  const answer = sampler.shouldSample(context, traceId, 'x', SpanKind.SERVER, attributes, []);
  return [answer.decision, answer.traceState?.serialize()];
}
const low = `3${'f'.repeat(13)}`;
const high = `c${'0'.repeat(13)}`;

describe('the probability sampler', () => {
  it('E9 E11 compares the last 56 bits with the threshold and says it', () => {
    expect(ask(probability(0.25), high)).toEqual([SAMPLE, 'ot=th:c']);
    expect(ask(probability(0.25), low)).toEqual([DROP, '']);
    expect(ask(probability(1), '0'.repeat(14))).toEqual([SAMPLE, 'ot=th:0']);
    expect(ask(probability(0.5), '8'.padEnd(14, '0'))).toEqual([SAMPLE, 'ot=th:8']);
  });

  it('E11 prefers rv, keeps it and unknown keys, and other members', () => {
    const state = `ot=rv:${high};x:1,a=1`;
    expect(ask(probability(0.25), low, state)).toEqual([SAMPLE, `ot=rv:${high};x:1;th:c,a=1`]);
    expect(ask(probability(0.25), high, `ot=rv:${low};th:0`)).toEqual([DROP, `ot=rv:${low}`]);
  });
});

describe('our own samplers', () => {
  it('E14 limit the rate', () => {
    let nowMs = 0;
    const sampler = rateLimit(2, () => nowMs);
    const take = () => ask(sampler, low)[0];
    expect([take(), take(), take()]).toEqual([SAMPLE, SAMPLE, DROP]);
    nowMs = 500;
    expect([take(), take()]).toEqual([SAMPLE, DROP]);
  });

  it('E14 follow rules by name, kind, route and attribute', () => {
    const sampler = ruleBased([
      { route: /^\/health/, sampler: alwaysOff },
      { kind: SpanKind.CLIENT, sampler: alwaysOff },
      { name: 'x', attributes: { tier: 'free' }, sampler: alwaysOff },
    ]);
    expect(ask(sampler, low, '', { 'url.path': '/healthz' })[0]).toBe(DROP);
    expect(ask(sampler, low, '', { tier: 'free' })[0]).toBe(DROP);
    expect(ask(sampler, low, '', { tier: 'gold' })[0]).toBe(SAMPLE);
    expect(ask(ruleBased([], alwaysOn), low)[0]).toBe(SAMPLE);
  });
});
