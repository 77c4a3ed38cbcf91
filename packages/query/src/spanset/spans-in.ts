/**
 * The spans of spansets as places in a list that is newest first.
 *
 * Never knows: what is shown of a span.
 */
import type { Place } from '../plan.ts';
import type { TimeRange } from '../question.ts';
import type { Evaluated } from './evaluate.ts';

export type SpanPlace = { readonly place: Place };

/** Each span once, however many spansets hold it; those that start in the range. */
export function spansIn({ trace, spansets }: Evaluated, range: TimeRange): readonly SpanPlace[] {
  const rows = new Set(spansets.flatMap((set) => set.rows));
  const all = [...rows].map((row) => ({ place: placeOf(trace, row) }));
  return all.filter(({ place }) => place.startNs >= range.fromNs && place.startNs < range.toNs);
}

export function placeOf(trace: Evaluated['trace'], row: number): Place {
  return { startNs: trace.startNs(row), traceId: trace.traceId, spanId: trace.spanId(row) };
}

/** True when `place` comes before `other` in the list: a later start, ties by the greater ids. */
export function isLater(place: Place, other: Place): boolean {
  if (place.startNs !== other.startNs) return place.startNs > other.startNs;
  if (place.traceId !== other.traceId) return place.traceId > other.traceId;
  return place.spanId > other.spanId;
}
