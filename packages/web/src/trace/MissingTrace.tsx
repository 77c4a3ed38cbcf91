/**
 * No trace under this id: what was searched, what may be wrong with the id, and a watch that opens it when it comes.
 *
 * Never knows: why the trace is missing.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { ServerError } from '../server/ask.ts';
import { statusQuestion } from '../server/questions.ts';
import { TopBar } from '../shell/TopBar.tsx';
import { summaryQuestion } from './load-trace.ts';
import styles from './Statement.module.css';
import { words } from './words.ts';

const WATCH_EVERY_MS = 1000;

export function MissingTrace({ traceId, onArrived }: { traceId: string; onArrived: () => void }) {
  const says = words.notFound;
  const doubt = doubtAbout(traceId);
  const status = useQuery(statusQuestion);
  const hours = Math.round((status.data?.hotWindowMs ?? 0) / 3_600_000);
  return (
    <>
      <TopBar title={says.title} />
      <main id="content" className={styles.statement}>
        {doubt === null ? (
          <p>
            {says.searched(traceId)} {hours > 0 && says.window(hours)}
          </p>
        ) : (
          <>
            <p>
              {says.asked} <code>{traceId}</code>
            </p>
            <p className={styles.doubt}>{doubt}</p>
          </>
        )}
        <div className={styles.actions}>
          {doubt === null && <Watch traceId={traceId} onArrived={onArrived} />}
          <Link to="/explore">{says.explore}</Link>
        </div>
      </main>
    </>
  );
}

/** What is odd about the id, null when nothing is. */
export function doubtAbout(traceId: string): string | null {
  const says = words.notFound;
  const digits = traceId.replaceAll('-', '');
  if (!/^[0-9a-f]*$/i.test(digits)) {
    return says.notHex;
  }
  if (digits.length === 32 || digits.length === 16) {
    return null;
  }
  return digits.length < 32 ? says.truncated(digits.length) : says.tooLong(digits.length);
}

function Watch({ traceId, onArrived }: { traceId: string; onArrived: () => void }) {
  const [since, setSince] = useState<number | null>(null);
  const seconds = useWatch(traceId, since, onArrived);
  if (since === null) {
    return (
      <Button look="main" onPress={() => setSince(Date.now())}>
        {words.notFound.watch}
      </Button>
    );
  }
  return (
    <>
      <span role="status">{words.notFound.watching(seconds)}</span>
      <Button onPress={() => setSince(null)}>{words.notFound.stop}</Button>
    </>
  );
}

/** Asks for the summary once a second; answers the seconds passed. */
function useWatch(traceId: string, since: number | null, onArrived: () => void): number {
  const queries = useQueryClient();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (since === null) {
      return;
    }
    const timer = setInterval(async () => {
      setSeconds(Math.round((Date.now() - since) / 1000));
      try {
        await queries.fetchQuery({ ...summaryQuestion(traceId), staleTime: 0, retry: false });
        onArrived();
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        // Not there yet, or the server is restarting: the next second asks again.
      }
    }, WATCH_EVERY_MS);
    return () => clearInterval(timer);
  }, [queries, traceId, since, onArrived]);
  return seconds;
}
