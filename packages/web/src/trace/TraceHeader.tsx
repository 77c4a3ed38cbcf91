/**
 * The facts about a trace in the top bar: root, services, id, wall time, spans, errors, start, and what is odd.
 *
 * Filled from the server's summary while the columns travel. Never knows: the waterfall.
 */
import { useState } from 'react';
import { durationParts } from '../format/duration.ts';
import { epochMsOf, formatAgo, formatClock, formatExact } from '../format/instants.ts';
import { formatCount } from '../format/numbers.ts';
import type { TraceFacts } from '../model/facts.ts';
import type { TraceStore } from '../model/trace-store.ts';
import { copyText } from '../shell/share.ts';
import { TopBar } from '../shell/TopBar.tsx';
import styles from './TraceHeader.module.css';
import { words } from './words.ts';

export interface TraceHeaderProps {
  readonly traceId: string;
  readonly facts: TraceFacts | undefined;
  readonly store: TraceStore | undefined;
}

export function TraceHeader({ traceId, facts, store }: TraceHeaderProps) {
  const isCut = store !== undefined && !store.complete;
  return (
    <TopBar title={facts?.rootName || words.title}>
      {facts !== undefined && (
        <span className={styles.chip}>
          <b>{facts.rootService}</b>
          {facts.services.length > 1 && ` → ${words.services(facts.services.length)}`}
        </span>
      )}
      <TraceId traceId={traceId} />
      {facts !== undefined && <Totals facts={facts} />}
      {facts !== undefined && facts.missingParents > 0 && (
        <span className={`${styles.chip} ${styles.warn}`} title={words.missingParentsSays}>
          {words.missingParents(facts.missingParents)}
        </span>
      )}
      {isCut && (
        <span className={`${styles.chip} ${styles.warn}`} title={words.cutSays}>
          {words.cut}
        </span>
      )}
      {facts !== undefined && <Start startNs={facts.startNs} />}
    </TopBar>
  );
}

function Totals({ facts }: { facts: TraceFacts }) {
  const { value, unit } = durationParts(facts.durationNs);
  return (
    <>
      <span className={styles.chip} title={words.wallSays}>
        <b>{value}</b> {unit}
      </span>
      <span className={styles.chip}>
        <b>{formatCount(facts.spans)}</b> {facts.spans === 1 ? 'span' : 'spans'}
      </span>
      {facts.errors > 0 && (
        <span className={`${styles.chip} ${styles.error}`}>{words.errors(facts.errors)}</span>
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
