/**
 * Binds an event emitter to a context: listeners added from now on run in it, and can be removed by
 * the function that was given. Never knows: which context, only how to bind a listener.
 */

import type { EventEmitter } from 'node:events';

type Listener = (...args: unknown[]) => void;
type Bind = (listener: Listener) => Listener;
type Patched = Record<string, (this: EventEmitter, ...args: unknown[]) => unknown>;
type Bound = Map<string | symbol, WeakMap<Listener, Listener>>;

const ADDERS = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'];
const BOUND = Symbol('clew bound listeners');

/** The same emitter. A second call changes nothing: the first context stays, as in the stock SDK. */
export function bindEmitter<T extends EventEmitter>(emitter: T, bind: Bind): T {
  const marked = emitter as T & { [BOUND]?: Bound };
  if (marked[BOUND] !== undefined) return emitter;
  const bound: Bound = new Map();
  Object.defineProperty(marked, BOUND, { value: bound });
  patchAdders(emitter, bound, bind);
  patchRemovers(emitter, bound);
  return emitter;
}

function patchAdders(emitter: EventEmitter, bound: Bound, bind: Bind): void {
  const methods = emitter as unknown as Patched;
  // `once` calls `on` with its own wrapper, which must not be bound a second time.
  let adding = false;
  for (const name of ADDERS) {
    const original = methods[name];
    if (original === undefined) continue;
    methods[name] = function (event, listener) {
      if (adding || typeof listener !== 'function') return original.call(this, event, listener);
      const listeners = bound.get(event as string) ?? new WeakMap<Listener, Listener>();
      // One wrapper per listener, so that one added twice can be removed twice.
      const wrapped = listeners.get(listener as Listener) ?? bind(listener as Listener);
      bound.set(event as string, listeners.set(listener as Listener, wrapped));
      adding = true;
      try {
        return original.call(this, event, wrapped);
      } finally {
        adding = false;
      }
    };
  }
}

function patchRemovers(emitter: EventEmitter, bound: Bound): void {
  const methods = emitter as unknown as Patched;
  for (const name of ['removeListener', 'off']) {
    const original = methods[name]!;
    methods[name] = function (event, listener) {
      const wrapped = bound.get(event as string)?.get(listener as Listener);
      return original.call(this, event, wrapped ?? listener);
    };
  }
  const removeAll = methods['removeAllListeners']!;
  methods['removeAllListeners'] = function (...events) {
    if (events.length === 0) bound.clear();
    else bound.delete(events[0] as string);
    return removeAll.apply(this, events);
  };
}
