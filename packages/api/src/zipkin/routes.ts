/**
 * Zipkin's query API, so that Zipkin Lens, Grafana's data source and scripts work unchanged.
 *
 * Under `/zipkin` on the UI listener; a listener of its own mounts it without a prefix as well.
 * Never knows: how questions are answered.
 */
import { BadAsk } from '../ask/parameters.ts';
import type { Fresh } from '../fresh.ts';
import type { ApiParts } from '../parts.ts';
import type { App } from '../typed-app.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { refuseAsText } from './refuse.ts';
import { traceRoutes } from './trace-routes.ts';

export type ZipkinParts = ApiParts & { readonly fresh: Fresh };

/** Described by Zipkin, not by our OpenAPI document. */
export const unlisted = { schema: { hide: true } } as const;

/** What Zipkin Lens reads at start; the values are those of Zipkin's own server. */
const lensConfig = {
  environment: '',
  queryLimit: 10,
  defaultLookback: 900_000,
  searchEnabled: true,
  logsUrl: null,
  supportUrl: null,
  archivePostUrl: null,
  archiveUrl: null,
  dependency: { enabled: true, lowErrorRate: 0.5, highErrorRate: 0.75 },
};

/** @param prefix what stands before `/api/v2` and `/config.json` */
export async function zipkinFace(app: App, parts: ZipkinParts, prefix: string): Promise<void> {
  await app.register(
    async (scope) => {
      scope.setErrorHandler(refuseAsText(parts.log));
      scope.get('/config.json', unlisted, (_, reply) =>
        reply.header('cache-control', 'max-age=600').send(lensConfig),
      );
      await scope.register(
        async (api) => {
          catalogueRoutes(api as App, parts);
          traceRoutes(api as App, parts);
          // Or the screen's page would be answered to whoever takes HTML.
          api.get('/*', unlisted, async ({ url }) => {
            throw new BadAsk(`there is nothing at ${url.split('?', 1)[0]}`, 404);
          });
        },
        { prefix: '/api/v2' },
      );
    },
    { prefix },
  );
}
