/**
 * Where the counts and sums of a metrics function come from: single spans where they decide, else traces evaluated whole.
 *
 * Never knows: what a series is called, SQL text.
 */
import { markChecked, type Pipeline } from '@clew/traceql';
import { QuestionError } from '../errors.ts';
import { isOfSpan } from '../fields.ts';
import { askedOf } from '../lower.ts';
import { type SeriesRead, seriesStatement } from '../sql/series.ts';
import type { MetricsAsk } from './asked.ts';
import type { SpanCall } from './calls.ts';
import type { Example } from './examples.ts';
import { evaluateRows } from './whole-traces.ts';

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

export type Rows = {
  readonly rows: readonly SeriesRow[];
  /** Some of the spans, where reading the rows came across them; null where they are to be read. */
  readonly examples: readonly Example[] | null;
};

/** @throws QuestionError `too-many-series` */
export async function readRows(asked: MetricsAsk, source: Pipeline, call: SpanCall): Promise<Rows> {
  const { ask, sources } = asked;
  const read = seriesReadOf(asked, source, call);
  if (read === null) {
    sources.add('traces');
    return evaluateRows(asked, source, call);
  }
  sources.add('spans');
  const rows = await ask.run.rows<SeriesRow>(seriesStatement(read));
  if (rows.length === read.limit) {
    throw new QuestionError('too-many-series', { max: `${read.limit}` });
  }
  return { rows, examples: null };
}

/** What is read of `spans`; null when whole traces decide. */
export function seriesReadOf(
  { ask, range, stepNs }: MetricsAsk,
  source: Pipeline,
  call: SpanCall,
): SeriesRead | null {
  const asked = askedOf(markChecked({ kind: 'query', body: source, secondStages: [], hints: [] }));
  if (asked.kind !== 'filter' || !fieldsOf(call).every(isOfSpan)) return null;
  const { tenant, limits } = ask;
  const { where } = asked;
  return { tenant, range, stepNs, where, by: call.by, of: readOf(call), limit: limits.rowsMax };
}

function fieldsOf(call: SpanCall) {
  return call.kind === 'count-over-time' ? call.by : [...call.by, call.of];
}

export function readOf(call: SpanCall): SeriesRead['of'] {
  if (call.kind === 'count-over-time') return null;
  const isPowers = call.kind === 'quantile-over-time' || call.name === 'histogram_over_time';
  return { field: call.of, as: isPowers ? 'powers' : 'sum' };
}
