/**
 * The part of a time range in which there may be spans, for walks that would else look for them statement by statement.
 *
 * Never knows: what is looked for.
 */
import type { TimeRange } from './question.ts';
import type { Run } from './run.ts';
import { spanHoursStatement } from './sql/scan.ts';

export type Inhabited = TimeRange & {
  /** How long it takes, in the newest hour, until as many spans have started as a statement reads at no cost to speak of. */
  readonly strideNs: bigint;
};

/** To read a column of them takes less than to start the statement that does, and to read their attributes not much more. */
const spansTogether = 50_000n;

/** @returns null when no span starts in the range */
export async function withSpans(
  run: Pick<Run, 'rows'>,
  range: TimeRange,
): Promise<Inhabited | null> {
  const hours = await run.rows<{ firstNs: string; lastNs: string; spans: string }>(
    spanHoursStatement(range),
  );
  const [newest, oldest] = [hours[0], hours.at(-1)];
  if (newest === undefined || oldest === undefined) return null;
  const lastNs = BigInt(newest.lastNs);
  const fromNs = later(range.fromNs, BigInt(oldest.firstNs));
  const toNs = earlier(range.toNs, lastNs + 1n);
  const strideNs = ((lastNs - BigInt(newest.firstNs)) * spansTogether) / BigInt(newest.spans);
  return fromNs < toNs ? { ...range, fromNs, toNs, strideNs } : null;
}

const later = (one: bigint, other: bigint) => (one > other ? one : other);
const earlier = (one: bigint, other: bigint) => (one < other ? one : other);
