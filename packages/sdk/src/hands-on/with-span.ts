/**
 * Spans by hand: around a function, around a block, around every call of a function.
 *
 * They need the API only, so a library may use them whatever SDK its user runs.
 * Never knows: decorators.
 */

import {
  type Attributes,
  context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

type AnyFunction = (this: never, ...args: never[]) => unknown;

export interface SpanChoices<
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> {
  readonly name?: string;
  readonly kind?: SpanKind;
  /** Fixed, or computed from the arguments: nothing of them is recorded unless asked for. */
  readonly attributes?: Attributes | ((...args: Args) => Attributes);
  /** Attributes of what was answered. */
  readonly result?: (result: Result) => Attributes;
  readonly links?: Link[];
  /** Begins a new trace. */
  readonly root?: boolean;
  readonly tracer?: Tracer;
  /** Which errors make the span one of error; all when absent. */
  readonly isError?: (error: unknown) => boolean;
  readonly recordException?: boolean;
}

const TRACER = '@clew/sdk';

/**
 * Runs `fn` in a span that is active inside and ends with it, or with the promise that it answers.
 * The very answer of `fn` comes back; an error is recorded once and thrown on unchanged.
 */
export function withSpan<T>(name: string, fn: (span: Span) => T): T;
export function withSpan<T>(
  name: string,
  choices: SpanChoices<[], Awaited<T>>,
  fn: (span: Span) => T,
): T;
export function withSpan<T>(name: string, ...rest: unknown[]): T {
  const fn = rest.at(-1) as (span: Span) => T;
  const choices = (rest.length > 1 ? rest[0] : {}) as SpanChoices<[]>;
  return runSpan(name, choices as SpanChoices, [], fn);
}

/** The same function, each call of it in a span. Name, length and own properties stay. */
export function traced<F extends AnyFunction>(
  fn: F,
  choices: SpanChoices<Parameters<F>, Awaited<ReturnType<F>>> = {},
): F {
  const name = choices.name ?? (fn.name || 'anonymous');
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return runSpan(name, choices as unknown as SpanChoices, args, () =>
      Reflect.apply(fn, this, args as never[]),
    );
  };
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(fn));
  return wrapped as unknown as F;
}

/**
 * A span for `using`: it ends with the block. It is not active, for a block cannot be entered; use
 * `withSpan` for that. An error of the block is not seen here.
 */
export function startSpan(name: string, choices: SpanChoices<[]> = {}): Span & Disposable {
  const span = open(name, choices as SpanChoices, []);
  return Object.assign(span, { [Symbol.dispose]: () => span.end() });
}

/** What `withSpan`, `traced` and the decorators share. */
export function runSpan<T>(
  name: string,
  choices: SpanChoices,
  args: readonly unknown[],
  fn: (span: Span) => T,
): T {
  const span = open(name, choices, args);
  const active = trace.setSpan(context.active(), span);
  try {
    const answer = context.with(active, () => fn(span));
    return finish(span, active, choices, answer) as T;
  } catch (error) {
    fail(span, choices, error);
    throw error;
  }
}

function open(name: string, choices: SpanChoices, args: readonly unknown[]): Span {
  const { kind = SpanKind.INTERNAL, links, root, attributes: given } = choices;
  const attributes = typeof given === 'function' ? guarded(() => given(...args)) : given;
  const tracer = choices.tracer ?? trace.getTracer(TRACER);
  return tracer.startSpan(name, {
    kind,
    ...(attributes === undefined ? {} : { attributes }),
    ...(links === undefined ? {} : { links }),
    ...(root === undefined ? {} : { root }),
  });
}

function finish(
  span: Span,
  active: ReturnType<typeof context.active>,
  choices: SpanChoices,
  answer: unknown,
): unknown {
  // Only real promises: the `then` of a lazy query would run it.
  if (answer instanceof Promise) {
    answer.then(
      (value) => succeed(span, choices, value),
      (error) => fail(span, choices, error),
    );
    return answer;
  }
  if (isGenerator(answer)) return new TracedGenerator(answer, span, active, choices);
  succeed(span, choices, answer);
  return answer;
}

function succeed(span: Span, { result }: SpanChoices, value: unknown): void {
  const attributes = result === undefined ? undefined : guarded(() => result(value));
  if (attributes !== undefined) span.setAttributes(attributes);
  span.end();
}

/** Errors whose exception was recorded by an inner span already. */
const recorded = new WeakSet<object>();

function fail(span: Span, { isError, recordException }: SpanChoices, error: unknown): void {
  if (isError === undefined || guarded(() => isError(error)) !== false) {
    const isObject = typeof error === 'object' && error !== null;
    if (recordException !== false && !(isObject && recorded.has(error))) {
      span.recordException(error as Error);
      if (isObject) recorded.add(error);
    }
    const message = error instanceof Error ? error.message : String(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
  span.end();
}

/** What the application computes for us must not break what it does. */
function guarded<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

type AnyGenerator = Generator | AsyncGenerator;

function isGenerator(value: unknown): value is AnyGenerator {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]';
}

/** A generator whose steps run in the span, which ends with the last one. */
class TracedGenerator {
  readonly #inner: AnyGenerator;
  readonly #span: Span;
  readonly #active: ReturnType<typeof context.active>;
  readonly #choices: SpanChoices;

  constructor(
    inner: AnyGenerator,
    span: Span,
    active: ReturnType<typeof context.active>,
    choices: SpanChoices,
  ) {
    this.#inner = inner;
    this.#span = span;
    this.#active = active;
    this.#choices = choices;
  }

  next(...args: [] | [unknown]) {
    return this.#step(() => this.#inner.next(...args));
  }
  return(value?: unknown) {
    return this.#step(() => this.#inner.return(value));
  }
  throw(error: unknown) {
    return this.#step(() => this.#inner.throw(error));
  }
  [Symbol.iterator]() {
    return this;
  }
  [Symbol.asyncIterator]() {
    return this;
  }

  #step(step: () => IteratorResult<unknown> | Promise<IteratorResult<unknown>>) {
    try {
      const answer = context.with(this.#active, step);
      if (answer instanceof Promise) {
        answer.then(
          (result) => this.#seen(result),
          (error) => fail(this.#span, this.#choices, error),
        );
      } else this.#seen(answer);
      return answer;
    } catch (error) {
      fail(this.#span, this.#choices, error);
      throw error;
    }
  }

  #seen({ done, value }: IteratorResult<unknown>): void {
    if (done) succeed(this.#span, this.#choices, value);
  }
}
