/**
 * `from` and `to` of a URL → the time range of a question.
 *
 * Never knows: the wall clock, which is handed in.
 */
import type { TimeRange } from '@clew/query';
import { ApiError } from '../errors.ts';
import { parseTimeNs, timeForm } from './time.ts';

export type Clock = { readonly nowMs: number; readonly hotWindowMs: number };

const hourMs = 60 * 60 * 1000;
const msNs = 1_000_000n;

/**
 * What is left out reaches as far as spans do: back to the hot window's edge, and an hour ahead,
 * the most that a sender's clock may be wrong. @throws ApiError `bad-parameter`.
 */
export function rangeOf(
  given: { readonly from?: string | undefined; readonly to?: string | undefined },
  { nowMs, hotWindowMs }: Clock,
): TimeRange {
  const toNs = pointOf('to', given.to, nowMs, nowMs + hourMs);
  const fromNs = pointOf('from', given.from, nowMs, nowMs - hotWindowMs);
  return { fromNs, toNs };
}

function pointOf(
  parameter: string,
  found: string | undefined,
  nowMs: number,
  otherwiseMs: number,
): bigint {
  if (found === undefined) return BigInt(Math.floor(otherwiseMs)) * msNs;
  const ns = parseTimeNs(found, nowMs);
  if (ns !== undefined) return ns;
  throw new ApiError('bad-parameter', {
    parameter,
    found: JSON.stringify(found),
    wanted: timeForm,
  });
}
