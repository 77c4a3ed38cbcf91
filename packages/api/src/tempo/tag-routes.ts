/**
 * Which tags there are, by scope or all in one list, and which values each has: what editors complete from.
 *
 * Never knows: how names and values are found.
 */
import type { FastifyRequest } from 'fastify';
import { first, type Parameters } from '../ask/parameters.ts';
import type { App } from '../typed-app.ts';
import { scopedTagsResponse, tagsResponse, typedValuesResponse } from './grpc-answers.ts';
import { answerIn } from './negotiate.ts';
import { type TempoParts, unlisted } from './routes.ts';
import { flatTags, flatValues, scopedTags, typedValues } from './tag-answers.ts';
import { listAsk, scopeOf, tagOf } from './tag-ask.ts';

export function tagRoutes(app: App, { query }: TempoParts): void {
  app.get('/api/v2/search/tags', unlisted, async (request, reply) => {
    const { ask, scope, signal } = asked(request);
    const scopes = await scopedTags(query, scope, ask, { signal });
    return answerIn(request, reply, { scopes, metrics: {} }, () => scopedTagsResponse(scopes));
  });

  app.get('/api/search/tags', unlisted, async (request, reply) => {
    const { ask, scope, signal } = asked(request);
    const tagNames = await flatTags(query, scope, ask, { signal });
    return answerIn(request, reply, { tagNames, metrics: {} }, () => tagsResponse(tagNames));
  });

  app.get('/api/v2/search/tag/*', unlisted, async (request, reply) => {
    const { ask, signal } = asked(request);
    const tagValues = await typedValues(query, tagOf(request.url), ask, { signal });
    const answer = { tagValues, metrics: {} };
    return answerIn(request, reply, answer, () => typedValuesResponse(tagValues));
  });

  app.get('/api/search/tag/*', unlisted, async (request, reply) => {
    const { ask, signal } = asked(request);
    const tagValues = await flatValues(query, tagOf(request.url), ask, { signal });
    return answerIn(request, reply, { tagValues, metrics: {} }, () => tagsResponse(tagValues));
  });
}

function asked({ query, signal }: FastifyRequest) {
  const given = query as Parameters;
  return { scope: scopeOf(first(given, 'scope')), ask: listAsk(given), signal };
}
