/**
 * The parameters of Tempo's metrics endpoints → a question, its step and its limits, refusing in Tempo's own words.
 * https://grafana.com/docs/tempo/latest/api_docs/#traceql-metrics
 *
 * Never knows: how a question is answered.
 */
import { type Question, type TimeRange, textQuestion } from '@clew/query';
import { parseDurationNs } from '../ask/duration.ts';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { parseTimeNs } from '../ask/time.ts';
import { quoted, whole } from './ask.ts';
import { printGoDuration } from './go-duration.ts';
import { withoutPrefix } from './refuse.ts';

const secondNs = 1_000_000_000n;
const msNs = 1_000_000n;
const hourNs = 3600n * secondNs;
const exemplarsMost = 100;
/** Steps in a range, at most. */
const stepsMost = 10_000n;

export type MetricsClock = {
  readonly nowMs: number;
  /** 0 for any. */
  readonly rangeMsMax: number;
};

export type MetricsAsk = {
  readonly question: Question;
  /** Whole milliseconds. */
  readonly stepNs: bigint;
  readonly exemplars: number;
  /** 0 for all. */
  readonly seriesMax: number;
};

/** @throws BadAsk · QuestionError */
export function metricsAskOf(given: Parameters, clock: MetricsClock): MetricsAsk {
  return metricsAsk(
    {
      q: first(given, 'q') || first(given, 'query'),
      range: rangeOf(given, clock.nowMs),
      stepNs: stepOf(first(given, 'step')),
      exemplars: count(given, 'exemplars') ?? exemplarsMost,
      seriesMax: count(given, 'maxSeries') ?? 0,
    },
    clock,
  );
}

export type MetricsNumbers = Omit<MetricsAsk, 'question'> & {
  readonly q: string;
  readonly range: TimeRange;
};

/** @param asked a step of 0 asks for one that fits @throws BadAsk · QuestionError */
export function metricsAsk(asked: MetricsNumbers, { rangeMsMax }: MetricsClock): MetricsAsk {
  const { q, range, exemplars, seriesMax } = asked;
  if (range.fromNs >= range.toNs) throw new BadAsk('end must be greater than start');
  const lengthNs = range.toNs - range.fromNs;
  if (rangeMsMax > 0 && lengthNs > BigInt(rangeMsMax) * msNs) {
    const most = printGoDuration(BigInt(rangeMsMax) * msNs);
    throw new BadAsk(`metrics query time range exceeds the maximum allowed duration of ${most}`);
  }
  const stepNs = asked.stepNs === 0n ? fittingStep(lengthNs) : asked.stepNs;
  const leastNs = lengthNs / stepsMost;
  if (stepNs < leastNs) {
    throw new BadAsk(
      `step of ${printGoDuration(stepNs)} is too small, minimum step for given range is ${printGoDuration(leastNs)}`,
    );
  }
  // Steps are whole milliseconds here.
  const roundedNs = ((stepNs + msNs - 1n) / msNs) * msNs;
  return {
    question: metricsQuestion(q, range),
    stepNs: roundedNs,
    exemplars: Math.min(exemplars, exemplarsMost),
    seriesMax,
  };
}

function metricsQuestion(q: string, range: TimeRange): Question {
  try {
    const question = textQuestion(q, range);
    const { kind } = question.query.body;
    if (kind === 'metrics' || kind === 'metrics-binary') return question;
  } catch (error) {
    throw withoutPrefix(error);
  }
  throw new BadAsk('not a metrics query');
}

/** An hour in steps of 15 s, longer ranges in as many steps, rounded to 5 s. */
function fittingStep(lengthNs: bigint): bigint {
  const evenNs = lengthNs / 240n;
  const roundedTo = (unitNs: bigint) => (evenNs / unitNs) * unitNs;
  return roundedTo(5n * secondNs) || roundedTo(secondNs) || secondNs;
}

function rangeOf(given: Parameters, nowMs: number): TimeRange {
  const nowNs = BigInt(Math.floor(nowMs)) * msNs;
  const since = first(given, 'since');
  if (since !== '') {
    const sinceNs = /^\d+$/.test(since) ? undefined : parseDurationNs(since);
    if (sinceNs === undefined) throw invalid('since', since, 'duration');
    return { fromNs: nowNs - sinceNs, toNs: nowNs };
  }
  const [start, end] = [first(given, 'start'), first(given, 'end')];
  if (start === '' && end === '') return { fromNs: nowNs - hourNs, toNs: nowNs };
  if (start === '' || end === '') {
    throw new BadAsk('only one of start and end provided: must provide both or neither');
  }
  return { fromNs: timeOf(start, 'start'), toNs: timeOf(end, 'end') };
}

/** Seconds, with a point or of at most ten digits; nanoseconds; RFC 3339. */
function timeOf(written: string, name: string): bigint {
  if (/^\d{1,10}$/.test(written)) return BigInt(written) * secondNs;
  if (/^\d{11,19}$/.test(written)) return BigInt(written);
  const [, seconds, fraction = ''] = /^(\d{1,10})\.(\d*)$/.exec(written) ?? [];
  if (seconds !== undefined) {
    return BigInt(seconds) * secondNs + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  }
  const ns = /^\d{4}-/.test(written) ? parseTimeNs(written, 0) : undefined;
  if (ns === undefined) throw invalid(name, written, 'timestamp');
  return ns;
}

/** Seconds, whole or not, or a duration; 0 when nothing is given. */
function stepOf(written: string): bigint {
  if (written === '') return 0n;
  const isNumber = /^\d{1,9}(\.\d*)?$/.test(written);
  const ns = isNumber
    ? BigInt(Math.round(Number(written) * 1e9))
    : (parseDurationNs(written) ?? 0n);
  if (ns <= 0n) throw invalid('step', written, 'duration');
  return ns;
}

function count(given: Parameters, name: string): number | undefined {
  const written = first(given, name);
  return written === '' ? undefined : whole(written, name);
}

function invalid(name: string, written: string, wanted: string): BadAsk {
  return new BadAsk(`invalid ${name}: cannot parse ${quoted(written)} to a valid ${wanted}`);
}
