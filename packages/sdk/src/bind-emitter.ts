/**
 * Binds an event emitter to a context: listeners added from now on run in it.
 *
 * A server binds three emitters in every request, so an emitter gets no functions of its own: those
 * that add listeners are made once per class and find the context on the emitter. A bound listener
 * names the one that was given in its property `listener`, by which Node's own methods find, remove
 * and list it. Never knows: how a function is run in a context.
 *
 * Source: https://nodejs.org/api/events.html#emitterrawlistenerseventname
 */

import type { EventEmitter } from 'node:events';
import type { Context } from '@opentelemetry/api';

type Listener = (...args: unknown[]) => unknown;
/** Calls `listener` with `self` and `args` in `context`. */
type Call = (context: Context, listener: Listener, self: unknown, args: unknown[]) => unknown;
type Add = (this: Emitter, event: string | symbol, listener: Listener) => unknown;

const NAMES = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'] as const;
type Adders = Record<(typeof NAMES)[number], Add>;

const CONTEXT = Symbol('clew context');
const IS_BOUND = Symbol('clew bound');
type Emitter = Omit<EventEmitter, keyof Adders> & Adders & { [CONTEXT]?: Context };
/** Also what `once` of Node makes of a listener. */
type Wrapper = Listener & { listener?: Wrapper; [IS_BOUND]?: true };

interface Made {
  readonly originals: Adders;
  readonly bound: Adders;
}

/** What binds an emitter. A second call changes nothing: the first context stays, as in the stock SDK. */
export function emitterBinder(call: Call): <T extends EventEmitter>(given: T, in_: Context) => T {
  const made = new WeakMap<object, Made>();
  return (given, context) => {
    const emitter = given as unknown as Emitter;
    if (emitter[CONTEXT] !== undefined || !Object.isExtensible(emitter)) return given;
    const bound = addersOf(emitter, made, call);
    emitter[CONTEXT] = context;
    emitter.addListener = bound.addListener;
    emitter.on = bound.on;
    emitter.once = bound.once;
    emitter.prependListener = bound.prependListener;
    emitter.prependOnceListener = bound.prependOnceListener;
    return given;
  };
}

/** Those of the emitter's class; an emitter with methods of its own gets its own. */
function addersOf(emitter: Emitter, made: WeakMap<object, Made>, call: Call): Adders {
  const kind = Object.getPrototypeOf(emitter) as object;
  const known = made.get(kind);
  if (known !== undefined && NAMES.every((name) => emitter[name] === known.originals[name])) {
    return known.bound;
  }
  const originals = pick((name) => emitter[name]);
  const bound = pick((name) => adder(originals[name], call));
  if (!NAMES.some((name) => Object.hasOwn(emitter, name))) made.set(kind, { originals, bound });
  return bound;
}

function pick(of: (name: keyof Adders) => Add): Adders {
  return Object.fromEntries(NAMES.map((name) => [name, of(name)])) as Adders;
}

function adder(original: Add, call: Call): Add {
  return function (event, given) {
    const context = this[CONTEXT];
    if (context === undefined || typeof given !== 'function') {
      return original.call(this, event, given);
    }
    return original.call(this, event, boundOnce(given) ?? bind(given, context, call));
  };
}

/** `once` of Node calls `on` with a wrapper of what is bound already: it only takes the name over. */
function boundOnce(given: Wrapper): Wrapper | undefined {
  if (given.listener?.[IS_BOUND] !== true) return undefined;
  given.listener = given.listener.listener!;
  return given;
}

function bind(listener: Wrapper, context: Context, call: Call): Wrapper {
  const bound: Wrapper = function (this: unknown, ...args) {
    return call(context, listener, this, args);
  };
  bound.listener = listener;
  bound[IS_BOUND] = true;
  return bound;
}
