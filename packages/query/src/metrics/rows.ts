/**
 * Where the counts and sums of a metrics function come from: the counts kept per minute where they know enough, else
 * single spans where they decide, else traces evaluated whole.
 *
 * Never knows: what a series is called, SQL text.
 */
import { markChecked, type Pipeline } from '@clew/traceql';
import { QuestionError } from '../errors.ts';
import { isOfSpan } from '../fields.ts';
import { askedOf } from '../lower.ts';
import { rollupStatement } from '../sql/rollup.ts';
import { type SeriesRead, seriesStatement } from '../sql/series.ts';
import type { MetricsAsk } from './asked.ts';
import type { SpanCall } from './calls.ts';
import type { Example } from './examples.ts';
import { storedFields } from './presence.ts';
import { type RangeParts, rollupParts } from './rollup.ts';
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
  const { sources } = asked;
  const read = seriesReadOf(asked, source, call);
  if (read === null) {
    sources.add('traces');
    return evaluateRows(asked, source, call);
  }
  const parts = asked.rollups ? rollupParts(read, call) : null;
  if (parts !== null) return { rows: await readParts(asked, read, parts), examples: null };
  sources.add('spans');
  const by = await storedFields(asked.ask, asked.range, call.by);
  return { rows: await readSpans(asked, { ...read, by }), examples: null };
}

async function readSpans({ ask }: MetricsAsk, read: SeriesRead): Promise<readonly SeriesRow[]> {
  return checked(read, await ask.run.rows<SeriesRow>(seriesStatement(read)));
}

/** The counts kept per minute call their number of spans so; its name must not hide the column it sums. */
type RollupRow = Omit<SeriesRow, 'n'> & { readonly spans: string | number };

async function readParts(
  asked: MetricsAsk,
  read: SeriesRead,
  { minutes, ends }: RangeParts,
): Promise<readonly SeriesRow[]> {
  const { ask, sources } = asked;
  sources.add('span_metrics');
  if (ends.length > 0) sources.add('spans');
  const statement = rollupStatement({ ...read, range: minutes });
  const [counted, ...others] = await Promise.all([
    ask.run.rows<RollupRow>(statement),
    ...ends.map((range) => readSpans(asked, { ...read, range })),
  ]);
  const rows = checked(read, counted).map(
    ({ spans, ...row }) => ({ ...row, n: spans }) as SeriesRow,
  );
  return joined([...rows, ...others.flat()], read.by.length);
}

/** One row per step, labels and power. */
function joined(rows: readonly SeriesRow[], labels: number): readonly SeriesRow[] {
  const all = new Map<string, SeriesRow>();
  for (const row of rows) {
    const cells = Array.from({ length: labels }, (_, at) => row[`c${at}`]);
    const key = JSON.stringify([row.slot, row.power, cells]);
    const other = all.get(key);
    all.set(key, other === undefined ? row : { ...row, ...sumOf(row, other) });
  }
  return [...all.values()];
}

function sumOf(a: SeriesRow, b: SeriesRow): Pick<SeriesRow, 'n' | 'total'> {
  return { n: Number(a.n) + Number(b.n), total: a.total + b.total };
}

/** @throws QuestionError `too-many-series` */
function checked<Row>({ limit }: SeriesRead, rows: readonly Row[]): readonly Row[] {
  if (rows.length < limit) return rows;
  throw new QuestionError('too-many-series', { max: `${limit}` });
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
  const by = call.by.map((field) => ({ field, types: null }));
  return { tenant, range, stepNs, where, by, of: readOf(call), limit: limits.rowsMax };
}

function fieldsOf(call: SpanCall) {
  return call.kind === 'count-over-time' ? call.by : [...call.by, call.of];
}

export function readOf(call: SpanCall): SeriesRead['of'] {
  if (call.kind === 'count-over-time') return null;
  const isPowers = call.kind === 'quantile-over-time' || call.name === 'histogram_over_time';
  return { field: call.of, as: isPowers ? 'powers' : 'sum' };
}
