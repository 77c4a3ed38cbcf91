/**
 * The statement about calls, errors and durations over time: `span_metrics` only, no span is read.
 *
 * Never knows: rates, quantiles.
 */
import type { Statement } from '@clew/store';
import type { RedFilter } from '../red.ts';
import { type Fragment, print, sql, string, strings, uint32 } from './fragment.ts';
import { startTime } from './scan.ts';

export function redStatement(tenant: string, filter: RedFilter): Statement {
  const { services, kinds, range, stepMinutes, byOperation } = filter;
  const name: Fragment = byOperation ? sql`name` : sql`''`;
  return print(sql`
    select
      service,
      ${name} as operation,
      toFloat64(toUnixTimestamp(toStartOfInterval(minute, toIntervalMinute(${uint32(stepMinutes)})))) * 1000 as startMs,
      toFloat64(sum(n)) as spans,
      toFloat64(sumIf(n, status = 'error')) as errors,
      sumMap([bucket], [toFloat64(n)]) as durations
    from span_metrics
    where tenant = ${string(tenant)}
      and has(${strings(services)}, service)
      and has(${strings(kinds)}, toString(kind))
      and minute >= toStartOfMinute(${startTime(range.fromNs)})
      and minute < ${startTime(range.toNs)}
    group by service, operation, startMs
    order by service, operation, startMs
  `);
}
