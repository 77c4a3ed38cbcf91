/**
 * The address of Explore → the search request of the native API.
 *
 * Never knows: how the answer looks.
 */
import { formatAttributeFilter } from '../address/attribute-filter.ts';
import type { ExploreAddress } from '../address/explore-address.ts';
import { formatDurationParameter } from '../format/duration.ts';

/** Rows per page: about two screens, so that the first answer is small and scrolling seldom waits. */
const pageRows = 100;

/** `/api/v1/search?by=trace&…` without a cursor. Relative times stay relative: the server's clock decides. */
export function searchPath(address: ExploreAddress, limit = pageRows): string {
  const search = new URLSearchParams();
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined) search.append(name, value);
  };
  set('by', address.tab === 'spans' ? 'span' : 'trace');
  set('q', address.q);
  set('service', address.service);
  set('operation', address.operation);
  set('status', address.status);
  set('kind', address.kind);
  set('minDuration', duration(address.minNs));
  set('maxDuration', duration(address.maxNs));
  for (const filter of address.where) set('attr', formatAttributeFilter(filter));
  set('from', address.range.from);
  set('to', address.range.to);
  set('limit', String(limit));
  return `/api/v1/search?${search}`;
}

function duration(ns: number | undefined): string | undefined {
  return ns === undefined ? undefined : formatDurationParameter(ns);
}
