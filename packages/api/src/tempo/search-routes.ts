/**
 * `/api/search`: TraceQL or tags → the newest traces that match, with the spans that do.
 *
 * Grafana reads the answer strictly: a member that Tempo does not know fails the whole query.
 * Never knows: how a search is answered.
 */
import type { Hits, Query, TraceHit } from '@clew/query';
import type { Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';
import type { App } from '../typed-app.ts';
import { type Clock, searchOf, type TempoSearch } from './ask.ts';
import { type TempoParts, unlisted } from './routes.ts';
import { searchQuestion } from './search-question.ts';
import { foundTrace, jobs, searchMetrics } from './search-shape.ts';

export function searchRoutes(app: App, parts: TempoParts): void {
  app.get('/api/search', unlisted, async (request, reply) => {
    const search = searchOf(request.query as Parameters, searchClock(parts));
    const { hits, complete, took } = await find(parts.query, search, request.signal);
    reply.header('cache-control', 'no-store');
    return {
      traces: hits.map(foundTrace),
      // What ran out of time says so by a job that was not completed.
      metrics: searchMetrics(took, complete || hits.length >= search.limit ? jobs : jobs - 1),
    };
  });
}

export function searchClock({ settings, nowMs = Date.now }: TempoParts): Clock {
  const { hotWindowMs, tempo } = settings;
  return { nowMs: nowMs(), hotWindowMs, rangeMsMax: tempo.searchRangeMsMax };
}

/** How much of a search one page of `query` holds. */
export function pageOf(search: TempoSearch): { limit: number; spansPerSpanset?: number } {
  const limit = Math.min(search.limit, limits.tracesMax);
  // Tempo's search by tags knows no spansets.
  if (search.q === '') return { limit };
  return { limit, spansPerSpanset: search.spansPerSpanset || limits.spansetSpansMax };
}

function find(query: Query, search: TempoSearch, signal: AbortSignal): Promise<Hits<TraceHit>> {
  return query.searchTraces(searchQuestion(search), pageOf(search), { signal });
}
