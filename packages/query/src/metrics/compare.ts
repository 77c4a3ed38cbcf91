/**
 * `compare({ … })`: which values attributes have in the spans that are selected and in all others.
 *
 * Some ten thousand spans of each side are unfolded into their attributes; of more, a share is read, and what was found is
 * scaled up by it. The answer says by how much.
 *
 * Never knows: SQL text.
 */
import { type Compare, markChecked, type Pipeline } from '@clew/traceql';
import { isOfSpan } from '../fields.ts';
import { askedOf } from '../lower.ts';
import {
  type CompareRead,
  comparedValuesStatement,
  granuleRows,
  idValuesStatement,
  selectedStatement,
} from '../sql/compare.ts';
import { spanCountStatement } from '../sql/dependencies.ts';
import { fieldValue, readCell } from '../value.ts';
import { type MetricsAsk, stepsOf } from './asked.ts';
import type { Label, Series } from './stages.ts';
import { chosenSpans } from './whole-traces.ts';

/** Spans of one side that are unfolded: a third of a second on one core, and shares of values within a percent. */
const unfoldedMost = 16_000;

/** Rows whose attributes are read for one side: a third of a second on one core. */
const readMost = 400_000;

/** Rows that are counted to know how many spans a side has; more are counted in a share of them. */
const countedMost = 1_000_000;

const topDefault = 10;

/** More values than this say nothing about a group of spans: they are ids. */
const valuesMost = 10_000;

export async function readCompare(
  asked: MetricsAsk,
  source: Pipeline,
  call: Compare,
): Promise<readonly Series[]> {
  const read = compareReadOf(asked, source, call);
  asked.sources.add(read === null ? 'traces' : 'spans');
  const sides = read === null ? traceSides(asked, source, call) : spanSides(asked, read, call);
  const series: Series[] = [];
  for await (const { name, rows, sampling } of sides) {
    asked.sampling.least = Math.max(asked.sampling.least, sampling);
    series.push(...seriesOf(asked, rows, name, sampling));
  }
  return series;
}

/** What was found of one side; one span in `sampling` was looked at. */
type Side = {
  readonly name: 'baseline' | 'selection';
  readonly rows: readonly ValueRow[];
  readonly sampling: number;
};

async function* spanSides(
  { ask: { run, tenant, limits }, range, stepNs }: MetricsAsk,
  read: CompareRead,
  call: Compare,
): AsyncGenerator<Side> {
  const [within] = await run.rows<{ spans: number }>(spanCountStatement(tenant, range));
  const rowCount = within?.spans ?? 0;
  const share = powerOfTwo(rowCount / countedMost);
  const counted = { ...read, sampling: share };
  const [counts] = await run.rows<{ spans: number; selected: number }>(selectedStatement(counted));
  const { spans, selected } = counts ?? { spans: 0, selected: 0 };
  const sides = [
    { name: 'baseline', spans: (spans - selected) * share, isSelection: false },
    { name: 'selection', spans: selected * share, isSelection: true },
  ] as const;
  for (const { name, spans: there, isSelection } of sides) {
    // A share in which there was none may have left out the few there are.
    if (there === 0 && share === 1) continue;
    const sampling = samplingOf(there, rowCount);
    const top = call.top ?? topDefault;
    const side = { ...read, stepNs, isSelection, sampling, top, limit: limits.rowsMax };
    yield { name, rows: await run.rows<ValueRow>(comparedValuesStatement(side)), sampling };
  }
}

/** Spans of one side that are named by their ids: so many fit into a statement's parameters. */
const namedMost = 2_000;

/** What whole traces decide is evaluated twice: for all spans, and for those that are selected. */
async function* traceSides(
  asked: MetricsAsk,
  source: Pipeline,
  call: Compare,
): AsyncGenerator<Side> {
  const { ask, stepNs } = asked;
  const all = await chosenSpans(asked, source);
  const stages = [...source.stages, call.selection];
  const chosen = await chosenSpans(asked, { ...source, stages });
  const { window } = call;
  const isSelected = (id: string) => {
    const startNs = chosen.get(id);
    if (startNs === undefined) return false;
    return window === null || (startNs >= window.startNs && startNs < window.endNs);
  };
  for (const name of ['baseline', 'selection'] as const) {
    const ids = [...all.keys()].filter((id) => isSelected(id) === (name === 'selection'));
    if (ids.length === 0) continue;
    const sampling = Math.ceil(ids.length / namedMost);
    const named = ids.filter((_, at) => at % sampling === 0);
    const top = call.top ?? topDefault;
    const read = { tenant: ask.tenant, ids: named, stepNs, top, limit: ask.limits.rowsMax };
    yield { name, rows: await ask.run.rows<ValueRow>(idValuesStatement(read)), sampling };
  }
}

/** Null when whole traces decide. */
export function compareReadOf(
  { ask, range }: MetricsAsk,
  source: Pipeline,
  call: Compare,
): CompareRead | null {
  const asked = askedOf(markChecked({ kind: 'query', body: source, secondStages: [], hints: [] }));
  const selection = call.selection.where;
  if (asked.kind !== 'filter' || (selection !== null && !isOfSpan(selection))) return null;
  const { where } = asked;
  const window = call.window && { fromNs: call.window.startNs, toNs: call.window.endNs };
  return { tenant: ask.tenant, range, where, selection, window };
}

/** Leaves few enough spans to unfold, and few enough rows to read on the way to them. */
function samplingOf(spans: number, rowCount: number): number {
  const touched = Math.min(spans * granuleRows, rowCount);
  return powerOfTwo(Math.max(spans / unfoldedMost, touched / readMost));
}

/** The least that is not below a number. */
function powerOfTwo(least: number): number {
  return least <= 1 ? 1 : 2 ** Math.ceil(Math.log2(least));
}

type ValueRow = {
  readonly key: string;
  readonly cell: string;
  readonly isTotal: number;
  readonly steps: readonly (readonly [slot: string, n: number])[];
  readonly valueCount: number;
};

function seriesOf(
  asked: MetricsAsk,
  rows: readonly ValueRow[],
  side: string,
  sampling: number,
): readonly Series[] {
  const { numbers } = stepsOf(asked);
  return rows.flatMap(({ key, cell, isTotal, steps, valueCount }): Series[] => {
    const counts = new Map(steps.map(([slot, n]) => [Number(slot), n * sampling] as const));
    const values = new Map(numbers.map((step) => [step, counts.get(step) ?? 0] as const));
    if (isTotal === 0) {
      const value = readCell(cell);
      if (value === null || value.value === '') return [];
      const labels = [meta('type', side), { name: key, value: fieldValue(value) }];
      return [{ labels, values, exemplars: [] }];
    }
    const all = { labels: [meta('type', `${side}_total`), nil(key)], values, exemplars: [] };
    if (valueCount <= valuesMost) return [all];
    return [all, { ...all, labels: [meta('error', '__too_many_values__'), nil(key)] }];
  });
}

function meta(name: 'type' | 'error', value: string): Label {
  return { name: `__meta_${name}`, value: { type: 'string', value } };
}

function nil(name: string): Label {
  return { name, value: { type: 'string', value: 'nil' } };
}
