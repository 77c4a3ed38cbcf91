import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { parseTraceState } from '../propagate/trace-state.ts';
import { DROP, SAMPLE } from '../sampler.ts';
import {
  type ComposableSampler,
  composableAlwaysOff,
  composableAlwaysOn,
  composableAnnotating,
  composableParentThreshold,
  composableProbability,
  composableRules,
  compositeSampler,
} from './composite.ts';
import { adjustedCount } from './ot-state.ts';

const high = `c${'0'.repeat(13)}`;

/** Decision, trace state and attributes for a child of a parent with this state and flag. */
function ask(inner: ComposableSampler, state?: string, flags = 1, random = high) {
  const traceId = `${'a'.repeat(18)}${random}`;
  const traceState = parseTraceState(state ?? '');
  const parent = {
    traceId,
    spanId: 'b'.repeat(16),
    traceFlags: flags,
    ...(traceState && { traceState }),
  };
  const context = state === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const sampler = compositeSampler(inner);
  const answer = sampler.shouldSample(context, traceId, 'x', SpanKind.SERVER, { a: 1 }, []);
  return [answer.decision, answer.traceState?.serialize(), answer.attributes];
}

describe('the composite sampler', () => {
  it('E10 samples all, none, or a share, and says the threshold', () => {
    expect(ask(composableAlwaysOn)).toEqual([SAMPLE, 'ot=th:0', undefined]);
    expect(ask(composableAlwaysOff)).toEqual([DROP, '', undefined]);
    expect(ask(composableProbability(0.25))).toEqual([SAMPLE, 'ot=th:c', undefined]);
    expect(ask(composableProbability(0.125))).toEqual([DROP, '', undefined]);
    expect(ask(composableProbability(0))).toEqual([DROP, '', undefined]);
  });

  it('E10 goes on with the threshold of the parent, or with its flag without counting by it', () => {
    const follow = composableParentThreshold(composableProbability(0.25));
    expect(ask(follow)[1]).toBe('ot=th:c');
    expect(ask(follow, 'ot=th:8;x:1')[1]).toBe('ot=th:8;x:1');
    expect(ask(follow, 'ot=th:d')[0]).toBe(DROP);
    expect(ask(follow, 'ot=x:1', 1)).toEqual([SAMPLE, 'ot=x:1', undefined]);
    expect(ask(follow, 'ot=x:1', 0)).toEqual([DROP, 'ot=x:1', undefined]);
  });

  it('E10 takes the first rule that holds, and annotates', () => {
    const rules = composableRules([
      { when: ({ name }) => name === 'y', use: composableAlwaysOff },
      {
        when: ({ attributes }) => attributes['a'] === 1,
        use: composableAnnotating(composableAlwaysOn, { rule: 'a' }),
      },
    ]);
    expect(ask(rules)).toEqual([SAMPLE, 'ot=th:0', { rule: 'a' }]);
    expect(ask(composableRules([]))[0]).toBe(DROP);
    expect(String(compositeSampler(rules))).toMatch(/^CompositeSampler\{ComposableRuleBased/);
  });

  it('E10 delegates change the trace state, but not ot', () => {
    const inner: ComposableSampler = {
      intent: () => ({
        ...composableProbability(0.25).intent({} as never),
        traceState: () => parseTraceState('ot=th:1,b=2'),
      }),
    };
    expect(ask(inner, 'a=1')[1]).toBe('ot=th:c,b=2');
  });

  it('E12 tells how many spans one stands for', () => {
    expect(adjustedCount(parseTraceState('ot=th:c'))).toBe(4);
    expect(adjustedCount(parseTraceState('ot=th:0'))).toBe(1);
    expect(adjustedCount(parseTraceState('ot=th:zz'))).toBe(1);
    expect(adjustedCount(undefined)).toBe(1);
  });
});
