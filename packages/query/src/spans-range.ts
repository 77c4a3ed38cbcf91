/**
 * The part of a time range in which there may be spans, for walks that would else look for them statement by statement.
 *
 * Never knows: what is looked for.
 */
import type { TimeRange } from './question.ts';
import type { Run } from './run.ts';
import { spanTimesStatement } from './sql/scan.ts';

/** @returns null when no span starts in the range */
export async function withSpans(
  run: Pick<Run, 'rows'>,
  range: TimeRange,
): Promise<TimeRange | null> {
  const [times] = await run.rows<{ firstNs: string; lastNs: string }>(spanTimesStatement(range));
  if (times === undefined) return null;
  const fromNs = later(range.fromNs, BigInt(times.firstNs));
  const toNs = earlier(range.toNs, BigInt(times.lastNs) + 1n);
  return fromNs < toNs ? { ...range, fromNs, toNs } : null;
}

const later = (one: bigint, other: bigint) => (one > other ? one : other);
const earlier = (one: bigint, other: bigint) => (one < other ? one : other);
