import type { RedStep } from '@clew/query';
import { describe, expect, test } from 'vitest';
import type { MetricsAsk } from './metrics-ask.ts';
import { type Metric, metricFamily } from './metrics-shape.ts';

const minuteMs = 60_000;
const fromMs = 1_763_640_000_000;

const ask: MetricsAsk = {
  services: ['a'],
  kinds: ['server'],
  byOperation: false,
  fromMs,
  toMs: fromMs + 4 * minuteMs,
  stepMs: minuteMs,
  windowMs: 2 * minuteMs,
};

const step = (minute: number, spans: number, errors: number, bucket: number): RedStep => ({
  service: 'a',
  name: '',
  startMs: fromMs + minute * minuteMs,
  spans,
  errors,
  durations: [[bucket], [spans]],
});

const steps = [step(-1, 60, 0, 160), step(0, 60, 30, 160), step(2, 120, 0, 200)];
const valuesOf = (metric: Metric) =>
  metricFamily(metric, ask, steps).metrics[0]!.metricPoints.map(
    ({ gaugeValue }) => gaugeValue.doubleValue,
  );

describe('each point counts its window', () => {
  test('as calls per second', () => {
    expect(valuesOf({ of: 'calls' })).toEqual([1, 0.5, 1, 1]);
  });

  test('as a share of errors', () => {
    expect(valuesOf({ of: 'errors' })).toEqual([0.25, 0.5, 0, 0]);
  });

  test('as milliseconds of the bucket in which the quantile falls', () => {
    const low = 2 ** (160.5 / 8) / 1e6;
    const high = 2 ** (200.5 / 8) / 1e6;
    expect(valuesOf({ of: 'latencies', quantile: 0.5 })).toEqual([low, low, high, high]);
    expect(valuesOf({ of: 'latencies', quantile: 1 })).toEqual([low, low, high, high]);
  });
});

test('points without calls are zero rates and no latency', () => {
  const late = { ...ask, fromMs: fromMs + 6 * minuteMs, toMs: fromMs + 7 * minuteMs };
  const points = (metric: Metric) =>
    metricFamily(metric, late, steps).metrics[0]!.metricPoints.map(({ gaugeValue }) => gaugeValue);
  expect(points({ of: 'calls' })).toEqual([{ doubleValue: 0 }]);
  expect(points({ of: 'errors' })).toEqual([{ doubleValue: 0 }]);
  expect(points({ of: 'latencies', quantile: 0.9 })).toEqual([{ doubleValue: 'NaN' }]);
});

test('the newest point stands at the end asked for, even within a step', () => {
  const { metrics } = metricFamily({ of: 'calls' }, { ...ask, toMs: ask.toMs - 1500 }, steps);
  expect(metrics[0]!.metricPoints.map(({ timestamp }) => timestamp)).toEqual([
    '2025-11-20T12:01:00Z',
    '2025-11-20T12:02:00Z',
    '2025-11-20T12:03:00Z',
    '2025-11-20T12:03:58.500Z',
  ]);
});

test('operations are lines of their own, with names as Jaeger gives them', () => {
  const named = ['x', 'y'].map((name) => ({ ...steps[0]!, name }));
  const byOperation = { ...ask, byOperation: true };
  const family = metricFamily({ of: 'latencies', quantile: 0.95 }, byOperation, named);
  expect(family).toMatchObject({
    name: 'service_operation_latencies',
    type: 'GAUGE',
    help: '0.95th quantile latency, grouped by service & operation',
  });
  expect(family.metrics.map(({ labels }) => labels)).toEqual(
    ['x', 'y'].map((value) => [
      { name: 'operation', value },
      { name: 'service_name', value: 'a' },
    ]),
  );
});
