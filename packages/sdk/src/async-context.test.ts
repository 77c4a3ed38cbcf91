import { EventEmitter } from 'node:events';
import { createContextKey, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { activeContext, asyncContext } from './async-context.ts';
import { ROOT } from './context.ts';

const key = createContextKey('a key');
const one = ROOT.setValue(key, 1);
const value = () => activeContext().getValue(key);

describe('the context', () => {
  it('M1 is immutable', () => {
    const two = one.setValue(key, 2);
    expect([one.getValue(key), two.getValue(key)]).toEqual([1, 2]);
    expect(two.deleteValue(key).getValue(key)).toBeUndefined();
    const baggage = propagation.createBaggage({ a: { value: 'b' } });
    expect(propagation.getBaggage(propagation.setBaggage(two, baggage))).toBe(baggage);
  });

  it('M1 is active in a function and what it awaits, also one of the API', async () => {
    await asyncContext.with(one, async () => {
      await null;
      expect(value()).toBe(1);
      asyncContext.with(ROOT_CONTEXT, () => expect(value()).toBeUndefined());
    });
    expect(value()).toBeUndefined();
  });

  it('M2 binds functions, keeping this, arguments and length', () => {
    const self = { base: 10 };
    const bound = asyncContext.bind(one, function (this: typeof self, a: number, b: number) {
      return this.base + a + b + (value() as number);
    });
    expect(bound).toHaveLength(2);
    expect(bound.call(self, 1, 2)).toBe(14);
  });

  it('M2 binds emitters; listeners can be removed by what was given', () => {
    const emitter = asyncContext.bind(one, new EventEmitter());
    const seen: unknown[] = [];
    const listener = () => seen.push(value());
    emitter.on('a', listener);
    emitter.once('a', listener);
    emitter.emit('a');
    expect(seen).toEqual([1, 1]);
    emitter.off('a', listener);
    emitter.emit('a');
    expect(seen).toHaveLength(2);
    emitter.on('a', listener).removeAllListeners('a');
    expect(emitter.listenerCount('a')).toBe(0);
  });
});
