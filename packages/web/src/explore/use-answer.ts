/**
 * The answer to the address as it stands: pages, asking again, live.
 *
 * Never knows: how it is drawn.
 */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { ExploreAddress } from '../address/explore-address.ts';
import type { SearchAnswer, SpanRow, TraceRow } from '../server/answers.ts';
import { awayMs, isPassing, type ServerError } from '../server/ask.ts';
import { searchQuestion } from '../server/questions.ts';

export type AnswerState = {
  readonly traces: readonly TraceRow[];
  readonly spans: readonly SpanRow[];
  /** The first page, which carries the TraceQL text; undefined until something arrived. */
  readonly head: SearchAnswer | undefined;
  readonly isComplete: boolean;
  /** Nothing to show yet. */
  readonly isFirst: boolean;
  /** What is shown belongs to the question before; the new answer is on its way. */
  readonly isStale: boolean;
  readonly isAsking: boolean;
  readonly error: ServerError | undefined;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  /** Asks the same question again, from the newest on. */
  readonly runAgain: () => void;
};

/** A live page asks this often; the server sees a span within two seconds of its acknowledgement. */
const liveMs = 2_000;

export function useAnswer(address: ExploreAddress): AnswerState {
  const cache = useQueryClient();
  const question = searchQuestion(address);
  const query = useInfiniteQuery({
    ...question,
    refetchInterval: ({ state }) => {
      if (isPassing(state.error)) return awayMs;
      // A longer list must not jump under the reader: live pauses once more pages were loaded.
      return address.live && (state.data?.pages.length ?? 0) <= 1 ? liveMs : false;
    },
    placeholderData: (previous, before) =>
      before && sameShape(before.queryKey[1], question.queryKey[1]) ? previous : undefined,
  });
  const pages = query.data?.pages ?? [];
  const runAgain = useCallback(() => {
    cache.setQueryData(question.queryKey, (data) => data && firstPage(data));
    void cache.refetchQueries({ queryKey: question.queryKey, exact: true });
  }, [cache, question.queryKey]);
  return {
    traces: pages.flatMap((page) => page.traces ?? []),
    spans: pages.flatMap((page) => page.spans ?? []),
    head: pages[0],
    isComplete: pages.every((page) => page.complete),
    isFirst: query.isPending,
    isStale: query.isPlaceholderData,
    isAsking: query.isFetching && !query.isFetchingNextPage,
    error: (query.error as ServerError | null) ?? undefined,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    runAgain,
  };
}

/** Traces and spans have different rows; only rows of the same shape may stand in for each other. */
function sameShape(before: unknown, now: unknown): boolean {
  const by = (path: unknown) => /by=(\w+)/.exec(String(path))?.[1];
  return by(before) === by(now);
}

function firstPage<Page, Param>(data: { pages: Page[]; pageParams: Param[] }) {
  return { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) };
}
