/**
 * Latencies, call rates and error rates of Jaeger's Monitor tab, from the counts Clew keeps per minute.
 *
 * Never knows: how they are counted.
 */
import type { Parameters } from '../ask/parameters.ts';
import type { App } from '../typed-app.ts';
import { metricsAskOf, quantileOf, redFilterOf } from './metrics-ask.ts';
import { type Metric, metricFamily } from './metrics-shape.ts';
import { envelope } from './refuse.ts';
import { type JaegerParts, unlisted } from './routes.ts';

const minuteMs = 60_000;

export function metricsRoutes(app: App, { query, nowMs = Date.now }: JaegerParts): void {
  const serve = (path: string, metricOf: (given: Parameters) => Metric) =>
    app.get(path, unlisted, async (request) => {
      const given = request.query as Parameters;
      const metric = metricOf(given);
      const ask = metricsAskOf(given, nowMs());
      const steps = await query.red(redFilterOf(ask), { signal: request.signal });
      return metricFamily(metric, ask, steps);
    });
  serve('/metrics/latencies', (given) => ({ of: 'latencies', quantile: quantileOf(given) }));
  serve('/metrics/calls', () => ({ of: 'calls' }));
  serve('/metrics/errors', () => ({ of: 'errors' }));
  app.get('/metrics/minstep', unlisted, async () => envelope(minuteMs));
}
