/**
 * `/trace/:id`: the waterfall as soon as the worker has the columns, a summary when that takes long, and what to do when
 * there is no trace.
 *
 * Never knows: how rows are drawn.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { factsOf } from '../model/facts.ts';
import { ServerError } from '../server/ask.ts';
import { FailedTrace } from './FailedTrace.tsx';
import { LoadingTrace } from './LoadingTrace.tsx';
import { storeQuestion, summaryQuestion } from './load-trace.ts';
import { MissingTrace } from './MissingTrace.tsx';
import { TraceHeader } from './TraceHeader.tsx';
import { TraceScreen } from './TraceScreen.tsx';
import { words } from './words.ts';

export function TracePage({ traceId }: { traceId: string }) {
  const isId = /^([0-9a-f]{32}|[0-9a-f]{16})$/.test(traceId);
  const loaded = useQuery({ ...storeQuestion(traceId), enabled: isId });
  // The summary costs the server as much as the columns do: it is asked only when they keep a reader waiting.
  const isSlow = useIsSlow(loaded.isPending);
  const summary = useQuery({ ...summaryQuestion(traceId), enabled: isId && isSlow });
  const store = loaded.data?.store;
  const facts = useMemo(() => (store ? factsOf(store) : undefined), [store]) ?? summary.data;
  const error = loaded.error ?? summary.error;
  const isMissing =
    !isId ||
    [summary.error, loaded.error].some((e) => e instanceof ServerError && e.status === 404);
  const retry = () => {
    void loaded.refetch();
  };
  if (isMissing) {
    return <MissingTrace traceId={traceId} onArrived={retry} />;
  }
  return (
    <>
      <TraceHeader traceId={traceId} facts={facts} store={loaded.data?.store} />
      {loaded.data !== undefined && loaded.data.store.spans > 0 ? (
        <TraceScreen key={traceId} loaded={loaded.data} />
      ) : loaded.data !== undefined ? (
        <FailedTrace title={words.empty.title} message={words.empty.says} onRetry={retry} />
      ) : error !== null ? (
        <FailedTrace title={words.failed} error={error} onRetry={retry} />
      ) : (
        <LoadingTrace />
      )}
    </>
  );
}

const SLOW_MS = 400;

/** True once something has been pending for a moment that a person notices. */
function useIsSlow(isPending: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isPending) return;
    const timer = setTimeout(setSlow, SLOW_MS, true);
    return () => clearTimeout(timer);
  }, [isPending]);
  return isSlow;
}
