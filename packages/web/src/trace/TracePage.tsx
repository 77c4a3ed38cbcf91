/**
 * `/trace/:id`: the summary at once, the waterfall as soon as the worker has the columns, and what to do when not.
 *
 * Never knows: how rows are drawn.
 */
import { useQuery } from '@tanstack/react-query';
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
  const summary = useQuery({ ...summaryQuestion(traceId), enabled: isId });
  const loaded = useQuery({ ...storeQuestion(traceId), enabled: isId });
  const error = loaded.error ?? summary.error;
  const isMissing =
    !isId ||
    [summary.error, loaded.error].some((e) => e instanceof ServerError && e.status === 404);
  const retry = () => {
    void summary.refetch();
    void loaded.refetch();
  };
  if (isMissing) {
    return <MissingTrace traceId={traceId} onArrived={retry} />;
  }
  return (
    <>
      <TraceHeader traceId={traceId} summary={summary.data} store={loaded.data?.store} />
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
