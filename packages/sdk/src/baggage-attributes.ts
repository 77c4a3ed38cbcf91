/**
 * Copies baggage to the attributes of every span that starts, for the names on a list.
 *
 * A list, because baggage comes from outside and may hold what must not be stored.
 * Never knows: how baggage travels.
 */

import { type Context, propagation, type Span } from '@opentelemetry/api';
import type { SpanProcessor } from './readable-span.ts';

/** `names` are exact, or prefixes when they end in `*`. The attributes have the names of the baggage. */
export function baggageAttributes(names: readonly string[]): SpanProcessor {
  const exact = new Set(names.filter((name) => !name.endsWith('*')));
  const prefixes = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  const isAllowed = (name: string) =>
    exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
  return {
    readsAtOnce: true,
    wantsStart: true,
    onStart(span: Span, parent: Context) {
      for (const [name, { value }] of propagation.getBaggage(parent)?.getAllEntries() ?? []) {
        if (isAllowed(name)) span.setAttribute(name, value);
      }
    },
    onEnd() {},
    async forceFlush() {},
    async shutdown() {},
  };
}
