/**
 * Statements about several known traces: their spans in full, as `trace.ts` reads one.
 *
 * Never knows: how the ids were found.
 */
import type { Statement } from '@clew/store';
import { print, sql, uint32 } from './fragment.ts';
import { ofTraces } from './scan.ts';
import { traceIdText } from './select.ts';
import { origin, originKey, wholeSpan } from './whole-span.ts';

export type TracesRead = {
  readonly tenant: string;
  readonly traceIds: readonly string[];
  /** Rows at most, of all traces together. */
  readonly limit: number;
};

/** Every column of every span, trace by trace, each in start order. */
export function manyTracesStatement(read: TracesRead): Statement {
  return print(sql`
    select
      ${traceIdText},
      ${wholeSpan}
    from spans
    where ${ofTraces(read.tenant, read.traceIds)}
    order by trace_id, ts, span_id, kind, name, duration_ns
    limit ${uint32(read.limit)}
  `);
}

export function manyOriginsStatement(tenant: string, traceIds: readonly string[]): Statement {
  return print(sql`
    select
      ${originKey} as origin,
      ${origin}
    from spans
    where ${ofTraces(tenant, traceIds)}
    group by origin
  `);
}
