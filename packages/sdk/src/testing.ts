/**
 * `@clew/sdk/testing`: traces as tests, for Vitest, Jest and node:test.
 *
 *     const spans = await collectSpans(() => placeOrder(cart));
 *     spans.hasShape(`
 *       POST /orders
 *         SELECT stock
 *         charge card
 *     `).hasNoErrors().hasNoRepeats();
 *
 * Never knows: which of them runs it; a failed assertion is an error that all of them print.
 */

export { type CollectOptions, collectSpans } from './testing/collect.ts';
export type { CollectedSpans, RepeatOptions } from './testing/collected-spans.ts';
export { spanMatchers } from './testing/matchers.ts';
export type { SpanMatch, TestSpan } from './testing/test-span.ts';
