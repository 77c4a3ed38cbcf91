/**
 * One metrics question being answered: what all its parts share.
 *
 * Never knows: functions, stages.
 */
import type { Ask } from '../ask.ts';
import type { TimeRange } from '../question.ts';

/** What an answer was counted from: the counts kept per minute, single spans, or traces that were evaluated whole. */
export type SeriesSource = 'span_metrics' | 'spans' | 'traces';

/** What all parts of one metrics question share. */
export type MetricsAsk = {
  readonly ask: Ask;
  readonly range: TimeRange;
  /** Null: the whole range is one step, with the number 0. */
  readonly stepNs: bigint | null;
  readonly exemplarsMax: number;
  /** Whether counts kept per minute may answer. */
  readonly rollups: boolean;
  /** What was read, added to as it is. */
  readonly sources: Set<SeriesSource>;
  /** One span in this many was looked at where fewest were, raised as it is. */
  readonly sampling: { least: number };
};

/** The only step there is when the whole range is one. */
export const wholeSlot = 0;

export type Steps = { readonly numbers: readonly number[]; readonly seconds: number };

export function stepsOf({ range, stepNs }: MetricsAsk): Steps {
  if (stepNs === null) return { numbers: [wholeSlot], seconds: secondsIn(range) };
  const up = (timeNs: bigint) => Number((timeNs + stepNs - 1n) / stepNs);
  const [first, last] = [up(range.fromNs), up(range.toNs - 1n)];
  const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return { numbers, seconds: Number(stepNs) / 1e9 };
}

function secondsIn({ fromNs, toNs }: TimeRange): number {
  return Number(toNs - fromNs) / 1e9;
}
