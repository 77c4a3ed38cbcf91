/**
 * Reads and writes the fields of a carrier, whatever the getter answers: text, lists, buffers.
 * Never knows: which fields exist.
 */

import {
  type Context,
  isSpanContextValid,
  type Span,
  type SpanContext,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { isSuppressed, ownContext, spanOf } from '../context.ts';

/** The one value of a field; a field that was given several times has none. */
export function single<C>(getter: TextMapGetter<C>, carrier: C, key: string): string | undefined {
  const values = all(getter, carrier, key);
  return values.length === 1 ? values[0]!.trim() : undefined;
}

export function all<C>(getter: TextMapGetter<C>, carrier: C, key: string): string[] {
  try {
    const found: unknown = getter.get(carrier, key);
    if (found === undefined || found === null) return [];
    return (Array.isArray(found) ? found : [found]).map(String);
  } catch {
    // A carrier of another kind than its getter expects carries nothing.
    return [];
  }
}

/** The span context to inject, or `undefined` when there is none or tracing is suppressed. */
export function outgoing(context: Context): SpanContext | undefined {
  if (isSuppressed(context)) return undefined;
  const found = (spanOf(context) as Span | undefined)?.spanContext();
  return found !== undefined && isSpanContextValid(found) ? found : undefined;
}

/** The context with a remote parent. */
export function incoming(context: Context, found: Omit<SpanContext, 'isRemote'>): Context {
  return trace.setSpanContext(ownContext(context), { ...found, isRemote: true });
}
