/**
 * TraceQL metrics: series over a range, or one number each.
 *
 * Never knows: how a series is counted.
 */
import type { FastifyRequest } from 'fastify';
import type { Parameters } from '../ask/parameters.ts';
import type { App } from '../typed-app.ts';
import { instantResponse, rangeResponse } from './grpc-answers.ts';
import { type MetricsAsk, type MetricsClock, metricsAskOf } from './metrics-ask.ts';
import { instantShape, rangeShape } from './metrics-shape.ts';
import { answerIn } from './negotiate.ts';
import { type TempoParts, unlisted } from './routes.ts';

export function metricsRoutes(app: App, parts: TempoParts): void {
  const { query } = parts;
  app.get('/api/metrics/query_range', unlisted, async (request, reply) => {
    const { question, ...options } = askOf(request);
    const found = await query.seriesRange(question, options, { signal: request.signal });
    return answerIn(request, reply, rangeShape(found), rangeResponse);
  });

  app.get('/api/metrics/query', unlisted, async (request, reply) => {
    const { question, seriesMax } = askOf(request);
    const found = await query.seriesInstant(question, { seriesMax }, { signal: request.signal });
    return answerIn(request, reply, instantShape(found), instantResponse);
  });

  function askOf({ query: given }: FastifyRequest): MetricsAsk {
    return metricsAskOf(given as Parameters, metricsClock(parts));
  }
}

export function metricsClock({ settings, nowMs = Date.now }: TempoParts): MetricsClock {
  return { nowMs: nowMs(), rangeMsMax: settings.tempo.metricsRangeMsMax };
}
