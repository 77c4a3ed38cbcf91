/**
 * `compare({ … })`: which values attributes have in the spans that are selected and in all others.
 *
 * Up to some hundred thousand spans are unfolded into their attributes; of more, a share is read, and what was found is
 * scaled up by it. The answer says by how much.
 *
 * Never knows: SQL text.
 */
import { type Compare, markChecked, type Pipeline, printQuery } from '@clew/traceql';
import { QuestionError } from '../errors.ts';
import { isOfSpan } from '../fields.ts';
import { askedOf } from '../lower.ts';
import { type CompareRead, comparedValuesStatement, selectedStatement } from '../sql/compare.ts';
import { fieldValue, readCell } from '../value.ts';
import { type MetricsAsk, stepsOf } from './asked.ts';
import type { Label, Series } from './stages.ts';

/** Half a second of unfolding on one core. */
const spansMost = 250_000;

const topDefault = 10;

/** More values than this say nothing about a group of spans: they are ids. */
const valuesMost = 10_000;

export async function readCompare(
  asked: MetricsAsk,
  source: Pipeline,
  call: Compare,
): Promise<readonly Series[]> {
  const read = compareReadOf(asked, source, call);
  asked.sources.add('spans');
  const { run } = asked.ask;
  const [counts] = await run.rows<{ spans: number; selected: number }>(selectedStatement(read));
  const { spans, selected } = counts ?? { spans: 0, selected: 0 };
  const top = call.top ?? topDefault;
  const sides = [
    { name: 'baseline', spans: spans - selected, isSelection: false },
    { name: 'selection', spans: selected, isSelection: true },
  ];
  const series: Series[] = [];
  for (const { name, spans: there, isSelection } of sides) {
    if (there === 0) continue;
    const sampling = samplingOf(there);
    asked.sampling.least = Math.max(asked.sampling.least, sampling);
    const { stepNs } = asked;
    const limit = asked.ask.limits.rowsMax;
    const side = { ...read, stepNs, isSelection, sampling, top, limit };
    const rows = await run.rows<ValueRow>(comparedValuesStatement(side));
    series.push(...seriesOf(asked, rows, name, sampling));
  }
  return series;
}

/** @throws QuestionError `unsupported-query` when whole traces decide */
function compareReadOf({ ask, range }: MetricsAsk, source: Pipeline, call: Compare): CompareRead {
  const query = markChecked({ kind: 'query', body: source, secondStages: [], hints: [] });
  const asked = askedOf(query);
  const selection = call.selection.where;
  if (asked.kind !== 'filter' || (selection !== null && !isOfSpan(selection))) {
    throw new QuestionError('unsupported-query', {
      found: `compare() of spans that whole traces decide, in ${printQuery(query)},`,
    });
  }
  const { where } = asked;
  const window = call.window && { fromNs: call.window.startNs, toNs: call.window.endNs };
  return { tenant: ask.tenant, range, where, selection, window };
}

/** The power of two that leaves few enough spans. */
function samplingOf(spans: number): number {
  return spans <= spansMost ? 1 : 2 ** Math.ceil(Math.log2(spans / spansMost));
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
