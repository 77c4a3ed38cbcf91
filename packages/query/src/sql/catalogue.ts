/**
 * Statements about what there is: services, operations, attributes, and the looks of services.
 *
 * Never knows: spans; these lists are kept beside them.
 */
import type { Statement } from '@clew/store';
import type { TimeRange } from '../question.ts';
import type { CataloguedScope } from '../results.ts';
import { type Fragment, join, print, sql, string, uint32 } from './fragment.ts';
import { startTime } from './scan.ts';

/** Every service of the tenant; with a range, those with spans in its minutes and their counts there. */
export function servicesStatement(tenant: string, range: TimeRange | null): Statement {
  const seen = sql`
    select
      service,
      sum(seen) as spans,
      sum(errors) as failures,
      min(first_seen) as first,
      max(last_seen) as last
    from operations
    where tenant = ${string(tenant)}
    group by service
  `;
  const counted = range === null ? seen : seenWithin(tenant, range, seen);
  return print(sql`
    select
      service,
      toFloat64(spans) as spanCount,
      toFloat64(failures) as errorCount,
      toFloat64(toUnixTimestamp(first)) * 1000 as firstSeenMs,
      toFloat64(toUnixTimestamp(last)) * 1000 as lastSeenMs
    from (
      ${counted}
    )
    order by service
  `);
}

function seenWithin(tenant: string, range: TimeRange, seen: Fragment): Fragment {
  return sql`
    select counted.service as service, counted.spans as spans, counted.failures as failures, first, last
    from (
      select service, sum(n) as spans, sumIf(n, status = 'error') as failures
      from span_metrics
      where tenant = ${string(tenant)}
        and minute >= toStartOfMinute(${startTime(range.fromNs)})
        and minute < ${startTime(range.toNs)}
      group by service
    ) as counted
    global any left join (
      ${seen}
    ) as seen using (service)
  `;
}

export function operationsStatement(tenant: string, service: string, limit: number): Statement {
  return print(sql`
    select
      name,
      kind,
      toFloat64(sum(seen)) as spanCount,
      toFloat64(toUnixTimestamp(max(last_seen))) * 1000 as lastSeenMs
    from operations
    where tenant = ${string(tenant)}
      and service = ${string(service)}
    group by name, kind
    order by name, kind
    limit ${uint32(limit)}
  `);
}

export type AttributesRead = {
  readonly tenant: string;
  readonly scope: CataloguedScope | null;
  readonly prefix: string;
  readonly limit: number;
};

/** The most used first. */
export function attributesStatement(read: AttributesRead): Statement {
  const conditions = [
    sql`tenant = ${string(read.tenant)}`,
    ...(read.scope === null ? [] : [sql`scope = ${string(read.scope)}`]),
    ...(read.prefix === '' ? [] : [sql`startsWith(key, ${string(read.prefix)})`]),
  ];
  return print(sql`
    select
      scope,
      key,
      type,
      toFloat64(sum(uses)) as useCount,
      arraySort(groupUniqArrayMerge(20)(samples)) as sampleList
    from attribute_catalogue
    where ${join(conditions, sql`\n  and `)}
    group by scope, key, type
    order by sum(uses) desc, key, scope, type
    limit ${uint32(read.limit)}
  `);
}

export function looksStatement(tenant: string): Statement {
  return print(sql`
    select service, slot
    from service_looks final
    where tenant = ${string(tenant)}
  `);
}

/** The id of the newest trace whose last 16 digits are these: for logs that carry 64-bit ids only. */
export function traceByLowHalfStatement(tenant: string, lowHalf: string): Statement {
  return print(sql`
    select ${sql`lower(hex(trace_id)) as traceId`}
    from trace_ix
    where tenant = ${string(tenant)}
      and substring(trace_id, 9, 8) = unhex(${string(lowHalf)})
    group by trace_id
    order by max(end) desc, trace_id desc
    limit 1
  `);
}
