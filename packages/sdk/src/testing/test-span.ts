/** A span as a test sees it, and how a test says which spans it means. Never knows: assertions. */

import type { Attributes, Link, SpanContext } from '@opentelemetry/api';
import type { TimedEvent } from '../readable-span.ts';

export interface TestSpan {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes: Attributes;
  readonly events: readonly TimedEvent[];
  readonly links: readonly Link[];
  readonly isError: boolean;
  /** The description of the error status. */
  readonly message: string | undefined;
  /** Milliseconds; so far, when it is still open. */
  readonly durationMs: number;
  /** Whether the span had not ended when the collecting ended. */
  readonly isOpen: boolean;
  /** The name of the instrumentation scope. */
  readonly scope: string;
  readonly context: SpanContext;
  readonly parent: TestSpan | undefined;
  /** By start. */
  readonly children: readonly TestSpan[];
}

/** A name, a pattern of names, or what has to fit; attributes given must be equal or match. */
export type SpanMatch =
  | string
  | RegExp
  | ((span: TestSpan) => boolean)
  | {
      readonly name?: string | RegExp;
      readonly kind?: TestSpan['kind'];
      readonly isError?: boolean;
      readonly attributes?: Readonly<Record<string, unknown>>;
    };

export function matches(match: SpanMatch, span: TestSpan): boolean {
  if (typeof match === 'function') return match(span);
  if (typeof match === 'string' || match instanceof RegExp) return fits(match, span.name);
  const { name, kind, isError, attributes = {} } = match;
  return (
    (name === undefined || fits(name, span.name)) &&
    (kind === undefined || kind === span.kind) &&
    (isError === undefined || isError === span.isError) &&
    Object.entries(attributes).every(([key, wanted]) => fits(wanted, span.attributes[key]))
  );
}

function fits(wanted: unknown, found: unknown): boolean {
  if (wanted instanceof RegExp) {
    wanted.lastIndex = 0;
    return found !== undefined && wanted.test(String(found));
  }
  return typeof wanted === 'object'
    ? JSON.stringify(wanted) === JSON.stringify(found)
    : wanted === found;
}

/** A match in the words of a failure. */
export function describeMatch(match: SpanMatch): string {
  if (typeof match === 'string') return `"${match}"`;
  if (match instanceof RegExp) return String(match);
  if (typeof match === 'function') return 'the given condition';
  const show = (_: string, value: unknown) => (value instanceof RegExp ? String(value) : value);
  return JSON.stringify(match, show);
}
