/**
 * Many whole traces, for lists that show all of each: read in batches, because a statement per trace costs more than its
 * spans.   before: query.ts   after: sql/traces.ts
 *
 * Never knows: SQL, or what a face makes of a trace.
 */
import type { Ask } from './ask.ts';
import { lowHalfOnly, readTraceId } from './ids.ts';
import type { Trace } from './results.ts';
import { type OriginRow, type SpanCells, spansOf } from './span-rows.ts';
import { manyOriginsStatement, manyTracesStatement } from './sql/traces.ts';
import { readTrace } from './trace.ts';

/** An id as it was asked for, and its trace when there is one. */
export type ReadTrace = { readonly id: string; readonly trace: Trace | null };

/** Traces of one batch, and the spans they may have together; a batch with more is read trace by trace. */
const batchTraces = 50;
const batchSpansMax = 20_000;

/**
 * In the order of the ids, each when it is wanted. Every batch has the time of one question.
 * @throws QuestionError `bad-trace-id`
 */
export async function* readTraces(
  startAsk: () => Ask,
  ids: readonly string[],
): AsyncGenerator<ReadTrace> {
  for (let at = 0; at < ids.length; at += batchTraces) {
    const batch = ids.slice(at, at + batchTraces);
    const found = await readBatch(startAsk(), [...new Set(batch.map(readTraceId))]);
    for (const id of batch) {
      const traceId = readTraceId(id);
      const trace = found?.get(traceId);
      // A batch that was too large, or an id of which perhaps only the lower half is known.
      const isOpen = found === null || (trace === undefined && lowHalfOnly(traceId) !== null);
      yield { id, trace: isOpen ? await readTrace(startAsk(), id) : (trace ?? null) };
    }
  }
}

type ManyCells = SpanCells & { readonly traceId: readonly string[] };

/** Null when the traces have more spans than a batch may have. */
async function readBatch(
  { tenant, run }: Ask,
  traceIds: readonly string[],
): Promise<ReadonlyMap<string, Trace> | null> {
  const read = { tenant, traceIds, limit: batchSpansMax + 1 };
  const cells = await run.columns<ManyCells>(manyTracesStatement(read));
  if (cells === null) return new Map();
  if (cells.traceId.length > batchSpansMax) return null;
  const origins = await run.rows<OriginRow>(manyOriginsStatement(tenant, traceIds));
  const originOf = new Map(origins.map((row) => [row.origin, row]));
  const traces = new Map<string, Trace>();
  for (const { traceId, from, to } of runsOf(cells.traceId)) {
    const own = cellsBetween(cells, from, to);
    const ownOrigins = [...new Set(own.origin)].flatMap((key) => originOf.get(key) ?? []);
    const spans = spansOf(traceId, own, ownOrigins);
    traces.set(traceId, { traceId, spans, complete: true, took: run.took() });
  }
  return traces;
}

type CellRun = { readonly traceId: string; readonly from: number; readonly to: number };

/** Where the rows of each trace are; rows come trace by trace. */
function runsOf(traceIds: readonly string[]): CellRun[] {
  const runs: CellRun[] = [];
  let from = 0;
  for (let at = 1; at <= traceIds.length; at++) {
    if (traceIds[at] === traceIds[from]) continue;
    runs.push({ traceId: traceIds[from]!, from, to: at });
    from = at;
  }
  return runs;
}

function cellsBetween(cells: ManyCells, from: number, to: number): SpanCells {
  const entries = Object.entries(cells) as [string, readonly unknown[]][];
  return Object.fromEntries(
    entries.map(([name, column]) => [name, column.slice(from, to)]),
  ) as unknown as SpanCells;
}
