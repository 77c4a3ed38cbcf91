/**
 * One metrics function: counts and sums per step and label become the series it is about.
 *
 * Never knows: where the counts come from, what is computed from several functions.
 */
import { type Field, type Metrics, type MetricsCall, printField } from '@clew/traceql';
import { intrinsicType } from '../fields.ts';
import { fieldValue, readCell } from '../value.ts';
import { type MetricsAsk, type Steps, stepsOf } from './asked.ts';
import { readCompare } from './compare.ts';
import { type Example, readExamples } from './examples.ts';
import { readRows, type SeriesRow } from './rows.ts';
import type { Exemplar, Label, Series } from './stages.ts';

/** Functions that count spans or look at one field; `compare` is a kind of its own. */
export type SpanCall = Exclude<MetricsCall, { kind: 'compare' }>;

type Group = {
  readonly labels: readonly Label[];
  readonly rows: SeriesRow[];
  readonly examples: Example[];
};

export async function evaluateCall(asked: MetricsAsk, of: Metrics): Promise<readonly Series[]> {
  const { call, source } = of;
  if (call.kind === 'compare') return readCompare(asked, source, call);
  const { rows, examples } = await readRows(asked, source, call);
  const chosen = await readExamples(asked, source, call, { rows, examples });
  const groups = grouped(rows, chosen, call.by);
  if (call.by.length === 0 && groups.length === 0 && call.kind === 'count-over-time') {
    groups.push({ labels: [], rows: [], examples: [] });
  }
  const steps = stepsOf(asked);
  return groups.flatMap((group) => {
    const series = seriesOf(call, group, steps);
    return withExemplars(call, series, group);
  });
}

function grouped(
  rows: readonly SeriesRow[],
  examples: readonly Example[],
  by: readonly Field[],
): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (cells: readonly string[]) => {
    const key = JSON.stringify(cells);
    const group = groups.get(key) ?? { labels: labelsOf(cells, by), rows: [], examples: [] };
    groups.set(key, group);
    return group;
  };
  for (const row of rows) groupOf(by.map((_, at) => row[`c${at}`] ?? '')).rows.push(row);
  for (const one of examples) {
    const key = JSON.stringify(one.cells);
    // A span that came between the two statements has no series to stand beside.
    groups.get(key)?.examples.push(one);
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

type Bare = Omit<Series, 'exemplars'>;

function seriesOf(call: SpanCall, { labels, rows }: Group, steps: Steps): readonly Bare[] {
  const name = call.kind === 'quantile-over-time' ? 'quantile_over_time' : call.name;
  const named = labels.length > 0 ? labels : [label('__name__', name)];
  const bySlot = (value: (row: SeriesRow) => number) =>
    new Map(rows.map((row) => [Number(row.slot), value(row)]));
  if (call.kind === 'count-over-time') {
    const per = call.name === 'rate' ? steps.seconds : 1;
    const counts = bySlot((row) => Number(row.n) / per);
    return [{ labels: named, values: filled(counts, steps) }];
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
      return histogramOf(labels, rows, unit, steps);
  }
}

function histogramOf(
  labels: readonly Label[],
  rows: readonly SeriesRow[],
  unit: number,
  steps: Steps,
): readonly Bare[] {
  const powers = [...new Set(rows.map((row) => row.power))].sort((a, b) => a - b);
  return powers.map((power) => {
    const own = rows.filter((row) => row.power === power);
    const counts = new Map(own.map((row) => [Number(row.slot), Number(row.n)]));
    return {
      labels: [...labels, label('__bucket', 2 ** power / unit)],
      values: filled(counts, steps),
    };
  });
}

export function label(name: string, value: string | number): Label {
  return { name, value: { type: typeof value === 'string' ? 'string' : 'float', value } };
}

/** Durations are answered in seconds. */
function unitOf(field: Field): number {
  return field.kind === 'intrinsic' && intrinsicType(field.name) === 'duration' ? 1e9 : 1;
}

/** Every step has a value, 0 where nothing was counted. */
function filled(values: ReadonlyMap<number, number>, { numbers }: Steps) {
  return new Map(numbers.map((step) => [step, values.get(step) ?? 0] as const));
}

/** Between the powers of two around it, a quantile is placed by its share of the spans there, on a logarithmic scale. */
function quantileBySlot(rows: readonly SeriesRow[], quantile: number, unit: number) {
  const bySlot = new Map<number, SeriesRow[]>();
  for (const row of rows) {
    const slot = Number(row.slot);
    const own = bySlot.get(slot);
    if (own === undefined) bySlot.set(slot, [row]);
    else own.push(row);
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

// ── Exemplars ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Each beside the series whose value at its time is nearest to its own. A span that was counted has the count as value. */
function withExemplars(
  call: SpanCall,
  series: readonly Bare[],
  { labels, examples }: Group,
): readonly Series[] {
  const all = series.map((one) => ({ ...one, exemplars: [] as Exemplar[] }));
  const unit = call.kind === 'count-over-time' ? 1 : unitOf(call.of);
  for (const { traceId, spanId, startNs, slot, number } of examples) {
    const own = number === null ? null : number / unit;
    const at = (one: Bare) =>
      isHistogram(call) ? bucketOf(one) : (one.values.get(slot) ?? Number.NaN);
    const distance = (one: Bare) =>
      own === null ? 0 : distanceOf(at(one), own, isHistogram(call));
    const [first, ...others] = all;
    if (first === undefined) continue;
    const beside = others.reduce((a, b) => (distance(b) < distance(a) ? b : a), first);
    const value = own ?? at(beside);
    if (Number.isFinite(value)) {
      beside.exemplars.push({ traceId, spanId, timeNs: startNs, value, labels });
    }
  }
  return all;
}

function isHistogram(call: SpanCall): boolean {
  return call.kind === 'field-over-time' && call.name === 'histogram_over_time';
}

function bucketOf({ labels }: Bare): number {
  return Number(labels.find(({ name }) => name === '__bucket')?.value.value);
}

/** A bucket holds what is not above it; the least such is nearest. */
function distanceOf(there: number, own: number, isBucket: boolean): number {
  if (Number.isNaN(there) || (isBucket && there < own)) return Number.POSITIVE_INFINITY;
  return Math.abs(there - own);
}
