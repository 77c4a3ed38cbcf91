/**
 * Metrics queries: a question and a step in, series out.   before: query.ts   after: sql/series.ts, series-stages.ts
 *
 * A value belongs to the step in which its span starts; steps are multiples of their length, open at their start and
 * closed at their end, and a sample carries the end. The last step may reach beyond the range, where no span is counted.
 *
 * Never knows: SQL text, how a face names labels.
 */
import {
  type Field,
  type Metrics,
  type MetricsCall,
  type MetricsExpression,
  markChecked,
  printField,
  printQuery,
} from '@clew/traceql';
import type { Ask } from './ask.ts';
import { QuestionError } from './errors.ts';
import { intrinsicType, isOfSpan } from './fields.ts';
import { askedOf } from './lower.ts';
import type { Question, TimeRange } from './question.ts';
import type { Took } from './results.ts';
import { evaluateRows, type SeriesRow } from './series-rows.ts';
import {
  applyStages,
  byLabels,
  combine,
  constantOf,
  type Label,
  type Series,
} from './series-stages.ts';
import { type SeriesRead, seriesStatement } from './sql/series.ts';
import { fieldValue, readCell } from './value.ts';

export type SeriesAnswer = {
  readonly series: readonly {
    /** `by` fields by their TraceQL names, without those that are missing; `__name__` when there is no `by`. */
    readonly labels: readonly Label[];
    /** In order of time; a step without a value is left out. Durations are seconds. */
    readonly samples: readonly { readonly timeMs: number; readonly value: number }[];
  }[];
  readonly traceql: string;
  readonly took: Took;
};

/** Steps in a range, at most; as Tempo has it. */
const stepsMost = 10_000;

/**
 * @param stepNs length of a step, whole milliseconds
 * @throws QuestionError `bad-series-step`, `unsupported-query` for a search and `compare`, `too-many-series`
 */
export async function readSeries(
  ask: Ask,
  question: Question,
  stepNs: bigint,
): Promise<SeriesAnswer> {
  const { query, range } = question;
  checkStep(range, stepNs);
  const { body } = query;
  if (body.kind !== 'metrics' && body.kind !== 'metrics-binary') {
    throw new QuestionError('unsupported-query', { found: `as metrics: ${printQuery(query)}` });
  }
  const found = applyStages(await evaluate(ask, body, range, stepNs), query.secondStages);
  const series = [...found].sort(byLabels).map(({ labels, values }) => ({
    labels,
    samples: [...values]
      .sort(([a], [b]) => a - b)
      .map(([slot, value]) => ({ timeMs: Number((BigInt(slot) * stepNs) / 1_000_000n), value })),
  }));
  return { series, traceql: printQuery(query), took: ask.run.took() };
}

function checkStep({ fromNs, toNs }: TimeRange, stepNs: bigint): void {
  const leastNs = (toNs - fromNs) / BigInt(stepsMost) + 1n;
  if (stepNs >= leastNs && stepNs % 1_000_000n === 0n) return;
  throw new QuestionError('bad-series-step', {
    found: `${stepNs}`,
    least: `${(leastNs + 999_999n) / 1_000_000n}`,
  });
}

async function evaluate(
  ask: Ask,
  of: MetricsExpression,
  range: TimeRange,
  stepNs: bigint,
): Promise<readonly Series[]> {
  if (of.kind === 'metrics') {
    return applyStages(await readMetrics(ask, of, range, stepNs), of.secondStages);
  }
  const side = async (operand: typeof of.left) =>
    operand.kind === 'static' ? constantOf(operand) : evaluate(ask, operand, range, stepNs);
  return combine(of.operator, await side(of.left), await side(of.right));
}

// ── One metrics function ────────────────────────────────────────────────────────────────────────────────────────────

type Read = { readonly labels: readonly Label[]; readonly rows: readonly SeriesRow[] };

async function readMetrics(
  ask: Ask,
  of: Metrics,
  range: TimeRange,
  stepNs: bigint,
): Promise<readonly Series[]> {
  const { call } = of;
  if (call.kind === 'compare') throw unsupported('compare()');
  const rows = await rowsOf(ask, of, call, range, stepNs);
  const steps = stepsOf(range, stepNs);
  const groups = grouped(rows, call.by);
  if (call.by.length === 0 && groups.length === 0 && call.kind === 'count-over-time') {
    groups.push({ labels: [], rows: [] });
  }
  return groups.flatMap((group) => seriesOf(call, group, steps, Number(stepNs) / 1e9));
}

/** From single spans where they decide, else from whole traces. */
async function rowsOf(
  ask: Ask,
  { source }: Metrics,
  call: SpanCall,
  range: TimeRange,
  stepNs: bigint,
): Promise<readonly SeriesRow[]> {
  const asked = askedOf(markChecked({ kind: 'query', body: source, secondStages: [], hints: [] }));
  const fields = call.kind === 'count-over-time' ? call.by : [...call.by, call.of];
  const where = asked.kind === 'filter' ? asked.where : null;
  const limit = ask.limits.rowsMax;
  const { tenant } = ask;
  const read = { tenant, range, stepNs, where, by: call.by, of: readOf(call), limit };
  if (asked.kind !== 'filter' || !fields.every(isOfSpan)) return evaluateRows(ask, source, read);
  const rows = await ask.run.rows<SeriesRow>(seriesStatement(read));
  if (rows.length === limit) throw new QuestionError('too-many-series', { max: `${limit}` });
  return rows;
}

