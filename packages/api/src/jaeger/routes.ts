/**
 * Jaeger's query API, both generations, so that either jaeger-ui, Grafana's data source and scripts work unchanged.
 *
 * The older API (`/api/…`) and v3 (`/api/v3/…`) refuse in forms of their own, so each is a scope of its own.
 * Never knows: how questions are answered.
 */
import type { Fresh } from '../fresh.ts';
import type { ApiParts } from '../parts.ts';
import type { App } from '../typed-app.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { isPretty } from './flags.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { refuseAsV3, refuseWithEnvelope } from './refuse.ts';
import { traceRoutes } from './trace-routes.ts';
import { transformRoutes } from './transform-routes.ts';
import { v3Routes } from './v3-routes.ts';

export type JaegerParts = ApiParts & { readonly fresh: Fresh };

/** Described by Jaeger, not by our OpenAPI document. */
export const unlisted = { schema: { hide: true } } as const;

/** @param prefix what stands before `/api`; empty where jaeger-ui expects it */
export async function jaegerFace(app: App, parts: JaegerParts, prefix = ''): Promise<void> {
  await app.register(
    async (scope) => {
      scope.setErrorHandler(refuseWithEnvelope(parts.log));
      scope.addHook('preHandler', async (request, reply) => {
        if (!isPretty(request)) return;
        reply.type('application/json; charset=utf-8');
        reply.serializer((answer) => JSON.stringify(answer, null, 4));
      });
      catalogueRoutes(scope as App, parts);
      traceRoutes(scope as App, parts);
      metricsRoutes(scope as App, parts);
      transformRoutes(scope as App);
    },
    { prefix: `${prefix}/api` },
  );
  await app.register(
    async (scope) => {
      scope.setErrorHandler(refuseAsV3(parts.log));
      v3Routes(scope as App, parts);
    },
    { prefix: `${prefix}/api/v3` },
  );
}
