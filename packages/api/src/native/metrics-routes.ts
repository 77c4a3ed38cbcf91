/**
 * `/metrics/query_range` and `/metrics/query`: TraceQL metrics → series over time, or one number each.
 *
 * Never knows: how a question is answered.
 */
import {
  type InstantAnswer,
  type Label,
  type SeriesAnswer,
  type TimeRange,
  textQuestion,
} from '@clew/query';
import { rangeOf } from '../ask/range.ts';
import type { App } from '../typed-app.ts';
import {
  type InstantAnswerJson,
  instantAnswer,
  instantQuery,
  type RangeAnswer,
  rangeAnswer,
  rangeQuery,
} from './metrics-answers.ts';
import type { NativeParts } from './routes.ts';

export function metricsRoutes(app: App, parts: NativeParts): void {
  const { query, settings } = parts;
  const nowMs = parts.nowMs ?? Date.now;
  const clock = () => ({ nowMs: nowMs(), hotWindowMs: settings.hotWindowMs });

  const rangeSchema = {
    summary: 'Series of a TraceQL metrics query over time',
    description:
      'A value belongs to the step in which its span starts; a sample carries the end of its step.',
    tags: ['metrics'],
    querystring: rangeQuery,
    response: { 200: rangeAnswer },
  };
  app.get(
    '/api/v1/metrics/query_range',
    { schema: rangeSchema },
    async ({ query: ask, signal }) => {
      const range = rangeOf(ask, clock());
      const stepNs = ask.step ?? defaultStepNs(range);
      const options = { stepNs, exemplars: ask.exemplars ?? 0, seriesMax: ask.limit ?? 0 };
      return rangeShape(
        await query.seriesRange(textQuestion(ask.q, range), options, { signal }),
        stepNs,
      );
    },
  );

  const instantSchema = {
    summary: 'One number per series of a TraceQL metrics query, about the whole range',
    tags: ['metrics'],
    querystring: instantQuery,
    response: { 200: instantAnswer },
  };
  app.get('/api/v1/metrics/query', { schema: instantSchema }, async ({ query: ask, signal }) => {
    const question = textQuestion(ask.q, rangeOf(ask, clock()));
    const options = { seriesMax: ask.limit ?? 0 };
    return instantShape(await query.seriesInstant(question, options, { signal }));
  });
}

const stepsWanted = 240n;

/** Lengths that people read easily; from a minute on, counts kept per minute can answer. */
const stepsS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200];
const dayS = 86_400n;
const secondNs = 1_000_000_000n;

export function defaultStepNs({ fromNs, toNs }: TimeRange): bigint {
  const wantedNs = (toNs - fromNs) / stepsWanted;
  const found = stepsS.find((step) => BigInt(step) * secondNs >= wantedNs);
  if (found !== undefined) return BigInt(found) * secondNs;
  return (wantedNs / (dayS * secondNs) + 1n) * dayS * secondNs;
}

function rangeShape({ series, ...found }: SeriesAnswer, stepNs: bigint): RangeAnswer {
  return {
    series: series.map(({ labels, samples, exemplars }) => ({
      labels: labels.map(labelShape),
      samples: samples.map(({ timeMs, value }): [number, number] => [timeMs, value]),
      exemplars: exemplars.map((one) => ({ ...one, labels: one.labels.map(labelShape) })),
    })),
    stepNs: `${stepNs}`,
    ...restShape(found),
  };
}

function instantShape({ series, ...found }: InstantAnswer): InstantAnswerJson {
  return {
    series: series.map(({ labels, value }) => ({ labels: labels.map(labelShape), value })),
    ...restShape(found),
  };
}

function restShape(found: Omit<InstantAnswer, 'series'>) {
  const { complete, seriesFound, sources, sampling, traceql, took } = found;
  return { complete, seriesFound, sources: [...sources], sampling, traceql, took };
}

function labelShape({ name, value }: Label): RangeAnswer['series'][number]['labels'][number] {
  return { name, type: value.type, value: value.value };
}