function unsupported(found: string): QuestionError {
  return new QuestionError('unsupported-query', { found });
}

type SpanCall = Exclude<MetricsCall, { kind: 'compare' }>;

function readOf(call: SpanCall): SeriesRead['of'] {
  if (call.kind === 'count-over-time') return null;
  const isPowers = call.kind === 'quantile-over-time' || call.name === 'histogram_over_time';
  return { field: call.of, as: isPowers ? 'powers' : 'sum' };
}

function stepsOf({ fromNs, toNs }: TimeRange, stepNs: bigint): readonly number[] {
  const up = (timeNs: bigint) => Number((timeNs + stepNs - 1n) / stepNs);
  const [first, last] = [up(fromNs), up(toNs - 1n)];
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function grouped(rows: readonly SeriesRow[], by: readonly Field[]): Read[] {
  const groups = new Map<string, { labels: readonly Label[]; rows: SeriesRow[] }>();
  for (const row of rows) {
    const cells = by.map((_, at) => row[`c${at}`] ?? '');
    const key = JSON.stringify(cells);
    const group = groups.get(key) ?? { labels: labelsOf(cells, by), rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Missing labels are left out; when all are missing, the first says "nil". */
function labelsOf(cells: readonly string[], by: readonly Field[]): readonly Label[] {
  const labels = by.flatMap((field, at): Label[] => {
    const value = readCell(cells[at]!);
    return value === null ? [] : [{ name: printField(field), value: fieldValue(value) }];
  });
  const [first] = by;
  if (labels.length > 0 || first === undefined) return labels;
  return [{ name: printField(first), value: { type: 'string', value: 'nil' } }];
}

function seriesOf(
  call: SpanCall,
  { labels, rows }: Read,
  steps: readonly number[],
  stepSeconds: number,
): readonly Series[] {
  const name = call.kind === 'quantile-over-time' ? 'quantile_over_time' : call.name;
  const named = labels.length > 0 ? labels : [label('__name__', name)];
  const bySlot = (value: (row: SeriesRow) => number) =>
    new Map(rows.map((row) => [Number(row.slot), value(row)]));
  if (call.kind === 'count-over-time') {
    const per = call.name === 'rate' ? stepSeconds : 1;
    return [
      {
        labels: named,
        values: filled(
          bySlot((row) => Number(row.n) / per),
          steps,
        ),
      },
    ];
  }
  const unit = unitOf(call.of);
  if (call.kind === 'quantile-over-time') {
    return call.quantiles.map((quantile) => ({
      labels: [...labels, label('p', quantile)],
      values: filled(quantileBySlot(rows, quantile, unit), steps),
    }));
  }
  switch (call.name) {
    case 'min_over_time':
      return [{ labels: named, values: bySlot((row) => row.least / unit) }];
    case 'max_over_time':
      return [{ labels: named, values: bySlot((row) => row.most / unit) }];
    case 'sum_over_time':
      return [{ labels: named, values: bySlot((row) => row.total / unit) }];
    case 'avg_over_time':
      return [{ labels: named, values: bySlot((row) => row.total / Number(row.n) / unit) }];
    case 'histogram_over_time':
      return [...new Set(rows.map((row) => row.power))]
        .sort((a, b) => a - b)
        .map((power) => {
          const own = rows.filter((row) => row.power === power);
          const counts = new Map(own.map((row) => [Number(row.slot), Number(row.n)]));
          return {
            labels: [...labels, label('__bucket', 2 ** power / unit)],
            values: filled(counts, steps),
          };
        });
  }
}

function label(name: string, value: string | number): Label {
  return { name, value: { type: typeof value === 'string' ? 'string' : 'float', value } };
}

/** Durations are answered in seconds. */
function unitOf(field: Field): number {
  return field.kind === 'intrinsic' && intrinsicType(field.name) === 'duration' ? 1e9 : 1;
}

/** Every step has a value, 0 where nothing was counted. */
function filled(values: ReadonlyMap<number, number>, steps: readonly number[]) {
  return new Map(steps.map((step) => [step, values.get(step) ?? 0] as const));
}

/** Between the powers of two around it, a quantile is placed by its share of the spans there, on a logarithmic scale. */
function quantileBySlot(rows: readonly SeriesRow[], quantile: number, unit: number) {
  const bySlot = new Map<number, SeriesRow[]>();
  for (const row of rows) {
    const slot = Number(row.slot);
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), row]);
  }
  return new Map([...bySlot].map(([slot, own]) => [slot, quantileOf(own, quantile) / unit]));
}

function quantileOf(rows: readonly SeriesRow[], quantile: number): number {
  const sorted = [...rows].sort((a, b) => a.power - b.power);
  const all = sorted.reduce((sum, row) => sum + Number(row.n), 0);
  const target = Math.max(1, Math.ceil(quantile * all));
  let before = 0;
  for (const row of sorted) {
    const count = Number(row.n);
    if (before + count >= target) return 2 ** (row.power - 1 + (target - before) / count);
    before += count;
  }
  return 0;
}
