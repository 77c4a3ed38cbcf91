/**
 * Statements about known traces: their spans in full, their columns, their summaries.
 *
 * Never knows: how an id was found.
 */
import type { Statement } from '@clew/store';
import type { FieldExpression } from '@clew/traceql';
import type { TimeRange } from '../question.ts';
import { conjuncts } from './conjuncts.ts';
import { and, type Fragment, print, sql, string, strings, uint32, uint64 } from './fragment.ts';
import { ofTraces, startsWithin, startTime } from './scan.ts';
import { traceIdText } from './select.ts';
import { origin, originKey, wholeSpan } from './whole-span.ts';

export type TraceRead = {
  readonly tenant: string;
  readonly traceId: string;
  /** Rows at most; one more than is shown tells that a trace was cut. */
  readonly limit: number;
};

/** Every column of every span of a trace, in start order. */
export function traceStatement(read: TraceRead): Statement {
  return print(sql`
    select
      ${wholeSpan}
    from spans
    where ${ofTraces(read.tenant, [read.traceId])}
    order by ts, span_id, kind, name, duration_ns
    limit ${uint32(read.limit)}
  `);
}

/** The resources and scopes that spans come from, named by the `origin` that the spans have. */
export function originsStatement(tenant: string, traceId: string, spanId?: bigint): Statement {
  const ofSpan = spanId === undefined ? sql`` : sql`\n  and span_id = ${uint64(spanId)}`;
  return print(sql`
    select
      ${originKey} as origin,
      ${origin}
    from spans
    where ${ofTraces(tenant, [traceId])}${ofSpan}
    group by origin
  `);
}

/** Every column of one span; several rows when its client sent several spans under one id. */
export function spanStatement(read: TraceRead & { readonly spanId: bigint }): Statement {
  return print(sql`
    select
      ${wholeSpan}
    from spans
    where ${ofTraces(read.tenant, [read.traceId])}
      and span_id = ${uint64(read.spanId)}
    order by ts
    limit ${uint32(read.limit)}
  `);
}

/**
 * What the waterfall draws from. Ids are split into 32-bit halves and times into seconds and nanoseconds, so that every
 * cell is a JSON number that JavaScript reads exactly.
 */
export function traceColumnsStatement(read: TraceRead): Statement {
  return print(sql`
    select
      toUInt32(bitShiftRight(span_id, 32)) as idHigh,
      toUInt32(bitAnd(span_id, 4294967295)) as idLow,
      toUInt32(bitShiftRight(parent_span_id, 32)) as parentHigh,
      toUInt32(bitAnd(parent_span_id, 4294967295)) as parentLow,
      toUnixTimestamp(ts) as seconds,
      toUInt32(toUnixTimestamp64Nano(ts) % 1000000000) as nanoseconds,
      toFloat64(duration_ns) as duration,
      service,
      name,
      toInt8(kind) as kindNumber,
      toInt8(status) as statusNumber,
      toUInt8(
        notEmpty(events)
        + 2 * notEmpty(links)
        + 4 * (marks != 0)
        + 8 * arrayExists(e -> e.name = 'exception', events)
      ) as flagBits
    from spans
    where ${ofTraces(read.tenant, [read.traceId])}
    order by ts, span_id, kind, name, duration_ns
    limit ${uint32(read.limit)}
  `);
}

/** The seconds between which all spans of some traces start, as one row. */
export function traceSecondsStatement(tenant: string, traceIds: readonly string[]): Statement {
  return print(sql`
    select toUnixTimestamp(min(start)) as first, toUnixTimestamp(max(end)) as last
    from trace_ix
    where tenant = ${string(tenant)}
      and trace_id in (
        select toFixedString(unhex(arrayJoin(${strings(traceIds)})), 16)
      )
  `);
}

export type TraceSeconds = { readonly first: number; readonly last: number };

export type SummariesRead = {
  readonly tenant: string;
  readonly traceIds: readonly string[];
  /** Where known: spans of the traces start nowhere else. */
  readonly seconds: TraceSeconds | null;
  /** What counts as matched: spans of which this holds that start in the range. */
  readonly where: FieldExpression | null;
  readonly range: TimeRange;
};

/**
 * One row per trace, over all of its spans. Exact repeats (a client's retry) are counted once. The root is the earliest
 * span without a parent, else the earliest span.
 */
export function summariesStatement(read: SummariesRead): Statement {
  const matches = read.where === null ? [] : conjuncts(read.where);
  const only = [ofTraces(read.tenant, read.traceIds), ...startsBetween(read.seconds)];
  return print(sql`
    select
      ${traceIdText},
      toString(toUnixTimestamp64Nano(min(first))) as startNs,
      toString(max(last)) as endNs,
      toUInt32(sum(spans)) as spanCount,
      toUInt32(sum(errors)) as errorCount,
      toUInt32(sum(matches)) as matched,
      argMin(service, root.1) as rootService,
      argMin(root.2, root.1) as rootName,
      arrayMap(x -> (x.2, x.3, x.4), arraySort(groupArray((first, service, toUInt32(spans), toUInt32(errors))))) as services
    from (
      select
        trace_id,
        service,
        min(ts) as first,
        max(toUnixTimestamp64Nano(ts) + duration_ns) as last,
        uniqExact(span_id, ts) as spans,
        uniqExactIf((span_id, ts), status = 'error') as errors,
        uniqExactIf((span_id, ts), ${and([...startsWithin(read.range), ...matches])}) as matches,
        min(((parent_span_id != 0, ts, span_id), name)) as root
      from spans
      where ${and(only)}
      group by trace_id, service
    )
    group by trace_id
  `);
}

function startsBetween(seconds: TraceSeconds | null): readonly Fragment[] {
  if (seconds === null) return [];
  const [from, to] = [seconds.first, seconds.last + 1].map((at) =>
    startTime(BigInt(at) * 1_000_000_000n),
  );
  return [sql`ts >= ${from!}`, sql`ts < ${to!}`];
}
