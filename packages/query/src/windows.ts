/**
 * A time range cut into windows, newest first.
 *
 * A search for the newest rows walks them and stops when it has enough, so its cost follows how dense matches are, not
 * how long the range is. What was met so far says how wide the next has to be.
 *
 * Never knows: what is looked for.
 */
import type { TimeRange } from './question.ts';

const minuteNs = 60_000_000_000n;

/** The first width where `strideNs` is the time in which some spans start: minutes are what is read at once anyway. */
export function firstWidth({ strideNs }: { readonly strideNs: bigint }): bigint {
  return strideNs > minuteNs ? strideNs : minuteNs;
}

export type Pace = {
  readonly firstNs: bigint;
  /** How much the walk needs, and how much of it the windows so far have brought; absent where nobody counts. */
  readonly needs?: { readonly wanted: number; readonly met: () => number };
};

/**
 * Where nothing was met, windows widen fast: each costs a statement. Where nobody counts, or enough was met and yet more
 * is asked for, they double.
 */
const growth = { blind: 8n, uncounted: 2n };
/** Above what the density met so far says is needed, in hundredths: falling just short costs another statement. */
const marginHundredths = 150n;

/** Windows without gaps or overlaps that together are the range. Borders of those wider than a minute are whole minutes. */
export function* windowsOf(
  range: TimeRange,
  pace: Pace = { firstNs: minuteNs },
): Generator<TimeRange> {
  let toNs = range.toNs;
  let widthNs = pace.firstNs;
  while (toNs > range.fromNs) {
    const border = borderOf(toNs, widthNs);
    const fromNs = border > range.fromNs ? border : range.fromNs;
    yield { fromNs, toNs };
    toNs = fromNs;
    widthNs = nextWidth(
      widthNs,
      { walkedNs: range.toNs - toNs, leftNs: toNs - range.fromNs },
      pace,
    );
  }
}

/** Minutes are what the primary key is made of. */
function borderOf(toNs: bigint, widthNs: bigint): bigint {
  return widthNs < minuteNs ? toNs - widthNs : ((toNs - widthNs) / minuteNs) * minuteNs;
}

type Walk = { readonly walkedNs: bigint; readonly leftNs: bigint };

function nextWidth(widthNs: bigint, { walkedNs, leftNs }: Walk, { firstNs, needs }: Pace): bigint {
  if (needs === undefined) return widthNs * growth.uncounted;
  const widest = widthNs * growth.blind;
  const [count, wanted] = [needs.met(), needs.wanted];
  // What would be left for one more window is taken with this one.
  if (count === 0) return leftNs < 3n * widest ? leftNs : widest;
  if (count >= wanted) return widthNs * growth.uncounted;
  const needed = (walkedNs * BigInt(wanted - count) * marginHundredths) / (100n * BigInt(count));
  if (needed < firstNs) return firstNs;
  return needed < widest ? needed : widest;
}
