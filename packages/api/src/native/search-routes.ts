/**
 * `/search`, `/explain`, `/why-empty`: TraceQL, or parameters that are one → a page of traces or spans, how they would be
 * found, or why there are none.
 *
 * Never knows: how a question is answered.
 */
import {
  type Question,
  type SimpleSearch,
  simpleQuestion,
  type TimeRange,
  textQuestion,
} from '@clew/query';
import { attributeConditionOf } from '../ask/attribute-condition.ts';
import { rangeOf } from '../ask/range.ts';
import { ApiError } from '../errors.ts';
import type { App } from '../typed-app.ts';
import { explainAnswer, searchAnswer, whyEmptyAnswer } from './answers.ts';
import { explainQuery, type SearchAsk, searchQuery, whyEmptyQuery } from './asks.ts';
import type { NativeParts } from './routes.ts';
import { explainShape, spanSearchShape, traceSearchShape, whyEmptyShape } from './shape.ts';

const limitDefault = 20;

export function searchRoutes(app: App, parts: NativeParts): void {
  const { query, settings } = parts;
  const nowMs = parts.nowMs ?? Date.now;
  const clock = () => ({ nowMs: nowMs(), hotWindowMs: settings.hotWindowMs });

  const searchSchema = {
    summary: 'Traces or spans that match, newest first',
    description:
      'Asked as TraceQL in q, or by conditions that must all hold for one span; with by=trace the traces that have such a span are listed.',
    tags: ['search'],
    querystring: searchQuery,
    response: { 200: searchAnswer },
  };
  app.get('/api/v1/search', { schema: searchSchema }, async ({ query: ask, signal }) => {
    const question = questionOf(ask, rangeOf(ask, clock()));
    const page = { limit: ask.limit ?? limitDefault, cursor: ask.cursor ?? null };
    return ask.by === 'span'
      ? spanSearchShape(await query.searchSpans(question, page, { signal }))
      : traceSearchShape(await query.searchTraces(question, page, { signal }));
  });

  const explainSchema = {
    summary: 'How a search would be answered: plan and SQL',
    description: 'Nothing is run. The values of the parameters are left out.',
    tags: ['search'],
    querystring: explainQuery,
    response: { 200: explainAnswer },
  };
  app.get('/api/v1/explain', { schema: explainSchema }, async ({ query: ask, signal }) => {
    const question = textQuestion(ask.q, rangeOf(ask, clock()));
    const page = { limit: ask.limit ?? limitDefault };
    return explainShape(await query.explain(question, ask.by, page, { signal }));
  });

  const whyEmptySchema = {
    summary: 'Why a question finds nothing',
    description:
      'Counts each condition alone and in pairs, looks for names and values that are nearly those asked for, tries near questions, and looks before and after the range. Takes seconds at most: of a long range, the newest spans are counted.',
    tags: ['search'],
    querystring: whyEmptyQuery,
    response: { 200: whyEmptyAnswer },
  };
  app.get('/api/v1/why-empty', { schema: whyEmptySchema }, async ({ query: ask, signal }) => {
    const question = textQuestion(ask.q, rangeOf(ask, clock()));
    return whyEmptyShape(await query.whyEmpty(question, { signal }));
  });
}

/** What `q` asks itself, so that both together would have two meanings. */
const conditions = [
  'service',
  'operation',
  'status',
  'kind',
  'minDuration',
  'maxDuration',
  'attr',
] as const satisfies readonly (keyof SearchAsk)[];

/** @throws ApiError `bad-parameter` · TraceqlError · QuestionError */
function questionOf(ask: SearchAsk, range: TimeRange): Question {
  if (ask.q === undefined) return simpleQuestion(simpleSearch(ask), range);
  const beside = conditions.filter((name) => ask[name] !== undefined);
  if (beside.length === 0) return textQuestion(ask.q, range);
  throw new ApiError('bad-parameter', {
    parameter: 'q',
    found: `it together with ${beside.join(', ')}`,
    wanted: 'TraceQL alone, with every condition inside',
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
    ...(attr === undefined ? {} : { attributes: attr.map(attributeConditionOf) }),
  };
}
