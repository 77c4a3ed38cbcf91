import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { type Context, createContextKey, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { activeContext, asyncContext } from './async-context.ts';
import { ownContext, ROOT } from './context.ts';

const key = createContextKey('a key');
const one = ROOT.setValue(key, 1);
/** The API has it from 1.10 on. */
const { attach } = asyncContext as unknown as { attach(context: Context): { dispose(): void } };
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

  it('M1 is attached until its token is disposed of', async () => {
    await asyncContext.with(one, async () => {
      const token = attach(ROOT.setValue(key, 2));
      await null;
      expect(value()).toBe(2);
      token.dispose();
      expect(value()).toBe(1);
    });
    expect(value()).toBeUndefined();
  });

  it('keeps one value of a key that is set again and again', () => {
    const other = createContextKey('another key');
    let context = one.setValue(other, 'other');
    for (let at = 0; at < 100; at += 1) context = context.setValue(key, at);
    expect([context.getValue(key), context.getValue(other)]).toEqual([99, 'other']);
    expect(context.deleteValue(key).getValue(key)).toBeUndefined();
    expect(context.deleteValue(key).getValue(other)).toBe('other');
  });

  it('M1 goes on from the root of the API as from its own', () => {
    expect(ownContext(ROOT_CONTEXT)).toBe(ROOT);
    expect(ownContext(one)).toBe(one);
  });
});

describe('a bound emitter', () => {
  const bound = <T extends EventEmitter>(emitter: T, context = one) =>
    asyncContext.bind(context, emitter);

  it('M2 calls its listeners in the context; they are removed by what was given', () => {
    const emitter = bound(new EventEmitter());
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

  const adders = ['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const;
  for (const add of adders) {
    it(`M2 ${add} adds one that Node finds, lists and removes`, () => {
      const emitter = bound(new EventEmitter());
      const seen: unknown[] = [];
      const told: unknown[] = [];
      const listener = function (this: unknown, ...args: unknown[]) {
        seen.push(this === emitter, value(), ...args);
      };
      emitter.on('newListener', (_, given) => told.push(given));
      emitter.on('removeListener', (_, given) => told.push(given));
      told.length = 0;
      emitter[add]('a', listener);
      emitter[add]('a', listener);
      expect(emitter.listeners('a')).toEqual([listener, listener]);
      expect(emitter.listenerCount('a', listener)).toBe(2);
      emitter.removeListener('a', listener);
      emitter.emit('a', 'x', 'y');
      expect(seen).toEqual([true, 1, 'x', 'y']);
      emitter.off('a', listener);
      emitter.emit('a');
      expect(seen).toHaveLength(4);
      expect(told).toEqual([listener, listener, listener, listener]);
    });
  }

  it('M2 keeps the order of listeners, and what was added before it was bound', () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    const before = () => seen.push(['before', value()]);
    emitter.on('a', before);
    bound(emitter).prependOnceListener('a', () => seen.push(['first', value()]));
    emitter.emit('a');
    emitter.off('a', before).emit('a');
    expect(seen).toEqual([
      ['first', 1],
      ['before', undefined],
    ]);
  });

  it('M2 has its own context beside others of its class; the first one stays', () => {
    const seen: unknown[] = [];
    const emitters = [one, one.setValue(key, 2)].map((context) => bound(new Readable(), context));
    for (const emitter of emitters) {
      bound(emitter, ROOT).on('a', () => seen.push(value()));
      emitter.emit('a');
    }
    expect(seen).toEqual([1, 2]);
  });

  it('M2 stays bound when a framework gives it another prototype, and keeps methods of its own', () => {
    const seen: unknown[] = [];
    const emitter = bound(new EventEmitter());
    Object.setPrototypeOf(emitter, Object.create(EventEmitter.prototype));
    emitter.on('a', () => seen.push(value())).emit('a');
    const own = new EventEmitter();
    const { on } = own;
    own.on = (event, listener) => {
      seen.push('own');
      return on.call(own, event, listener);
    };
    bound(own)
      .once('a', () => seen.push(value()))
      .emit('a');
    expect(seen).toEqual([1, 'own', 1]);
    expect(() => bound(Object.freeze(new EventEmitter()))).not.toThrow();
  });
});
