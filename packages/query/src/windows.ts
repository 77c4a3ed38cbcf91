/**
 * A time range cut into windows, newest first, each twice as wide as the one before.
 *
 * A search for the newest rows walks them and stops when it has enough, so its cost follows how dense matches are, not
 * how long the range is.
 *
 * Never knows: what is looked for.
 */
import type { TimeRange } from './question.ts';

const minuteNs = 60_000_000_000n;

/** The first window reaches back to the start of its minute; minutes are what the primary key is made of. */
const firstMinutes = 1n;

/** Windows without gaps or overlaps that together are the range. Inner borders are whole minutes. */
export function* windowsOf(range: TimeRange): Generator<TimeRange> {
  let toNs = range.toNs;
  for (let minutes = firstMinutes; toNs > range.fromNs; minutes *= 2n) {
    const border = ((toNs - 1n) / minuteNs) * minuteNs - (minutes - 1n) * minuteNs;
    const fromNs = border > range.fromNs ? border : range.fromNs;
    yield { fromNs, toNs };
    toNs = fromNs;
  }
}
