/** Spans found: when, what, how long, of which kind, with which end. */

import { useNavigate } from '@tanstack/react-router';
import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import { traceLink } from '../address/links.ts';
import { epochMsOf } from '../format/instants.ts';
import type { SpanRow } from '../server/answers.ts';
import { words } from '../words.ts';
import cells from './cells.module.css';
import { DurationCell, StartCell, StatusCell, TitleCell } from './cells.tsx';
import { ResultGrid } from './ResultGrid.tsx';
import type { AnswerState } from './use-answer.ts';

const says = words.explore.columns;

export const spanTemplate =
  '126px minmax(200px, 1.6fr) minmax(150px, 1fr) 86px minmax(90px, 0.6fr) 92px';

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, SpanRow>();

function columnsFor(longestNs: number) {
  return helper.columns([
    helper.accessor('startNs', {
      header: says.start,
      cell: ({ row }) => <StartCell ns={row.original.startNs} />,
    }),
    helper.accessor('name', {
      header: says.span,
      cell: ({ row: { original: span } }) => (
        <TitleCell
          link={linkOf(span)}
          look={span.look}
          service={span.service}
          name={span.name}
          missing=""
        />
      ),
    }),
    helper.accessor('durationNs', {
      header: says.duration,
      cell: ({ row }) => <DurationCell ns={row.original.durationNs} longestNs={longestNs} />,
    }),
    helper.accessor('kind', {
      header: says.kind,
      cell: ({ row }) => <span className={cells.dim}>{row.original.kind}</span>,
    }),
    helper.accessor('status', {
      header: says.status,
      cell: ({ row: { original: span } }) => (
        <StatusCell status={span.status} message={span.statusMessage} />
      ),
    }),
    helper.accessor('traceId', {
      header: says.trace,
      cell: ({ row }) => (
        <code className={cells.dim} title={row.original.traceId}>
          {row.original.traceId.slice(0, 8)}
        </code>
      ),
    }),
  ]);
}

export function SpanTable({ answer }: { answer: AnswerState }) {
  const navigate = useNavigate();
  const longestNs = answer.spans.reduce((max, { durationNs }) => Math.max(max, durationNs), 0);
  const columns = useMemo(() => columnsFor(longestNs), [longestNs]);
  const table = useTable({
    features,
    columns,
    data: answer.spans as SpanRow[],
    // A span id may occur twice in broken traces; the time keeps the rows apart.
    getRowId: ({ traceId, spanId, startNs }) => `${traceId}-${spanId}-${startNs}`,
  });
  return (
    <ResultGrid
      table={table}
      label={words.explore.resultLabel.spans}
      template={spanTemplate}
      onOpen={(span) => void navigate(linkOf(span))}
      hasMore={answer.hasMore}
      isLoadingMore={answer.isLoadingMore}
      onMore={answer.loadMore}
      isStale={answer.isStale}
    />
  );
}

function linkOf(span: SpanRow) {
  return traceLink(span.traceId, { span: span.spanId, timeMs: epochMsOf(span.startNs) });
}
