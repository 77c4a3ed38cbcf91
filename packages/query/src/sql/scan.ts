/**
 * Where to look: time ranges and trace ids as conditions that the keys and indexes of `spans` can use.
 *
 * Never knows: what is looked for.
 */
import type { Statement } from '@clew/store';
import type { TimeRange } from '../question.ts';
import { type Fragment, int64, print, sql, string, strings } from './fragment.ts';

/** Epoch nanoseconds as the type of `ts`. */
export function startTime(timeNs: bigint): Fragment {
  return sql`fromUnixTimestamp64Nano(${int64(timeNs)}, 'UTC')`;
}

/**
 * The hours of a range that have spans, newest first: when the first and the last start, and how many they are, of other
 * tenants too. Parts know their own first and last time and their number, so nothing is read, where looking for the newest minute of a tenant reads a granule of every part.
 */
export function spanHoursStatement({ fromNs, toNs }: TimeRange): Statement {
  const hour = (timeNs: bigint) => sql`toStartOfHour(${startTime(timeNs)})`;
  return print(sql`
    select
      toString(toUnixTimestamp64Nano(min(ts))) as firstNs,
      toString(toUnixTimestamp64Nano(max(ts))) as lastNs,
      toString(count()) as spans
    from spans
    where toStartOfHour(ts) between ${hour(fromNs)} and ${hour(toNs)}
    group by toStartOfHour(ts)
    order by toStartOfHour(ts) desc
  `);
}

/** Whole minutes, as the primary key has them: those of both ends and all between. */
export function minutesWithin(from: Fragment, to: Fragment): Fragment {
  return sql`toStartOfMinute(ts) between toStartOfMinute(${from}) and toStartOfMinute(${to})`;
}

/**
 * Starts from `fromNs` to before `toNs`. The minute is said as the primary key says it: the engine then skips granules
 * by key, and parts by partition.
 */
export function startsWithin(range: TimeRange): readonly Fragment[] {
  const from = startTime(range.fromNs);
  const to = startTime(range.toNs);
  return [minutesWithin(from, to), sql`ts >= ${from}`, sql`ts < ${to}`];
}

/** 32 hex digits as the type of `trace_id`. Without the cast to FixedString no index is used. */
export function traceIdBytes(traceId: string): Fragment {
  return sql`toFixedString(unhex(${string(traceId)}), 16)`;
}

/**
 * The spans of some traces, read from exactly the minutes in which they have spans, as `trace_ix` knows them.
 * `global`: on a cluster the set is made once, not once per shard.
 */
export function ofTraces(tenant: string, traceIds: readonly string[]): Fragment {
  const tenantIs = sql`tenant = ${string(tenant)}`;
  return sql`
    ${tenantIs}
      and (toStartOfMinute(ts), trace_id) global in (
        select
          toStartOfMinute(first) + toIntervalMinute(arrayJoin(range(
            toUInt32(dateDiff('minute', toStartOfMinute(first), toStartOfMinute(last)) + 1)
          ))),
          trace_id
        from (
          select trace_id, min(start) as first, max(end) as last
          from trace_ix
          where ${tenantIs}
            and trace_id in (
              select toFixedString(unhex(arrayJoin(${strings(traceIds)})), 16)
            )
          group by trace_id
        )
      )
  `;
}
