/**
 * Series → Tempo's `QueryRangeResponse` and `QueryInstantResponse`, as plain data that protobuf and its JSON are written
 * from. Never knows: HTTP, gRPC.
 */
import type { InstantAnswer, Label, SeriesAnswer } from '@clew/query';
import {
  jobs,
  jsonDouble,
  type SearchMetrics,
  searchMetrics,
  type TagPair,
  tagValue,
} from './search-shape.ts';

/** Zero is left out, as protobuf's JSON does. */
type Value = { readonly value?: number | string };

export type Sample = Value & { readonly timestampMs: string };

export type ExemplarAnswer = Sample & { readonly labels: readonly TagPair[] };

export type RangeSeries = {
  readonly labels: readonly TagPair[];
  readonly samples: readonly Sample[];
  readonly exemplars?: readonly ExemplarAnswer[];
};

export type InstantSeries = Value & { readonly labels: readonly TagPair[] };

export type MetricsAnswer<One> = {
  readonly series: readonly One[];
  readonly metrics: SearchMetrics;
  readonly status?: 'PARTIAL';
  readonly message?: string;
};

export function rangeShape(answer: SeriesAnswer): MetricsAnswer<RangeSeries> {
  return answerOf(answer, ({ labels, samples, exemplars }) => ({
    labels: labels.map(labelPair),
    samples: samples.map(({ timeMs, value }) => sample(String(timeMs), value)),
    ...(exemplars.length === 0
      ? {}
      : {
          exemplars: exemplars.map((one) => ({
            labels: [
              { key: 'trace:id', value: { stringValue: one.traceId } },
              { key: 'span:id', value: { stringValue: one.spanId } },
            ],
            ...sample(String(BigInt(one.timeNs) / 1_000_000n), one.value),
          })),
        }),
  }));
}

export function instantShape(answer: InstantAnswer): MetricsAnswer<InstantSeries> {
  return answerOf(answer, ({ labels, value }) => ({
    labels: labels.map(labelPair),
    ...measured(value),
  }));
}

function answerOf<From, One>(
  {
    series,
    complete,
    seriesFound,
    took,
  }: Pick<SeriesAnswer, 'complete' | 'seriesFound' | 'took'> & {
    readonly series: readonly From[];
  },
  show: (one: From) => One,
): MetricsAnswer<One> {
  const said = `the first ${series.length} of ${seriesFound} series are given; ask by fewer fields or for more series`;
  return {
    series: series.map(show),
    metrics: searchMetrics(took, jobs),
    ...(complete ? {} : { status: 'PARTIAL', message: said }),
  };
}

function labelPair({ name, value }: Label): TagPair {
  return { key: name, value: tagValue(value) };
}

function sample(timestampMs: string, value: number): Sample {
  return { timestampMs, ...measured(value) };
}

function measured(value: number): Value {
  return value === 0 ? {} : { value: jsonDouble(value) };
}
