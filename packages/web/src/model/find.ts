/**
 * Find inside a trace: words against service and operation, or the beginning of a span id.
 *
 * Each word is looked up once per dictionary entry, not once per span, so 100,000 spans cost one pass of lookups.
 * Attributes are not here: they stay on the server.
 *
 * Never knows: what the page does with matches.
 */
import { type Bitset, createBitset, hasBit, setBit } from './bitset.ts';
import { findSpanId, type TraceStore } from './trace-store.ts';

export interface Matches {
  /** Positions in depth-first order. */
  readonly spans: Int32Array;
  readonly bits: Bitset;
}

/** Spans whose "service operation" contains every word of the text, case aside; null when there is no text. */
export function findSpans(store: TraceStore, text: string): Matches | null {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return null;
  }
  const byId = words.length === 1 ? findSpanId(store, words[0]!) : -1;
  const bits = createBitset(store.spans);
  const found: number[] = [];
  const tests = words.map((word) => ({
    services: store.services.map(({ name }) => name.toLowerCase().includes(word)),
    names: store.names.map((name) => name.toLowerCase().includes(word)),
  }));
  for (let span = 0; span < store.spans; span++) {
    const hit = tests.every(
      ({ services, names }) => services[store.service[span]!]! || names[store.name[span]!]!,
    );
    if (hit || span === byId) {
      setBit(bits, span);
      found.push(span);
    }
  }
  return { spans: Int32Array.from(found), bits };
}

/** The matches with all their ancestors: what stays when everything else is hidden. */
export function withAncestors(store: TraceStore, { spans }: Matches): Bitset {
  const keep = createBitset(store.spans);
  for (const match of spans) {
    for (let span = match; span >= 0 && !hasBit(keep, span); span = store.parent[span]!) {
      setBit(keep, span);
    }
  }
  return keep;
}

/** The next entry after `from` in a sorted list, wrapping round; −1 for an empty list. */
export function nextIn(sorted: Int32Array, from: number, forward: boolean): number {
  if (sorted.length === 0) {
    return -1;
  }
  if (forward) {
    const next = sorted.find((span) => span > from);
    return next ?? sorted[0]!;
  }
  return sorted.findLast((span) => span < from) ?? sorted[sorted.length - 1]!;
}
