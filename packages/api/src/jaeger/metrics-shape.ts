/**
 * Counts per step → a Jaeger metric family: latencies, call rates or error rates as lines of points.
 *
 * What Jaeger has Prometheus compute over a sliding window is computed here from the same counts:
 * https://www.jaegertracing.io/docs/latest/architecture/spm/. Never knows: where counts come from.
 */
import type { RedStep } from '@clew/query';
import { firstPoint, type MetricsAsk } from './metrics-ask.ts';

export type Metric = { readonly of: 'calls' | 'errors' } | Latencies;
type Latencies = { readonly of: 'latencies'; readonly quantile: number };

/** The whole answer. `steps` are in order of service, operation and time. */
export function metricFamily(metric: Metric, ask: MetricsAsk, steps: readonly RedStep[]) {
  const { name, help } = titles(metric, ask.byOperation);
  return {
    name,
    type: 'GAUGE',
    help,
    metrics: linesOf(steps).map((line) => ({
      labels: labelsOf(line[0]!, ask.byOperation),
      metricPoints: pointsOf(metric, ask, line),
    })),
  };
}

function titles(metric: Metric, byOperation: boolean) {
  const of = byOperation ? 'service_operation' : 'service';
  const grouped = byOperation ? 'grouped by service & operation' : 'grouped by service';
  switch (metric.of) {
    case 'calls':
      return { name: `${of}_call_rate`, help: `calls/sec, ${grouped}` };
    case 'errors':
      return {
        name: `${of}_error_rate`,
        help: `error rate, computed as a fraction of errors/sec over calls/sec, ${grouped}`,
      };
    case 'latencies':
      return {
        name: `${of}_latencies`,
        help: `${metric.quantile.toFixed(2)}th quantile latency, ${grouped}`,
      };
  }
}

function labelsOf({ service, name }: RedStep, byOperation: boolean) {
  const ofService = { name: 'service_name', value: service };
  return byOperation ? [{ name: 'operation', value: name }, ofService] : [ofService];
}

/** Steps of one service and operation each; they stand side by side. */
function linesOf(steps: readonly RedStep[]): RedStep[][] {
  const lines: RedStep[][] = [];
  for (const step of steps) {
    const before = lines.at(-1)?.[0];
    const isSame = before?.service === step.service && before.name === step.name;
    if (isSame) lines.at(-1)!.push(step);
    else lines.push([step]);
  }
  return lines;
}

/** One point per step; a window slides over the steps, so each step is added and taken away once. */
function pointsOf(metric: Metric, ask: MetricsAsk, line: readonly RedStep[]) {
  const { stepMs, windowMs, toMs } = ask;
  const window = createWindow();
  const points = [];
  let entering = 0;
  let leaving = 0;
  for (let atMs = firstPoint(ask); atMs < toMs + stepMs; atMs += stepMs) {
    for (; line[entering] && line[entering]!.startMs < atMs; entering++) {
      window.add(line[entering]!, 1);
    }
    for (; line[leaving] && line[leaving]!.startMs < atMs - windowMs; leaving++) {
      window.add(line[leaving]!, -1);
    }
    points.push({
      gaugeValue: { doubleValue: json(valueAt(metric, window, windowMs)) },
      timestamp: new Date(Math.min(atMs, toMs)).toISOString().replace('.000Z', 'Z'),
    });
  }
  return points;
}

/** Protobuf's JSON: what JSON lacks is text. */
function json(value: number): number | 'NaN' {
  return Number.isNaN(value) ? 'NaN' : value;
}

type Window = ReturnType<typeof createWindow>;

function valueAt(metric: Metric, window: Window, windowMs: number): number {
  switch (metric.of) {
    case 'calls':
      return window.spans / (windowMs / 1000);
    case 'errors':
      return window.spans === 0 ? 0 : window.errors / window.spans;
    case 'latencies':
      return window.quantileMs(metric.quantile);
  }
}

function createWindow() {
  const spansOfBucket = new Map<number, number>();
  let [spans, errors] = [0, 0];
  return {
    get spans() {
      return spans;
    },
    get errors() {
      return errors;
    },
    add(step: RedStep, sign: 1 | -1) {
      spans += sign * step.spans;
      errors += sign * step.errors;
      const [buckets, counts] = step.durations;
      for (const [at, bucket] of buckets.entries()) {
        spansOfBucket.set(bucket, (spansOfBucket.get(bucket) ?? 0) + sign * counts[at]!);
      }
    },
    /** The middle of the bucket in which the quantile falls; buckets are 9 % wide. */
    quantileMs(quantile: number): number {
      let below = 0;
      for (const bucket of [...spansOfBucket.keys()].sort((one, other) => one - other)) {
        const count = spansOfBucket.get(bucket)!;
        below += count;
        if (count > 0 && below >= quantile * spans) return 2 ** ((bucket + 0.5) / 8) / 1e6;
      }
      return Number.NaN;
    },
  };
}
