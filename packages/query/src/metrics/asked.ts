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
  /** What was read, added to as it is. */
  readonly sources: Set<SeriesSource>;
};

/** The only step there is when the whole range is one. */
export const wholeSlot = 0;
