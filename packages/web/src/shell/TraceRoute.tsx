/**
 * `/trace/:id`: brings the id of the address into its canonical form before the page sees it.
 *
 * Upper-case or dashed ids are rewritten in place; a text that is no id at all still reaches the page, which says so.
 * Never knows: the page.
 */
import { Navigate, useLocation, useParams } from '@tanstack/react-router';
import { traceIdOf } from '../address/ids.ts';
import type { RawSearch } from '../address/raw-search.ts';
import { TracePage } from '../trace/TracePage.tsx';

export function TraceRoute() {
  const { traceId } = useParams({ from: '/trace/$traceId' });
  const search = useLocation({ select: (location) => location.search as RawSearch });
  const canonical = traceIdOf(traceId);
  if (canonical !== undefined && canonical !== traceId) {
    return (
      <Navigate to="/trace/$traceId" params={{ traceId: canonical }} search={search} replace />
    );
  }
  return <TracePage key={traceId} traceId={traceId} />;
}
