/**
 * Pinning a trace: whoever archives one wants it when its hour ages out, and keep rules then find it here.
 *
 * Never knows: when hours age out.
 */
import type { Engine } from '@clew/store';
import type { Ask } from './ask.ts';
import { knownTraceStatement, pinStatement } from './sql/pin.ts';

/** @returns false when there is no such trace */
export async function pinTrace(engine: Engine, ask: Ask, traceId: string): Promise<boolean> {
  const { tenant, nowNs, run } = ask;
  const known = await run.rows(knownTraceStatement(tenant, traceId));
  if (known.length === 0) return false;
  await engine.command(pinStatement(tenant, traceId, nowNs));
  return true;
}
