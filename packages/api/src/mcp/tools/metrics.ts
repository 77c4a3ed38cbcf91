/** `metrics`: a TraceQL metrics query as a short table of series. */
import { textQuestion } from '@clew/query';
import * as v from 'valibot';
import { parseDurationNs } from '../../ask/duration.ts';
import { ApiError } from '../../errors.ts';
import { explorePath } from '../links.ts';
import { from, maxTokens, rangeIn, to, tool, traceql } from '../tool.ts';
import { counted, printRange, short } from '../words.ts';

/** Points of a series that an agent can still compare. */
const stepsWanted = 30n;
const msNs = 1_000_000n;

export const metrics = tool({
  name: 'metrics',
  title: 'Metrics from traces',
  description:
    'Runs a TraceQL metrics query over time: { resource.service.name = "cart" } | rate() by (name), { } | quantile_over_time(duration, .5, .95) by (resource.service.name), { status = error } | count_over_time(). Durations are in seconds. Each series has its least, mean, most and last value, and its points.',
  input: v.strictObject({
    q: traceql('the metrics query'),
    step: v.optional(
      v.pipe(
        v.string(),
        v.maxLength(32),
        v.description('length of a step, such as 1m; default a 30th of the range'),
      ),
    ),
    from,
    to,
    maxTokens,
  }),
  async answer({ q, step, ...given }, context) {
    const range = rangeIn(given, context);
    const stepNs = step === undefined ? defaultStep(range.toNs - range.fromNs) : stepOf(step);
    const answer = await context.query.seriesRange(
      textQuestion(q, range),
      { stepNs, seriesMax: 200 },
      { signal: context.signal },
    );
    const series = answer.series.map(({ labels, samples }) => {
      const name = labels.map((label) => `${label.name}=${String(label.value.value)}`).join(', ');
      return { name: name || 'all', values: samples.map(({ value }) => value), samples };
    });
    series.sort((a, b) => Math.max(...b.values, 0) - Math.max(...a.values, 0));
    const notes = [
      `${counted(answer.seriesFound, 'series')} ${printRange(range, context.nowMs)}, steps of ${Number(stepNs / msNs) / 1000} s`,
    ];
    if (!answer.complete) notes.push(`the first ${series.length} are given`);
    if (answer.sampling > 1)
      notes.push(`one span in ${answer.sampling} was read, counts are scaled`);
    return {
      query: answer.traceql,
      path: explorePath(q, range),
      notes,
      sections: [
        {
          title: 'Series, highest first',
          lines: series.map(({ name, values }) => `- ${name}: ${summary(values)}`),
        },
        {
          title: 'Points (time value)',
          lines: series.map(
            ({ name, samples }) => `- ${name}: ${samples.map(pointText).join(' ')}`,
          ),
        },
      ],
    };
  },
});

function summary(values: readonly number[]): string {
  if (values.length === 0) return 'no values';
  const sum = values.reduce((total, value) => total + value, 0);
  return `least ${short(Math.min(...values))}, mean ${short(sum / values.length)}, most ${short(Math.max(...values))}, last ${short(values.at(-1)!)}`;
}

function pointText({ timeMs, value }: { readonly timeMs: number; readonly value: number }): string {
  return `${new Date(timeMs).toISOString().slice(11, 19)} ${short(value)}`;
}

/** Whole seconds, because a step is whole milliseconds at least. */
function defaultStep(rangeNs: bigint): bigint {
  const seconds = rangeNs / stepsWanted / 1_000_000_000n;
  return (seconds < 1n ? 1n : seconds) * 1_000_000_000n;
}

function stepOf(text: string): bigint {
  const ns = parseDurationNs(text);
  if (ns !== undefined && ns > 0n) return ns;
  throw new ApiError('bad-parameter', {
    parameter: 'step',
    found: JSON.stringify(text),
    wanted: 'a duration such as 30s or 5m',
  });
}
