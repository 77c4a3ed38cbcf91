/**
 * What a tool is: a name, words for the agent, a schema of what it takes, and a function from there to a report.
 *
 * Never knows: MCP; the server makes it of this.
 */
import type { Query, TimeRange } from '@clew/query';
import * as v from 'valibot';
import { rangeOf } from '../ask/range.ts';
import type { Fresh } from '../fresh.ts';
import { limits } from '../limits.ts';
import type { Report } from './report.ts';

export type ToolContext = {
  readonly query: Query;
  readonly fresh: Fresh;
  readonly nowMs: number;
  readonly hotWindowMs: number;
  readonly signal: AbortSignal;
};

export type Tool = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: v.GenericSchema<unknown, Record<string, unknown>>;
  /** @throws what `query` throws, and ApiError */
  readonly answer: (given: Record<string, unknown>, context: ToolContext) => Promise<Report>;
};

const tokensDefault = 4000;

/** Every tool takes it. */
export const maxTokens = v.optional(
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(300),
    v.maxValue(50_000),
    v.description('about how long the answer may be, in tokens'),
  ),
  tokensDefault,
);

export const from = v.optional(
  v.pipe(
    v.string(),
    v.maxLength(64),
    v.description('start: now-15m, 2026-01-31T12:00:00Z or epoch ms; default now-1h'),
  ),
  'now-1h',
);
export const to = v.optional(
  v.pipe(v.string(), v.maxLength(64), v.description('end; default now, and what is just ahead')),
);
export const traceql = (description: string) =>
  v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(limits.traceqlCharsMax),
    v.description(`${description}, in TraceQL`),
  );

/** Types a tool by its schema; the server has validated what `answer` is given. */
export function tool<Schema extends v.GenericSchema<unknown, Record<string, unknown>>>(
  spec: Omit<Tool, 'input' | 'answer'> & {
    readonly input: Schema;
    readonly answer: (given: v.InferOutput<Schema>, context: ToolContext) => Promise<Report>;
  },
): Tool {
  return spec as unknown as Tool;
}

/** @throws ApiError `bad-parameter` */
export function rangeIn(
  given: { readonly from?: string | undefined; readonly to?: string | undefined },
  { nowMs, hotWindowMs }: ToolContext,
): TimeRange {
  return rangeOf(given, { nowMs, hotWindowMs });
}
