/**
 * `@traced()` on methods, in the standard form and in the legacy one that NestJS still needs.
 *
 * Which form it is shows in the second argument: an object with a `kind`, or the name.
 * Never knows: how a span is made.
 */

import { runSpan, type SpanChoices, traced as tracedFunction } from './with-span.ts';

type Method = (this: never, ...args: never[]) => unknown;
type AnyChoices = SpanChoices<never[], never>;

/** Takes methods that can be called with what `attributes` wants to see; any method when it wants nothing. */
type Decorate<Args extends readonly unknown[] = never[]> = {
  <F extends (this: never, ...args: [...Args, ...never[]]) => unknown>(
    method: F,
    context:
      | ClassMethodDecoratorContext
      | ClassGetterDecoratorContext
      | ClassSetterDecoratorContext,
  ): F;
  <This, Value>(
    accessor: ClassAccessorDecoratorTarget<This, Value>,
    context: ClassAccessorDecoratorContext<This, Value>,
  ): ClassAccessorDecoratorResult<This, Value>;
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
};

/**
 * `@traced()`, `@traced('name')`, `@traced('name', { … })`, `@traced({ … })`, and `traced(fn)`.
 * Without a name the span is called `Class.method`.
 */
export function traced<F extends Method>(
  fn: F,
  choices?: SpanChoices<Parameters<F>, Awaited<ReturnType<F>>>,
): F;
export function traced<Args extends readonly unknown[] = never[], Result = never>(
  name?: string,
  choices?: SpanChoices<Args, Result>,
): Decorate<Args>;
export function traced<Args extends readonly unknown[] = never[], Result = never>(
  choices: SpanChoices<Args, Result>,
): Decorate<Args>;
export function traced(first?: string | AnyChoices | Method, second: AnyChoices = {}) {
  if (typeof first === 'function') return tracedFunction(first, second as never);
  const choices = typeof first === 'string' ? { ...second, name: first } : { ...first };
  return decorator(choices);
}

/** `@traceRoot()`: as `@traced()`, but each call begins a trace. */
export function traceRoot<Args extends readonly unknown[] = never[], Result = never>(
  name?: string,
  choices: SpanChoices<Args, Result> = {},
): Decorate<Args> {
  return decorator({ ...choices, ...(name === undefined ? {} : { name }), root: true });
}

function decorator<Args extends readonly unknown[], Result>(
  given: SpanChoices<Args, Result>,
): Decorate<Args> {
  // What was asked of the arguments holds: the decorator's type lets no other method in.
  const choices = given as unknown as SpanChoices;
  const decorate = (target: unknown, second: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (typeof second === 'object' && second !== null && 'kind' in second) {
      const { kind, name } = second as { kind: string; name: string | symbol };
      if (kind === 'accessor') return wrapPair(target as PropertyDescriptor, String(name), choices);
      if (typeof target === 'function' && kind !== 'class') {
        return wrap(target as Method, String(name), choices);
      }
      throw misplaced(kind, String(name));
    }
    const key = String(second);
    if (typeof descriptor?.value === 'function') {
      return { ...descriptor, value: wrap(descriptor.value as Method, key, choices) };
    }
    if (descriptor?.get === undefined && descriptor?.set === undefined) {
      throw misplaced('property', key);
    }
    return { ...descriptor, ...wrapPair(descriptor, key, choices) };
  };
  return decorate as Decorate<Args>;
}

const misplaced = (kind: string, name: string) =>
  new TypeError(`@traced found the ${kind} ${name}, wanted a method or an accessor`);

/** What is there of a getter and a setter. */
function wrapPair({ get, set }: PropertyDescriptor, key: string, choices: SpanChoices) {
  return {
    ...(get === undefined ? {} : { get: wrap(get as Method, key, choices) }),
    ...(set === undefined ? {} : { set: wrap(set as Method, key, choices) }),
  };
}

function wrap(method: Method, key: string, choices: SpanChoices): Method {
  // The class is not known before the first call; the class that defines a method stays its name.
  let name = choices.name;
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    name ??= `${classOf(this)}${key}`;
    return runSpan(name, choices, args, () => Reflect.apply(method, this, args as never[]));
  };
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(method));
  return wrapped as unknown as Method;
}

function classOf(self: unknown): string {
  const found = typeof self === 'function' ? self : (self as object | undefined)?.constructor;
  return found?.name ? `${found.name}.` : '';
}
