/**
 * Metrics queries: a question in, series out, over a range in steps or as one number each.   before: query.ts   after: rows.ts, calls.ts, stages.ts
 *
 * A value belongs to the step in which its span starts; steps are multiples of their length, open at their start and
 * closed at their end, and a sample carries the end. The last step may reach beyond the range, where no span is counted.
 *
 * Never knows: SQL text, how a face names labels.
 */
import { type Hint, type MetricsExpression, printQuery } from '@clew/traceql';
import type { Ask } from '../ask.ts';
import { QuestionError } from '../errors.ts';
import type { Question, TimeRange } from '../question.ts';
import type { Took } from '../results.ts';
import { type MetricsAsk, type SeriesSource, wholeSlot } from './asked.ts';
import { evaluateCall } from './calls.ts';
import {
  applyStages,
  byLabels,
  combine,
  constantOf,
  type Exemplar,
  type Label,
  type Series,
} from './stages.ts';

export type RangeOptions = {
  /** Length of a step, whole milliseconds. */
  readonly stepNs: bigint;
  /** Most exemplars of the whole answer, 0 (the default) to 100. The query's hint `exemplars` comes first. */
  readonly exemplars?: number;
  /** Most series; left out or 0, all. */
  readonly seriesMax?: number;
  /** False: answer from spans also where counts kept per minute would do. */
  readonly rollups?: boolean;
};

export type InstantOptions = Pick<RangeOptions, 'seriesMax' | 'rollups'>;

export type SeriesAnswer = Answer<{
  /** `by` fields by their TraceQL names, without those that are missing; `__name__` when there is no `by`. */
  readonly labels: readonly Label[];
  /** In order of time; a step without a value is left out. Durations are seconds. */
  readonly samples: readonly { readonly timeMs: number; readonly value: number }[];
  /** In order of time, at most one per trace. */
  readonly exemplars: readonly Exemplar[];
}>;

export type InstantAnswer = Answer<{ readonly labels: readonly Label[]; readonly value: number }>;

type Answer<One> = {
  readonly series: readonly One[];
  /** False when there are more series than were asked for: the first by their labels are given. */
  readonly complete: boolean;
  /** How many there are. */
  readonly seriesFound: number;
  readonly sources: readonly SeriesSource[];
  /** 1: every span was looked at; n: at least one in n was, and counts are scaled up. */
  readonly sampling: number;
  readonly traceql: string;
  readonly took: Took;
};

/** Steps in a range, at most; as Tempo has it. */
const stepsMost = 10_000;

/** As Tempo has it. */
const exemplarsMost = 100;

/**
 * The series of a metrics query, one sample per step.
 * @throws QuestionError `bad-series-step`, `unsupported-query` for a search, `too-many-series`
 */
export async function readSeriesRange(
  ask: Ask,
  question: Question,
  { stepNs, exemplars = 0, seriesMax = 0, rollups = true }: RangeOptions,
): Promise<SeriesAnswer> {
  checkStep(question.range, stepNs);
  const exemplarsMax = exemplarsOf(question.query.hints, exemplars);
  const found = await read(ask, question, { stepNs, exemplarsMax, rollups });
  return answerOf(found, seriesMax, ({ labels, values, exemplars }) => ({
    labels,
    samples: [...values]
      .sort(([a], [b]) => a - b)
      .map(([slot, value]) => ({ timeMs: Number((BigInt(slot) * stepNs) / 1_000_000n), value })),
    exemplars: [...exemplars].sort((a, b) => Number(BigInt(a.timeNs) - BigInt(b.timeNs))),
  }));
}

/**
 * One number per series, about the whole range.
 * @throws QuestionError `unsupported-query` for a search, `too-many-series`
 */
export async function readSeriesInstant(
  ask: Ask,
  question: Question,
  { seriesMax = 0, rollups = true }: InstantOptions,
): Promise<InstantAnswer> {
  const found = await read(ask, question, { stepNs: null, exemplarsMax: 0, rollups });
  const valued = found.series.filter(({ values }) => values.has(wholeSlot));
  return answerOf({ ...found, series: valued }, seriesMax, ({ labels, values }) => ({
    labels,
    value: values.get(wholeSlot)!,
  }));
}

type Found = Omit<Answer<Series>, 'complete' | 'seriesFound'>;

async function read(
  ask: Ask,
  { query, range }: Question,
  options: Pick<MetricsAsk, 'stepNs' | 'exemplarsMax' | 'rollups'>,
): Promise<Found> {
  const { body } = query;
  if (body.kind !== 'metrics' && body.kind !== 'metrics-binary') {
    const found = `the search ${printQuery(query)}`;
    throw new QuestionError('wrong-kind-of-query', { found, wanted: 'a metrics query' });
  }
  const sources = new Set<SeriesSource>();
  const sampling = { least: 1 };
  const found = await evaluate({ ask, range, sources, sampling, ...options }, body);
  const series = [...applyStages(found, query.secondStages)].sort(byLabels);
  return {
    series,
    sources: [...sources],
    sampling: sampling.least,
    traceql: printQuery(query),
    took: ask.run.took(),
  };
}

function answerOf<One>(found: Found, seriesMax: number, show: (one: Series) => One): Answer<One> {
  const seriesFound = found.series.length;
  const complete = seriesMax === 0 || seriesFound <= seriesMax;
  const shown = complete ? found.series : found.series.slice(0, seriesMax);
  return { ...found, series: shown.map(show), complete, seriesFound };
}

function checkStep({ fromNs, toNs }: TimeRange, stepNs: bigint): void {
  const leastNs = (toNs - fromNs) / BigInt(stepsMost) + 1n;
  if (stepNs >= leastNs && stepNs % 1_000_000n === 0n) return;
  throw new QuestionError('bad-series-step', {
    found: `${stepNs}`,
    least: `${(leastNs + 999_999n) / 1_000_000n}`,
  });
}

/** A hint of a wrong type says nothing. */
function exemplarsOf(hints: readonly Hint[], asked: number): number {
  const hint = hints.find(({ name }) => name === 'exemplars')?.value;
  if (hint?.type === 'boolean') return hint.value ? exemplarsMost : 0;
  const wanted = hint?.type === 'int' ? Number(hint.value) : asked;
  return Math.max(0, Math.min(exemplarsMost, Math.trunc(wanted)));
}

async function evaluate(asked: MetricsAsk, of: MetricsExpression): Promise<readonly Series[]> {
  if (of.kind === 'metrics') {
    return applyStages(await evaluateCall(asked, of), of.secondStages);
  }
  const side = async (operand: typeof of.left) =>
    operand.kind === 'static' ? constantOf(operand) : evaluate(asked, operand);
  return combine(of.operator, await side(of.left), await side(of.right));
}
