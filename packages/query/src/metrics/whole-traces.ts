/**
 * Counts and sums per step and label of spans that whole traces decide: what sql/series.ts reads where single spans
 * decide, in the same shape.
 *
 * Never knows: what a series is called, SQL.
 */
import { type Field, markChecked, type Pipeline } from '@clew/traceql';
import { newestMatches } from '../newest-matches.ts';
import type { Place } from '../plan.ts';
import type { TimeRange } from '../question.ts';
import type { NewestMatch } from '../search-page.ts';
import { createEvaluation, type Evaluated, type Evaluation } from '../spanset/evaluate.ts';
import { asNumber, printCell, type Value } from '../value.ts';
import { windowsOf } from '../windows.ts';
import { type MetricsAsk, wholeSlot } from './asked.ts';
import type { SpanCall } from './calls.ts';
import type { Example } from './examples.ts';
import { type Rows, readOf, type SeriesRow } from './rows.ts';

/** Traces that are evaluated at once. */
const batchTraces = 1024;

export async function evaluateRows(
  asked: MetricsAsk,
  search: Pipeline,
  call: SpanCall,
): Promise<Rows> {
  const of = readOf(call);
  const { by } = call;
  const { stepNs, exemplarsMax } = asked;
  const fields = of === null ? by : [...by, of.field];
  const found = { rows: new Map<string, SeriesRow>(), examples: new Map<string, Example>() };
  for await (const { traces, evaluation, window } of evaluatedTraces(asked, search, fields)) {
    const count = { evaluation, range: window, stepNs, by: by.length, of };
    for (const one of traces) addTrace(found, one, count);
  }
  const examples = exemplarsMax === 0 ? [] : [...found.examples.values()];
  return { rows: [...found.rows.values()], examples };
}

/** Spans that a pipeline chooses: their ids, trace and span, as 48 hex digits, and when they start. */
export async function chosenSpans(
  asked: MetricsAsk,
  search: Pipeline,
): Promise<ReadonlyMap<string, bigint>> {
  const chosen = new Map<string, bigint>();
  for await (const { traces, window } of evaluatedTraces(asked, search, [])) {
    for (const { trace, spansets } of traces) {
      for (const row of new Set(spansets.flatMap((set) => set.rows))) {
        const startNs = trace.startNs(row);
        if (startNs < window.fromNs || startNs >= window.toNs) continue;
        chosen.set(`${trace.traceId}${trace.spanId(row)}`, startNs);
      }
    }
  }
  return chosen;
}

type Batch = {
  readonly traces: readonly Evaluated[];
  readonly evaluation: Evaluation;
  /** Spans of the traces that start outside come with another batch. */
  readonly window: TimeRange;
};

async function* evaluatedTraces(
  { ask, range }: MetricsAsk,
  search: Pipeline,
  fields: readonly Field[],
): AsyncGenerator<Batch> {
  const { run, limits, tenant } = ask;
  const spansMax = limits.traceSpansMax;
  const evaluation = createEvaluation({ search, tenant, range, run, spansMax, fields });
  const query = markChecked({ kind: 'query', body: search, secondStages: [], hints: [] });
  const candidates = { query, tenant, run };
  for (const window of windowsOf(range)) {
    // A window that was halved may give a trace again, which must not be counted again.
    const seen = new Set<string>();
    let after: Place | null = null;
    do {
      const matches: readonly NewestMatch[] = await newestMatches(
        candidates,
        window,
        batchTraces,
        after,
      );
      const ids = matches.map((match) => match.traceId).filter((id) => !seen.has(id));
      for (const id of ids) seen.add(id);
      const traces = await evaluation.evaluate(ids);
      yield { traces, evaluation, window };
      const last = matches.length < batchTraces ? undefined : matches.at(-1);
      after = last ? { startNs: BigInt(last.newestNs), traceId: last.traceId, spanId: '' } : null;
    } while (after !== null);
  }
}

type FoundRows = {
  readonly rows: Map<string, SeriesRow>;
  /** The first span that each row counts. */
  readonly examples: Map<string, Example>;
};

type Count = {
  readonly evaluation: Evaluation;
  readonly range: TimeRange;
  readonly stepNs: bigint | null;
  /** How many of the evaluation's fields are labels; one more may be the number. */
  readonly by: number;
  readonly of: ReturnType<typeof readOf>;
};

/** Each span of the trace once, however many spansets hold it. */
function addTrace(
  { rows, examples }: FoundRows,
  { trace, spansets }: Evaluated,
  { evaluation, range, stepNs, by, of }: Count,
): void {
  for (const row of new Set(spansets.flatMap((set) => set.rows))) {
    const startNs = trace.startNs(row);
    if (startNs < range.fromNs || startNs >= range.toNs) continue;
    const values = evaluation.fields.map((give) => give(trace, row));
    const number = of === null ? 1 : numberOf(values[by] ?? null);
    if (number === null || (of?.as === 'powers' && number < 2)) continue;
    const power = of?.as === 'powers' ? Math.ceil(Math.log2(number)) : 0;
    const slot = stepNs === null ? wholeSlot : Number((startNs + stepNs - 1n) / stepNs);
    const cells = values.slice(0, by).map((value) => printCell(value ?? null));
    const key = JSON.stringify([slot, power, cells]);
    rows.set(key, joined(rows.get(key), number) ?? first(`${slot}`, power, cells, number));
    if (examples.has(key)) continue;
    const { traceId } = trace;
    const spanId = trace.spanId(row);
    const measured = of === null ? null : number;
    examples.set(key, { traceId, spanId, startNs: `${startNs}`, slot, cells, number: measured });
  }
}

function numberOf(value: Value | null): number | null {
  const number = asNumber(value);
  return number === null ? null : Number(number.value);
}

function first(slot: string, power: number, cells: readonly string[], number: number): SeriesRow {
  const labels = Object.fromEntries(cells.map((cell, at) => [`c${at}`, cell]));
  return { ...labels, slot, power, n: 1, total: number, least: number, most: number };
}

function joined(row: SeriesRow | undefined, number: number): SeriesRow | undefined {
  return (
    row && {
      ...row,
      n: Number(row.n) + 1,
      total: row.total + number,
      least: Math.min(row.least, number),
      most: Math.max(row.most, number),
    }
  );
}
