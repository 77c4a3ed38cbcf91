/**
 * The map of the user interface: path → page. Pages are loaded when they are visited.
 *
 * Never knows: what is on the pages.
 */

import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { formatRawSearch, parseRawSearch, type RawSearch } from './address/raw-search.ts';
import { CrashPage } from './shell/CrashPage.tsx';
import { NotFoundPage } from './shell/NotFoundPage.tsx';
import { Shell } from './shell/Shell.tsx';

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Shell,
  errorComponent: CrashPage,
  notFoundComponent: NotFoundPage,
  validateSearch: (search): RawSearch => search as RawSearch,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./first-run/HomePage.tsx'), 'HomePage'),
});

const explore = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  component: lazyRouteComponent(() => import('./explore/ExplorePage.tsx'), 'ExplorePage'),
});

const traceRoute = () => import('./shell/TraceRoute.tsx');
// Opened by a link, the trace page is sure to be needed: it travels while the rest starts.
if (window.location.pathname.startsWith('/trace/')) void traceRoute().catch(() => undefined);

const trace = createRoute({
  getParentRoute: () => root,
  path: '/trace/$traceId',
  component: lazyRouteComponent(traceRoute, 'TraceRoute'),
});

export function createPages(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([home, explore, trace]),
    context: { queries },
    parseSearch: parseRawSearch,
    stringifySearch: formatRawSearch,
    defaultErrorComponent: CrashPage,
    defaultPreload: 'intent',
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
