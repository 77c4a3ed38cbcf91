/**
 * `/`: Explore when there is something to explore, else the page that waits for the first span.
 *
 * `?connect=1` shows the waiting page's instructions at any time. Never knows: what is on either page.
 */
import { useQuery } from '@tanstack/react-query';
import { Navigate, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import type { RawSearch } from '../address/raw-search.ts';
import { single } from '../address/raw-search.ts';
import { AnswerError } from '../explore/AnswerError.tsx';
import type { Status } from '../server/answers.ts';
import type { ServerError } from '../server/ask.ts';
import { statusQuestion } from '../server/questions.ts';
import { TopBar } from '../shell/TopBar.tsx';
import { words } from '../words.ts';
import { FirstRun } from './FirstRun.tsx';

export function HomePage() {
  const search = useLocation({ select: (location) => location.search as RawSearch });
  const isAskedFor = single(search, 'connect') === '1';
  const status = useQuery(statusQuestion);
  const [hasWaited, setWaited] = useState(false);
  if (status.data && !hasData(status.data) && !hasWaited) setWaited(true);
  if (status.data) {
    if (hasData(status.data) && !hasWaited && !isAskedFor)
      return <Navigate to="/explore" replace />;
    return <FirstRun status={status.data} isWaiting={hasWaited && !isAskedFor} />;
  }
  return (
    <>
      <TopBar title={words.firstRun.title} />
      <main id="content">
        {status.error && (
          <AnswerError
            error={status.error as unknown as ServerError}
            onRetry={() => void status.refetch()}
          />
        )}
      </main>
    </>
  );
}

/** After a restart the counter begins at 0 again, but the latest trace is still there. */
function hasData(status: Status): boolean {
  return status.acceptedSpans > 0 || status.latest !== null;
}
