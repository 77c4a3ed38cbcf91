/**
 * TraceQL metrics: series over a range, or one number each.
 *
 * Never knows: how a series is counted.
 */
import type { Parameters } from '../ask/parameters.ts';
import type { App } from '../typed-app.ts';
import { type MetricsClock, metricsAskOf } from './metrics-ask.ts';
import { instantShape, rangeShape } from './metrics-shape.ts';
import { type TempoParts, unlisted } from './routes.ts';

export function metricsRoutes(app: App, parts: TempoParts): void {
  const { query } = parts;
  app.get('/api/metrics/query_range', unlisted, async ({ query: given, signal }, reply) => {
    const { question, ...options } = metricsAskOf(given as Parameters, metricsClock(parts));
    reply.header('cache-control', 'no-store');
    return rangeShape(await query.seriesRange(question, options, { signal }));
  });

  app.get('/api/metrics/query', unlisted, async ({ query: given, signal }, reply) => {
    const { question, seriesMax } = metricsAskOf(given as Parameters, metricsClock(parts));
    reply.header('cache-control', 'no-store');
    return instantShape(await query.seriesInstant(question, { seriesMax }, { signal }));
  });
}

export function metricsClock({ settings, nowMs = Date.now }: TempoParts): MetricsClock {
  return { nowMs: nowMs(), rangeMsMax: settings.tempo.metricsRangeMsMax };
}
