/**
 * Counts and sums per step and label of spans that whole traces decide: what sql/series.ts reads where single spans
 * decide, in the same shape.
 *
 * Never knows: what a series is called, SQL.
 */
import { markChecked, type SearchExpression } from '@clew/traceql';
import type { Ask } from './ask.ts';
import { lower } from './lower.ts';
import type { Place } from './plan.ts';
import type { NewestMatch } from './search-page.ts';
import { createEvaluation, type Evaluated, type Evaluation } from './spanset/evaluate.ts';
import { compile } from './sql/print.ts';
import type { SeriesRead } from './sql/series.ts';
import { asNumber, printCell, type Value } from './value.ts';
import { windowsOf } from './windows.ts';

/** Spans of one step with the same labels and, if asked for, within one power of two. `c0` … are labels as cells. */
export type SeriesRow = {
  readonly slot: string;
  readonly power: number;
  readonly n: string | number;
  readonly total: number;
  readonly least: number;
  readonly most: number;
  readonly [label: `c${number}`]: string;
};

/** Traces that are evaluated at once. */
const batchTraces = 1024;

export async function evaluateRows(
  ask: Ask,
  search: SearchExpression,
  read: SeriesRead,
): Promise<readonly SeriesRow[]> {
  const { tenant, range, by, of } = read;
  const fields = of === null ? by : [...by, of.field];
  const { run, limits } = ask;
  const spansMax = limits.traceSpansMax;
  const evaluation = createEvaluation({ search, tenant, range, run, spansMax, fields });
  const query = markChecked({ kind: 'query', body: search, secondStages: [], hints: [] });
  const rows = new Map<string, SeriesRow>();
  for (const window of windowsOf(range)) {
    let after: Place | null = null;
    do {
      const step = { by: 'trace' as const, tenant, range: window, limit: batchTraces, after };
      const matches: readonly NewestMatch[] = await run.rows(compile(lower(query, step)));
      const evaluated = await evaluation.evaluate(matches.map((match) => match.traceId));
      for (const one of evaluated) addTrace(rows, one, evaluation, { ...read, range: window });
      const last = matches.length < batchTraces ? undefined : matches.at(-1);
      after = last ? { startNs: BigInt(last.newestNs), traceId: last.traceId, spanId: '' } : null;
    } while (after !== null);
  }
  return [...rows.values()];
}

/** Each span of the trace once, however many spansets hold it. */
function addTrace(
  rows: Map<string, SeriesRow>,
  { trace, spansets }: Evaluated,
  { fields }: Evaluation,
  { range, stepNs, by, of }: SeriesRead,
): void {
  for (const row of new Set(spansets.flatMap((set) => set.rows))) {
    const startNs = trace.startNs(row);
    if (startNs < range.fromNs || startNs >= range.toNs) continue;
    const values = fields.map((give) => give(trace, row));
    const number = of === null ? 1 : numberOf(values[by.length] ?? null);
    if (number === null || (of?.as === 'powers' && number < 2)) continue;
    const power = of?.as === 'powers' ? Math.ceil(Math.log2(number)) : 0;
    const slot = `${(startNs + stepNs - 1n) / stepNs}`;
    const cells = by.map((_, at) => printCell(values[at] ?? null));
    const key = JSON.stringify([slot, power, cells]);
    rows.set(key, joined(rows.get(key), number) ?? first(slot, power, cells, number));
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
