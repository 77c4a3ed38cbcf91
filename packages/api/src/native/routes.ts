/**
 * Step 8 of 10 in a span's walk.   before: query/src/query.ts   after: web/src/model/columns.ts
 *
 * The native API: URL → question, answer → bytes.
 *
 * Every route is thin: `asks.ts` says what may be asked, `query` answers, `shape.ts` names it.
 * Never knows: SQL, or where the engine is.
 */

import type { Fresh } from '../fresh.ts';
import type { ApiParts } from '../parts.ts';
import type { App } from '../typed-app.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import type { Pulse } from './pulse.ts';
import { searchRoutes } from './search-routes.ts';
import { sqlRoutes } from './sql-routes.ts';
import type { Status } from './status.ts';
import { statusRoutes } from './status-routes.ts';
import { traceRoutes } from './trace-routes.ts';

export type NativeParts = ApiParts & {
  readonly fresh: Fresh;
  readonly status: Status;
  readonly pulse: Pulse;
};

export function nativeRoutes(app: App, parts: NativeParts): void {
  statusRoutes(app, parts);
  catalogueRoutes(app, parts);
  searchRoutes(app, parts);
  metricsRoutes(app, parts);
  sqlRoutes(app, parts);
  traceRoutes(app, parts);
}
