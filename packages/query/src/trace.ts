/**
 * Reading one trace: whole, as columns, or a single span of it.   before: query.ts   after: sql/trace.ts
 *
 * Never knows: SQL, or whether pending segments were loaded first (the face asks for that).
 */
import type { Ask } from './ask.ts';
import { lowHalfOnly, readSpanId, readTraceId } from './ids.ts';
import type { SpanDetails, Trace, TraceColumns } from './results.ts';
import { type OriginRow, type SpanCells, spansOf } from './span-rows.ts';
import { traceByLowHalfStatement } from './sql/catalogue.ts';
import {
  originsStatement,
  spanStatement,
  traceColumnsStatement,
  traceStatement,
} from './sql/trace.ts';
import { buildTraceColumns, type ColumnRows } from './trace-columns.ts';

/** More spans under one id than this are not looked at; two is what Zipkin's shared ids need. */
const sameIdMax = 100;

/** Null when no span of the trace is known. */
export async function readTrace(ask: Ask, id: string): Promise<Trace | null> {
  const { run, limits, tenant } = ask;
  return withFullId(ask, id, async (traceId) => {
    const cells = await run.columns<SpanCells>(traceStatement(readOf(ask, traceId)));
    if (cells === null) return null;
    const complete = cells.spanId.length <= limits.traceSpansMax;
    const origins = await run.rows<OriginRow>(originsStatement(tenant, traceId));
    const spans = spansOf(traceId, cells, origins, limits.traceSpansMax);
    return { traceId, spans, complete, took: run.took() };
  });
}

export async function readTraceColumns(ask: Ask, id: string): Promise<TraceColumns | null> {
  const { run, limits, looks, tenant } = ask;
  return withFullId(ask, id, async (traceId) => {
    const rows = await run.columns<ColumnRows>(traceColumnsStatement(readOf(ask, traceId)));
    if (rows === null) return null;
    const columns = buildTraceColumns(traceId, rows, limits.traceSpansMax);
    const slots = await looks.slotsOf(tenant, columns.services, run);
    const services = columns.services.map((name) => ({ name, look: slots.get(name) ?? 0 }));
    return { ...columns, services, took: run.took() };
  });
}

/** Of several spans under one id (Zipkin), the earliest. */
export async function readSpan(ask: Ask, id: string, spanId: string): Promise<SpanDetails | null> {
  const number = readSpanId(spanId);
  return withFullId(ask, id, async (traceId) => {
    const read = { tenant: ask.tenant, traceId, spanId: number, limit: sameIdMax };
    const cells = await ask.run.columns<SpanCells>(spanStatement(read));
    if (cells === null) return null;
    const origins = await ask.run.rows<OriginRow>(originsStatement(ask.tenant, traceId, number));
    const span = spansOf(traceId, cells, origins)[0]!;
    const slots = await ask.looks.slotsOf(ask.tenant, [span.service], ask.run);
    return { ...span, look: slots.get(span.service) ?? 0 };
  });
}

function readOf({ tenant, limits }: Ask, traceId: string) {
  return { tenant, traceId, limit: limits.traceSpansMax + 1 };
}

/**
 * Tries the id as written, padded with zeros. When nothing has it and it has 64 bits only, tries the newest trace whose
 * lower 64 bits it is: some loggers print no more than these of a 128-bit id.
 */
async function withFullId<Found>(
  ask: Ask,
  written: string,
  read: (traceId: string) => Promise<Found | null>,
): Promise<Found | null> {
  const traceId = readTraceId(written);
  const found = await read(traceId);
  const lowHalf = lowHalfOnly(traceId);
  if (found !== null || lowHalf === null) return found;
  const statement = traceByLowHalfStatement(ask.tenant, lowHalf);
  const [longer] = await ask.run.rows<{ traceId: string }>(statement);
  return longer === undefined ? null : read(longer.traceId);
}
