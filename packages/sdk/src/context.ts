/**
 * The context: an immutable set of values that follows a request.
 *
 * The three values that tracing needs have fields of their own; only foreign keys pay for a map.
 * Contexts of the API's own class are accepted everywhere. Never knows: how a context is carried.
 */

import type { Baggage, Context, Span } from '@opentelemetry/api';

// The registered symbols that every copy of the API and of the stock SDK uses.
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');
const BAGGAGE = Symbol.for('OpenTelemetry Baggage Key');
const SUPPRESS = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

type Others = ReadonlyMap<symbol, unknown> | undefined;

export class SlotContext implements Context {
  declare readonly span: Span | undefined;
  declare readonly baggage: Baggage | undefined;
  declare readonly suppressed: boolean;
  declare readonly others: Others;

  constructor(
    span: Span | undefined,
    baggage: Baggage | undefined,
    suppressed: boolean,
    others: Others,
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
    return this.others?.get(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN) return this.withSpan(value as Span | undefined);
    const { span, baggage, suppressed, others } = this;
    if (key === BAGGAGE) return new SlotContext(span, value as Baggage, suppressed, others);
    if (key === SUPPRESS) return new SlotContext(span, baggage, value === true, others);
    return new SlotContext(span, baggage, suppressed, new Map(others).set(key, value));
  }

  deleteValue(key: symbol): Context {
    if (key === SPAN || key === BAGGAGE || key === SUPPRESS) return this.setValue(key, undefined);
    const others = new Map(this.others);
    others.delete(key);
    return new SlotContext(this.span, this.baggage, this.suppressed, others);
  }

  withSpan(span: Span | undefined): SlotContext {
    return new SlotContext(span, this.baggage, this.suppressed, this.others);
  }
}

/** The context outside of every request. */
export const ROOT = new SlotContext(undefined, undefined, false, undefined);

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
