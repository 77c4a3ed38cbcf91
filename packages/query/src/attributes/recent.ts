/**
 * Spans of a range a few at a time, newest first, until enough have been looked at: for lists that help people type, which
 * must come at once and may leave out what is rare and old.
 *
 * Never knows: what is read of the spans.
 */
import type { Statement } from '@clew/store';
import type { Ask } from '../ask.ts';
import type { TimeRange } from '../question.ts';
import { withSpans } from '../spans-range.ts';
import { firstWidth, windowsOf } from '../windows.ts';

/** Some 50 ms of reading one map on one core. */
const rowsReadMost = 300_000;

/** @param isEnough looked at after each window @returns true when the whole range was looked at */
export async function readRecent<Row>(
  { run }: Ask,
  range: TimeRange,
  statementOf: (window: TimeRange) => Statement,
  isEnough: (rows: readonly Row[]) => boolean,
): Promise<boolean> {
  const inhabited = await withSpans(run, range);
  if (inhabited === null) return true;
  let before = run.took().rowsRead;
  let left = rowsReadMost;
  for (const window of windowsOf(inhabited, { firstNs: firstWidth(inhabited) })) {
    const isDone = isEnough(await run.rows<Row>(statementOf(window)));
    const isLast = window.fromNs === inhabited.fromNs;
    const read = run.took().rowsRead - before;
    before += read;
    left -= read;
    // The next window is twice as long.
    if (isDone || 2 * read > left) return isLast && !isDone;
  }
  return true;
}
