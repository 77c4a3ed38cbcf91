/**
 * The context: an immutable set of values that follows a request.
 *
 * The three values that tracing needs have fields of their own; the few of others are a chain that
 * contexts share. Contexts of the API's own class, which copies a map for each value, are accepted
 * everywhere. Never knows: how a context is carried.
 */

import { type Baggage, type Context, diag, ROOT_CONTEXT, type Span } from '@opentelemetry/api';

// The registered symbols that every copy of the API and of the stock SDK uses.
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');
const BAGGAGE = Symbol.for('OpenTelemetry Baggage Key');
const SUPPRESS = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** A value under a key of somebody else, before those that the context had already. */
interface Other {
  readonly key: symbol;
  readonly value: unknown;
  readonly next: Other | undefined;
}

export class SlotContext implements Context {
  declare readonly span: Span | undefined;
  declare readonly baggage: Baggage | undefined;
  declare readonly suppressed: boolean;
  declare readonly others: Other | undefined;

  constructor(
    span: Span | undefined,
    baggage: Baggage | undefined,
    suppressed: boolean,
    others: Other | undefined,
  ) {
    this.span = span;
    this.baggage = baggage;
    this.suppressed = suppressed;
    this.others = others;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.span;
    if (key === BAGGAGE) return this.baggage;
    if (key === SUPPRESS) return this.suppressed ? true : undefined;
    for (let other = this.others; other !== undefined; other = other.next) {
      if (other.key === key) return other.value;
    }
    return undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN) return this.withSpan(value as Span | undefined);
    const { span, baggage, suppressed, others } = this;
    if (key === BAGGAGE) return new SlotContext(span, value as Baggage, suppressed, others);
    if (key === SUPPRESS) return new SlotContext(span, baggage, value === true, others);
    return new SlotContext(span, baggage, suppressed, { key, value, next: without(others, key) });
  }

  deleteValue(key: symbol): Context {
    if (key === SPAN || key === BAGGAGE || key === SUPPRESS) return this.setValue(key, undefined);
    return new SlotContext(this.span, this.baggage, this.suppressed, without(this.others, key));
  }

  withSpan(span: Span | undefined): SlotContext {
    return new SlotContext(span, this.baggage, this.suppressed, this.others);
  }
}

/** The chain without a key, itself when it has none such: a key that is set again must not grow it. */
function without(others: Other | undefined, key: symbol): Other | undefined {
  let found = others;
  while (found !== undefined && found.key !== key) found = found.next;
  if (found === undefined) return others;
  let rest = found.next;
  for (let other = others!; other !== found; other = other.next!) {
    rest = { key: other.key, value: other.value, next: rest };
  }
  return rest;
}

/** The context outside of every request. */
export const ROOT = new SlotContext(undefined, undefined, false, undefined);

/**
 * Ours for the API's root, where instrumentations begin, so that what is set on it is cheap too; and for
 * what is no context at all. Others stay what they are.
 */
export function ownContext(context: Context | null | undefined): Context {
  if (context instanceof SlotContext) return context;
  if (context === ROOT_CONTEXT || context === undefined || context === null) return ROOT;
  if (typeof context.getValue === 'function') return context;
  diag.warn(`context: found ${typeof context} without values, wanted a context; the root is taken`);
  return ROOT;
}

export function spanOf(context: Context): Span | undefined {
  return context instanceof SlotContext
    ? context.span
    : (context.getValue(SPAN) as Span | undefined);
}

export function withSpanIn(context: Context, span: Span): Context {
  return context instanceof SlotContext ? context.withSpan(span) : context.setValue(SPAN, span);
}

/** Whether tracing is switched off in this context, as exporters do for their own requests. */
export function isSuppressed(context: Context): boolean {
  return context instanceof SlotContext ? context.suppressed : context.getValue(SUPPRESS) === true;
}

export function suppressed(context: Context): Context {
  return context.setValue(SUPPRESS, true);
}
