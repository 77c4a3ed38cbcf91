/**
 * Tempo's query API, so that Grafana's Tempo data source, its TraceQL editor and scripts work unchanged.
 * https://grafana.com/docs/tempo/latest/api_docs/
 *
 * At the root of a listener of its own (listener.ts) and under `/tempo` on the UI listener.
 * Never knows: how questions are answered.
 */
import type { Fresh } from '../fresh.ts';
import type { ApiParts } from '../parts.ts';
import type { App } from '../typed-app.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { nothingThere, refuseAsTempo } from './refuse.ts';
import { searchRoutes } from './search-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import { traceRoutes } from './trace-routes.ts';

export type TempoParts = ApiParts & { readonly fresh: Fresh };

/** Described by Tempo, not by our OpenAPI document. */
export const unlisted = { schema: { hide: true } } as const;

/** @param prefix what stands before `/api`; empty where Tempo itself would listen */
export async function tempoFace(app: App, parts: TempoParts, prefix: string): Promise<void> {
  await app.register(
    async (scope) => {
      const typed = scope as App;
      scope.setErrorHandler(refuseAsTempo(parts.log));
      statusRoutes(typed, parts);
      traceRoutes(typed, parts);
      searchRoutes(typed, parts);
      tagRoutes(typed, parts);
      metricsRoutes(typed, parts);
      // Or the screen's page would be answered to whoever takes HTML.
      scope.get('/*', unlisted, async () => {
        throw nothingThere();
      });
    },
    { prefix },
  );
}
