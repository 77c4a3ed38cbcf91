/**
 * Statements about pinned traces.
 *
 * Never knows: who pins.
 */
import type { Statement } from '@clew/store';
import { print, sql, string } from './fragment.ts';
import { startTime, traceIdBytes } from './scan.ts';

/** One row when the trace has spans. */
export function knownTraceStatement(tenant: string, traceId: string): Statement {
  return print(sql`
    select 1 as known
    from trace_ix
    where tenant = ${string(tenant)}
      and trace_id = ${traceIdBytes(traceId)}
    limit 1
  `);
}

export function pinStatement(tenant: string, traceId: string, nowNs: bigint): Statement {
  return print(sql`
    insert into pins (tenant, trace_id, pinned)
    select ${string(tenant)}, ${traceIdBytes(traceId)}, ${startTime(nowNs)}
  `);
}
