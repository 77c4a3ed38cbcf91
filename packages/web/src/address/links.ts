/**
 * The one place that builds links inside Clew; each returns what the router's `navigate` and `<Link>` take.
 *
 * Never knows: React.
 */
import { type ExploreAddress, exploreDefaults, formatExploreAddress } from './explore-address.ts';
import { formatRawSearch } from './raw-search.ts';
import { formatTraceAddress, type TraceAddress, traceDefaults } from './trace-address.ts';

/** A link to a trace. `timeMs` (about when it happened) is always worth giving: the store prunes by it. */
export function traceLink(traceId: string, fields: Partial<TraceAddress> = {}) {
  return {
    to: '/trace/$traceId' as const,
    params: { traceId },
    search: formatTraceAddress({ ...traceDefaults, ...fields }),
  };
}

/** A link to Explore with the fields given and everything else at its default. */
export function exploreLink(fields: Partial<ExploreAddress> = {}) {
  return {
    to: '/explore' as const,
    search: formatExploreAddress({ ...exploreDefaults, ...fields }),
  };
}

/** The same as a path for an `href`. */
export function traceHref(traceId: string, fields: Partial<TraceAddress> = {}): string {
  return `/trace/${traceId}${formatRawSearch(traceLink(traceId, fields).search)}`;
}

/** The same as a path for an `href`. */
export function exploreHref(fields: Partial<ExploreAddress> = {}): string {
  return `/explore${formatRawSearch(exploreLink(fields).search)}`;
}
