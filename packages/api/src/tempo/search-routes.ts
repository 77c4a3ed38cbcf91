/**
 * `/api/search`: TraceQL or tags → the newest traces that match, with the spans that do.
 *
 * Grafana reads the answer strictly: a member that Tempo does not know fails the whole query.
 * Never knows: how a search is answered.
 */
import type { Query } from '@clew/query';
import type { Parameters } from '../ask/parameters.ts';
import type { App } from '../typed-app.ts';
import { type Clock, searchOf } from './ask.ts';
import { type AskPage, type FoundPart, foundTraces } from './found-traces.ts';
import { searchResponse } from './grpc-answers.ts';
import { answerIn } from './negotiate.ts';
import { type TempoParts, unlisted } from './routes.ts';

export function searchRoutes(app: App, parts: TempoParts): void {
  app.get('/api/search', unlisted, async (request, reply) => {
    const search = searchOf(request.query as Parameters, searchClock(parts));
    const found: FoundPart[] = [];
    for await (const part of foundTraces(search, wholePages(parts.query, request.signal))) {
      found.push(part);
    }
    // The last part tells of the whole search; there is always one.
    const traces = found.flatMap(({ traces }) => traces);
    const metrics = found.at(-1)!.metrics;
    return answerIn(request, reply, { traces, metrics }, () => searchResponse(traces, metrics));
  });
}

/** A page that nobody watches arriving is cheaper in one part. */
function wholePages(query: Query, signal: AbortSignal): AskPage {
  return async function* (question, page) {
    const { complete, cursor, ...found } = await query.searchTraces(question, page, { signal });
    yield { ...found, looked: 1, end: { complete, cursor } };
  };
}

export function searchClock({ settings, nowMs = Date.now }: TempoParts): Clock {
  const { hotWindowMs, tempo } = settings;
  return { nowMs: nowMs(), hotWindowMs, rangeMsMax: tempo.searchRangeMsMax };
}
