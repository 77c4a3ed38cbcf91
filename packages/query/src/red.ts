/**
 * Calls, errors and durations of services over time, from the counts kept per minute.   before: query.ts   after: sql/red.ts
 *
 * Never knows: spans, SQL, or how a face computes rates and quantiles of the counts.
 */
import type { KindName } from '@clew/traceql';
import type { Ask } from './ask.ts';
import { QuestionError } from './errors.ts';
import type { TimeRange } from './question.ts';
import { redStatement } from './sql/red.ts';

export type RedFilter = {
  readonly services: readonly string[];
  /** Spans of these kinds are counted. */
  readonly kinds: readonly KindName[];
  readonly range: TimeRange;
  /** Width of a step; whole minutes, because that is how counts are kept. */
  readonly stepMinutes: number;
  /** A row per operation, or one for the whole service. */
  readonly byOperation: boolean;
};

/** What was counted of one service (and operation) in one step. Steps in which nothing was counted have no row. */
export type RedStep = {
  readonly service: string;
  /** Empty when operations are not told apart. */
  readonly name: string;
  /** Start of the step. */
  readonly startMs: number;
  readonly spans: number;
  readonly errors: number;
  readonly durations: DurationCounts;
};

/** Bucket → spans, in step with each other; the durations of bucket b lie between 2^(b/8) and 2^((b+1)/8) ns. */
export type DurationCounts = readonly [buckets: readonly number[], spans: readonly number[]];

type RedRow = Omit<RedStep, 'name'> & { readonly operation: string };

/** In order of service, operation and time. @throws QuestionError `bad-step` */
export async function readRed(ask: Ask, filter: RedFilter): Promise<readonly RedStep[]> {
  const { services, kinds, stepMinutes } = filter;
  if (services.length === 0 || kinds.length === 0) return [];
  if (!Number.isInteger(stepMinutes) || stepMinutes < 1) {
    throw new QuestionError('bad-step', { found: String(stepMinutes) });
  }
  const rows = await ask.run.rows<RedRow>(redStatement(ask.tenant, filter));
  return rows.map(({ operation, ...rest }) => ({ ...rest, name: operation }));
}
