/**
 * Which tags there are, by scope or all in one list, and which values each has: what editors complete from.
 *
 * Never knows: how names and values are found.
 */
import { first, type Parameters } from '../ask/parameters.ts';
import type { App } from '../typed-app.ts';
import { type TempoParts, unlisted } from './routes.ts';
import { flatTags, flatValues, scopedTags, typedValues } from './tag-answers.ts';
import { listAsk, scopeOf, tagOf } from './tag-ask.ts';

export function tagRoutes(app: App, { query }: TempoParts): void {
  app.get('/api/v2/search/tags', unlisted, async ({ query: asked, signal }) => {
    const given = asked as Parameters;
    const scope = scopeOf(first(given, 'scope'));
    return { scopes: await scopedTags(query, scope, listAsk(given), { signal }), metrics: {} };
  });

  app.get('/api/search/tags', unlisted, async ({ query: asked, signal }) => {
    const given = asked as Parameters;
    const scope = scopeOf(first(given, 'scope'));
    return { tagNames: await flatTags(query, scope, listAsk(given), { signal }), metrics: {} };
  });

  app.get('/api/v2/search/tag/*', unlisted, async ({ query: asked, url, signal }) => {
    const ask = listAsk(asked as Parameters);
    return { tagValues: await typedValues(query, tagOf(url), ask, { signal }), metrics: {} };
  });

  app.get('/api/search/tag/*', unlisted, async ({ query: asked, url, signal }) => {
    const ask = listAsk(asked as Parameters);
    return { tagValues: await flatValues(query, tagOf(url), ask, { signal }), metrics: {} };
  });
}
