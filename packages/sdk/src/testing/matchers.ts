/**
 * The claims as matchers: `expect.extend(spanMatchers)` in Vitest and Jest.
 * Never knows: which of the two.
 */

import { CollectedSpans, type RepeatOptions } from './collected-spans.ts';
import type { SpanMatch } from './test-span.ts';

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

function claim(received: unknown, check: (spans: CollectedSpans) => void): Verdict {
  if (!(received instanceof CollectedSpans)) {
    return { pass: false, message: () => 'wanted what collectSpans answers' };
  }
  try {
    check(received);
    return { pass: true, message: () => `wanted the contrary of:\n${received.shape()}` };
  } catch (error) {
    return { pass: false, message: () => (error as Error).message };
  }
}

export const spanMatchers = {
  toHaveSpan: (spans: unknown, match: SpanMatch, count?: number) =>
    claim(spans, (all) => all.has(match, count)),
  toHaveShape: (spans: unknown, wanted: string) => claim(spans, (all) => all.hasShape(wanted)),
  toHaveNoErrors: (spans: unknown) => claim(spans, (all) => all.hasNoErrors()),
  toHaveNoRepeats: (spans: unknown, options?: RepeatOptions) =>
    claim(spans, (all) => all.hasNoRepeats(options)),
  toBeWithin: (spans: unknown, match: SpanMatch, ms: number) =>
    claim(spans, (all) => all.isWithin(match, ms)),
};
