/**
 * Every question this package asks, as options of TanStack Query: key, path, freshness.
 *
 * Never knows: React components.
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ExploreAddress } from '../address/explore-address.ts';
import type {
  Attribute,
  Operation,
  SearchAnswer,
  Service,
  Status,
  WhyEmptyAnswer,
} from './answers.ts';
import { askJson, awayMs, isPassing } from './ask.ts';
import { searchPath } from './search-request.ts';

/** The server's own state. The pulse writes newer values under the same key. */
export const statusQuestion = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => askJson<Status>('/api/v1/status', signal),
  refetchInterval: ({ state }) => (isPassing(state.error) ? awayMs : false),
  staleTime: 5_000,
});

/** Services of the time range, busiest first. */
export function servicesQuestion(range: ExploreAddress['range']) {
  const search = new URLSearchParams({ from: range.from, to: range.to });
  return queryOptions({
    queryKey: ['services', range.from, range.to],
    queryFn: async ({ signal }) => {
      const path = `/api/v1/services?${search}`;
      const { services } = await askJson<{ services: Service[] }>(path, signal);
      return services.toSorted((a, b) => b.spans - a.spans);
    },
    staleTime: 15_000,
    placeholderData: keepPreviousData,
  });
}

export function operationsQuestion(service: string) {
  return queryOptions({
    queryKey: ['operations', service],
    queryFn: async ({ signal }) =>
      (
        await askJson<{ operations: Operation[] }>(
          `/api/v1/services/${encodeURIComponent(service)}/operations`,
          signal,
        )
      ).operations,
    staleTime: 30_000,
  });
}

/** Attribute keys that begin with `prefix`, with samples of their values. */
export function attributesQuestion(prefix: string, scope?: string) {
  const search = new URLSearchParams({ prefix, limit: '50' });
  if (scope !== undefined) search.set('scope', scope);
  return queryOptions({
    queryKey: ['attributes', prefix, scope],
    queryFn: async ({ signal }) =>
      (await askJson<{ attributes: Attribute[] }>(`/api/v1/attributes?${search}`, signal))
        .attributes,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
}

/** Whether a question finds anything at all: the same search for one row. */
export function probeQuestion(address: ExploreAddress) {
  const path = searchPath(address, 1);
  return queryOptions({
    queryKey: ['probe', path],
    queryFn: async ({ signal }) => {
      const answer = await askJson<SearchAnswer>(path, signal);
      return (answer.traces ?? answer.spans ?? []).length > 0;
    },
    staleTime: 10_000,
  });
}

/** Why a question finds nothing; seconds at most. It reads whole columns, so a live page does not ask it again. */
export function whyEmptyQuestion(traceql: string, range: ExploreAddress['range']) {
  const search = new URLSearchParams({ q: traceql, from: range.from, to: range.to });
  return queryOptions({
    queryKey: ['why-empty', traceql, range.from, range.to],
    queryFn: ({ signal }) => askJson<WhyEmptyAnswer>(`/api/v1/why-empty?${search}`, signal),
    staleTime: 60_000,
  });
}

/** Traces or spans, page after page by the server's cursor. */
export function searchQuestion(address: ExploreAddress) {
  const path = searchPath(address);
  return infiniteQueryOptions({
    queryKey: ['search', path],
    queryFn: ({ signal, pageParam }) =>
      askJson<SearchAnswer>(
        pageParam === '' ? path : `${path}&cursor=${encodeURIComponent(pageParam)}`,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor ?? undefined,
    staleTime: 10_000,
  });
}
