/** Traces found: when, what, how long, how many spans and errors, which services. */

import { useNavigate } from '@tanstack/react-router';
import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import { traceLink } from '../address/links.ts';
import { epochMsOf } from '../format/instants.ts';
import { formatCount } from '../format/numbers.ts';
import type { TraceRow } from '../server/answers.ts';
import { words } from '../words.ts';
import { Composition } from './Composition.tsx';
import cells from './cells.module.css';
import { DurationCell, ErrorsCell, StartCell, TitleCell } from './cells.tsx';
import { ResultGrid } from './ResultGrid.tsx';
import type { AnswerState } from './use-answer.ts';

const says = words.explore.columns;

export const traceTemplate =
  '126px minmax(200px, 1.6fr) minmax(150px, 1fr) 84px 70px minmax(130px, 0.8fr)';

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, TraceRow>();

/** `longestNs` scales the bars: the longest trace of those shown fills the column. `isNarrowed`: not every span matches. */
function columnsFor(longestNs: number, isNarrowed: boolean) {
  return helper.columns([
    helper.accessor('startNs', {
      header: says.start,
      cell: ({ row }) => <StartCell ns={row.original.startNs} />,
    }),
    helper.accessor('rootName', {
      header: says.root,
      cell: ({ row }) => <Root trace={row.original} />,
    }),
    helper.accessor('durationNs', {
      header: says.duration,
      cell: ({ row }) => <DurationCell ns={row.original.durationNs} longestNs={longestNs} />,
    }),
    helper.accessor('spans', {
      header: () => <span className={cells.right}>{says.spans}</span>,
      cell: ({ row }) => <SpanCount trace={row.original} isNarrowed={isNarrowed} />,
    }),
    helper.accessor('errors', {
      header: says.errors,
      cell: ({ row }) => <ErrorsCell errors={row.original.errors} />,
    }),
    helper.accessor('services', {
      header: says.services,
      cell: ({ row }) => <Composition services={row.original.services} />,
    }),
  ]);
}

/** With filters, how many of the spans matched: never one number that means the other. */
function SpanCount({ trace, isNarrowed }: { trace: TraceRow; isNarrowed: boolean }) {
  const { matched, spans } = trace;
  if (!isNarrowed) return <span className={cells.right}>{formatCount(spans)}</span>;
  return (
    <span className={cells.right}>
      {formatCount(matched)}
      <span className={cells.dim}> {words.explore.ofSpans(formatCount(spans))}</span>
    </span>
  );
}

function Root({ trace }: { trace: TraceRow }) {
  const look = trace.services.find(({ name }) => name === trace.rootService)?.look;
  return (
    <TitleCell
      link={linkOf(trace)}
      look={look}
      service={trace.rootService}
      name={trace.rootName}
      missing={words.explore.rootMissing}
    />
  );
}

export type TraceTableProps = {
  readonly answer: AnswerState;
  readonly isNarrowed: boolean;
};

export function TraceTable({ answer, isNarrowed }: TraceTableProps) {
  const navigate = useNavigate();
  const longestNs = answer.traces.reduce((max, { durationNs }) => Math.max(max, durationNs), 0);
  const columns = useMemo(() => columnsFor(longestNs, isNarrowed), [longestNs, isNarrowed]);
  const table = useTable({
    features,
    columns,
    data: answer.traces as TraceRow[],
    getRowId: ({ traceId }) => traceId,
  });
  return (
    <ResultGrid
      table={table}
      label={words.explore.resultLabel.traces}
      template={traceTemplate}
      onOpen={(trace) => void navigate(linkOf(trace))}
      hasMore={answer.hasMore}
      isLoadingMore={answer.isLoadingMore}
      onMore={answer.loadMore}
      isStale={answer.isStale}
    />
  );
}

function linkOf(trace: TraceRow) {
  return traceLink(trace.traceId, { timeMs: epochMsOf(trace.startNs) });
}
