/**
 * Carries the active context through asynchronous work: the API's ContextManager on one
 * AsyncLocalStorage. Never knows: what a context holds.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import type { Context, ContextManager } from '@opentelemetry/api';
import { bindEmitter } from './bind-emitter.ts';
import { ROOT } from './context.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** One storage per process: each further one makes every `await` of Node 20 dearer. */
const storage = new AsyncLocalStorage<Context>();

class AsyncContext implements ContextManager {
  active(): Context {
    return storage.getStore() ?? ROOT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const entered = context ?? ROOT;
    if (thisArg === undefined && args.length === 0) {
      return storage.run(entered, fn as unknown as () => ReturnType<F>);
    }
    return storage.run(entered, () => fn.apply(thisArg, args));
  }

  /** A function (keeping its `length`) or emitter whose callbacks run in `context`; else unchanged. */
  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) {
      return bindEmitter(target, (listener) => bindFunction(context, listener as AnyFunction));
    }
    if (typeof target === 'function') {
      return bindFunction(context, target as unknown as AnyFunction) as unknown as T;
    }
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    storage.disable();
    return this;
  }
}

function bindFunction(context: Context, target: AnyFunction): AnyFunction {
  const bound = function (this: unknown, ...args: unknown[]): unknown {
    return storage.run(context, () => target.apply(this, args));
  };
  Object.defineProperty(bound, 'length', { value: target.length, configurable: true });
  return bound;
}

/** The one carrier of this process; `context.with` of the API ends here once it is registered. */
export const asyncContext: ContextManager = new AsyncContext();

/** The active context without the API's global look-up. */
export function activeContext(): Context {
  return storage.getStore() ?? ROOT;
}

/** Runs `fn` in `context`, straight on the storage. */
export function runIn<T>(context: Context, fn: () => T): T {
  return storage.run(context, fn);
}
/** Makes `context` active until the current asynchronous execution ends. */
export function enterContext(context: Context): void {
  storage.enterWith(context);
}
