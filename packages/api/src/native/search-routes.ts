/**
 * `/search`: parameters of a URL → the question TraceQL text would ask → a page of traces or spans.
 *
 * Never knows: how a question is answered.
 */
import { parseAttributeCondition, type SimpleSearch, simpleQuestion } from '@clew/query';
import { rangeOf } from '../ask/range.ts';
import type { App } from '../typed-app.ts';
import { searchAnswer } from './answers.ts';
import { type SearchAsk, searchQuery } from './asks.ts';
import type { NativeParts } from './routes.ts';
import { spanSearchShape, traceSearchShape } from './shape.ts';

const limitDefault = 20;

export function searchRoutes(app: App, parts: NativeParts): void {
  const { query, settings } = parts;
  const nowMs = parts.nowMs ?? Date.now;

  const schema = {
    summary: 'Traces or spans that match, newest first',
    description:
      'All conditions must hold for one span; with by=trace the traces that have such a span are listed.',
    tags: ['search'],
    querystring: searchQuery,
    response: { 200: searchAnswer },
  };
  app.get('/api/v1/search', { schema }, async ({ query: ask, signal }) => {
    const range = rangeOf(ask, { nowMs: nowMs(), hotWindowMs: settings.hotWindowMs });
    const question = simpleQuestion(simpleSearch(ask), range);
    const page = { limit: ask.limit ?? limitDefault, cursor: ask.cursor ?? null };
    return ask.by === 'span'
      ? spanSearchShape(await query.searchSpans(question, page, { signal }))
      : traceSearchShape(await query.searchTraces(question, page, { signal }));
  });
}

function simpleSearch(ask: SearchAsk): SimpleSearch {
  const { service, operation, status, kind, minDuration, maxDuration, attr } = ask;
  return {
    ...(service === undefined ? {} : { service }),
    ...(operation === undefined ? {} : { operation }),
    ...(status === undefined ? {} : { status }),
    ...(kind === undefined ? {} : { kind }),
    ...(minDuration === undefined ? {} : { minDurationNs: minDuration }),
    ...(maxDuration === undefined ? {} : { maxDurationNs: maxDuration }),
    ...(attr === undefined ? {} : { attributes: attr.map(parseAttributeCondition) }),
  };
}
