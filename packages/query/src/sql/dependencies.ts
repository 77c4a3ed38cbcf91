/**
 * Statements about calls between services: spans joined with their parents.
 *
 * Never knows: why a sampling was chosen.
 */
import type { Statement } from '@clew/store';
import type { TimeRange } from '../question.ts';
import { and, type Fragment, print, sql, string, uint32 } from './fragment.ts';
import { startsWithin, startTime } from './scan.ts';

export type DependenciesRead = {
  readonly tenant: string;
  /** When the called span starts. */
  readonly range: TimeRange;
  /** When the calling span may start. */
  readonly parents: TimeRange;
  /** One whole trace in this many is read. */
  readonly sampling: number;
  readonly limit: number;
};

/** How many spans there are in the minutes of a range, without reading any. */
export function spanCountStatement(tenant: string, range: TimeRange): Statement {
  return print(sql`
    select toFloat64(sum(n)) as spans
    from span_metrics
    where tenant = ${string(tenant)}
      and minute >= toStartOfMinute(${startTime(range.fromNs)})
      and minute < ${startTime(range.toNs)}
  `);
}

/**
 * One row per pair of services. `any left`: a parent that was sent twice is one parent (`any inner` would also keep only
 * one child of each); a child without its parent has span id 0 there. `global`: on a cluster the parents are read once,
 * not once per shard.
 */
export function dependenciesStatement(read: DependenciesRead): Statement {
  const { tenant, sampling } = read;
  return print(sql`
    select
      calling.service as parent,
      called.service as child,
      toFloat64(uniqExact(called.trace_id, called.span_id)) * ${uint32(sampling)} as calls,
      toFloat64(uniqExactIf((called.trace_id, called.span_id), called.status = 'error')) * ${uint32(sampling)} as errors
    from (
      select trace_id, span_id, parent_span_id, service, status
      from spans
      where ${sampled(tenant, read.range, sampling)}
        and parent_span_id != 0
    ) as called
    global any left join (
      select trace_id, span_id, service
      from spans
      where ${sampled(tenant, read.parents, sampling)}
    ) as calling on called.trace_id = calling.trace_id and called.parent_span_id = calling.span_id
    where calling.span_id != 0
      and parent != child
    group by parent, child
    order by calls desc, parent, child
    limit ${uint32(read.limit)}
  `);
}

function sampled(tenant: string, range: TimeRange, sampling: number): Fragment {
  const all = [sql`tenant = ${string(tenant)}`, ...startsWithin(range)];
  const picked = sql`sipHash64(trace_id) % ${uint32(sampling)} = 0`;
  return and(sampling === 1 ? all : [...all, picked]);
}
