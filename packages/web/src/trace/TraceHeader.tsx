/**
 * The facts about a trace in the top bar: root, services, id, wall time, spans, errors, start, and what is odd.
 *
 * Filled from the summary before the columns are there. Never knows: the waterfall.
 */
import { useState } from 'react';
import { durationParts } from '../format/duration.ts';
import { epochMsOf, formatAgo, formatClock, formatExact } from '../format/instants.ts';
import { formatCount } from '../format/numbers.ts';
import type { TraceStore } from '../model/trace-store.ts';
import { copyText } from '../shell/share.ts';
import { TopBar } from '../shell/TopBar.tsx';
import type { TraceSummary } from './load-trace.ts';
import styles from './TraceHeader.module.css';
import { words } from './words.ts';

export interface TraceHeaderProps {
  readonly traceId: string;
  readonly summary: TraceSummary | undefined;
  readonly store: TraceStore | undefined;
}

export function TraceHeader({ traceId, summary, store }: TraceHeaderProps) {
  const isCut = store !== undefined && !store.complete;
  return (
    <TopBar title={summary?.rootName || words.title}>
      {summary !== undefined && (
        <span className={styles.chip}>
          <b>{summary.rootService}</b>
          {summary.services.length > 1 && ` → ${words.services(summary.services.length)}`}
        </span>
      )}
      <TraceId traceId={traceId} />
      {summary !== undefined && <Totals summary={summary} />}
      {summary !== undefined && summary.missingParents > 0 && (
        <span className={`${styles.chip} ${styles.warn}`} title={words.missingParentsSays}>
          {words.missingParents(summary.missingParents)}
        </span>
      )}
      {isCut && (
        <span className={`${styles.chip} ${styles.warn}`} title={words.cutSays}>
          {words.cut}
        </span>
      )}
      {summary !== undefined && <Start startNs={summary.startNs} />}
    </TopBar>
  );
}

function Totals({ summary }: { summary: TraceSummary }) {
  const { value, unit } = durationParts(summary.durationNs);
  return (
    <>
      <span className={styles.chip} title={words.wallSays}>
        <b>{value}</b> {unit}
      </span>
      <span className={styles.chip}>
        <b>{formatCount(summary.spans)}</b> {summary.spans === 1 ? 'span' : 'spans'}
      </span>
      {summary.errors > 0 && (
        <span className={`${styles.chip} ${styles.error}`}>{words.errors(summary.errors)}</span>
      )}
    </>
  );
}

function TraceId({ traceId }: { traceId: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (await copyText(traceId)) {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    }
  };
  return (
    <button
      type="button"
      className={`${styles.chip} ${styles.id}`}
      title={`${traceId}\n${words.copyId}`}
      aria-label={`${traceId.slice(0, 12)}…, ${words.copyId}`}
      onClick={() => void copy()}
    >
      {copied ? words.copied : `${traceId.slice(0, 12)}…`}
    </button>
  );
}

function Start({ startNs }: { startNs: string }) {
  const ms = epochMsOf(startNs);
  const now = Date.now();
  return (
    <time
      className={styles.start}
      dateTime={new Date(ms).toISOString()}
      title={`${formatExact(startNs)} (${formatAgo(ms, now)})`}
    >
      {formatClock(ms, now)}
    </time>
  );
}
