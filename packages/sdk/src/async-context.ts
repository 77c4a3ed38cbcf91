/**
 * Carries the active context through asynchronous work: the API's ContextManager on one
 * AsyncLocalStorage. Never knows: what a context holds.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import type { Context, ContextManager } from '@opentelemetry/api';
import { emitterBinder } from './bind-emitter.ts';
import { ownContext, ROOT } from './context.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** One storage per process: each further one makes every `await` of Node 20 dearer. */
const storage = new AsyncLocalStorage<Context>();

const bindEmitter = emitterBinder(callIn);

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
    const entered = ownContext(context);
    if (thisArg === undefined && args.length === 0) {
      return storage.run(entered, fn as unknown as () => ReturnType<F>);
    }
    return storage.run(entered, Reflect.apply, fn, thisArg, args) as ReturnType<F>;
  }

  /** A function (keeping its `length`) or emitter whose callbacks run in `context`; else unchanged. */
  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) {
      return bindEmitter(target, context);
    }
    if (typeof target === 'function') {
      return bindFunction(context, target as unknown as AnyFunction) as unknown as T;
    }
    return target;
  }

  /**
   * Makes `context` active until the token is disposed of, as the API asks for since 1.10. For
   * callbacks that `with` cannot wrap; disposed of in another asynchronous execution, it sets that one's.
   */
  attach(context: Context): { dispose(): void } {
    const before = storage.getStore();
    storage.enterWith(ownContext(context));
    return { dispose: () => storage.enterWith(before ?? ROOT) };
  }

  enable(): this {
    return this;
  }

  disable(): this {
    storage.disable();
    return this;
  }
}

function callIn(context: Context, target: AnyFunction, self: unknown, args: unknown[]): unknown {
  // Not a closure: this runs for every listener of every request.
  return storage.run(context, Reflect.apply, target, self, args);
}

function bindFunction(context: Context, target: AnyFunction): AnyFunction {
  const bound = function (this: unknown, ...args: unknown[]): unknown {
    return callIn(context, target, this, args);
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
