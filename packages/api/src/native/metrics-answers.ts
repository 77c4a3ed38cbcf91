/**
 * Parameters and answers of the native metrics routes as schemas: validation and the OpenAPI document are made from them.
 *
 * Never knows: where an answer comes from.
 */
import * as v from 'valibot';
import { count, duration, text, time } from '../ask/values.ts';
import { limits } from '../limits.ts';

const seriesMax = 10_000;
const exemplarsMax = 100;

const asked = {
  q: text('a TraceQL metrics query, such as { } | rate() by(name)', limits.traceqlCharsMax),
  from: v.optional(time('spans that start at or after; by default the whole hot window')),
  to: v.optional(time('spans that start before; by default an hour from now')),
  limit: v.optional(count('most series', seriesMax)),
};

export const instantQuery = v.strictObject(asked);

export const rangeQuery = v.strictObject({
  ...asked,
  step: v.optional(duration('time between samples; by default some 240 samples')),
  exemplars: v.optional(count('most exemplars; none by default', exemplarsMax)),
});

const label = v.object({
  name: v.pipe(v.string(), v.description('a field by its TraceQL name, or __name__, p, __bucket')),
  type: v.picklist(['string', 'int', 'float', 'duration', 'boolean', 'status', 'kind']),
  value: v.pipe(
    v.union([v.string(), v.number(), v.boolean()]),
    v.description('integers and durations (nanoseconds) are strings'),
  ),
});

const rest = {
  complete: v.pipe(v.boolean(), v.description('false when limit left series out')),
  seriesFound: v.number(),
  sources: v.pipe(
    v.array(v.picklist(['span_metrics', 'spans', 'traces'])),
    v.description(
      'what was counted: counts kept per minute, single spans, or traces evaluated whole',
    ),
  ),
  sampling: v.pipe(
    v.number(),
    v.description(
      '1: every span was looked at; n: at least one in n was, and counts are scaled up',
    ),
  ),
  traceql: v.string(),
  took: v.object({ ms: v.number(), rowsRead: v.number() }),
};

const value = v.pipe(v.number(), v.description('durations are seconds'));
const epochMs = v.pipe(v.number(), v.description('end of the step, epoch milliseconds'));

export const rangeAnswer = v.object({
  series: v.array(
    v.object({
      labels: v.array(label),
      samples: v.array(v.tuple([epochMs, value])),
      exemplars: v.array(
        v.object({
          traceId: v.string(),
          spanId: v.string(),
          timeNs: v.pipe(v.string(), v.description('start of the span, epoch nanoseconds')),
          value,
          labels: v.array(label),
        }),
      ),
    }),
  ),
  stepNs: v.pipe(v.string(), v.description('length of a step, nanoseconds')),
  ...rest,
});
export type RangeAnswer = v.InferOutput<typeof rangeAnswer>;

export const instantAnswer = v.object({
  series: v.array(v.object({ labels: v.array(label), value })),
  ...rest,
});
export type InstantAnswerJson = v.InferOutput<typeof instantAnswer>;
