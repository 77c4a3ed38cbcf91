/**
 * The counter that waits, and the first trace once it is there: a link, and a few seconds later the trace itself unless
 * the reader stays.
 *
 * Never knows: where the numbers come from.
 */
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { exploreLink, traceLink } from '../address/links.ts';
import { Button } from '../controls/Button.tsx';
import { epochMsOf } from '../format/instants.ts';
import { counted, formatShortCount } from '../format/numbers.ts';
import type { Status } from '../server/answers.ts';
import { words } from '../words.ts';
import styles from './Arrival.module.css';

const says = words.firstRun;

/** Long enough to read the line and to press "Stay here". */
const openAfterMs = 4_000;

export function Arrival({ status, isWaiting }: { status: Status; isWaiting: boolean }) {
  const navigate = useNavigate();
  const [stays, setStays] = useState(false);
  const { latest } = status;
  const willOpen = isWaiting && latest !== null && !stays;
  // Only the first trace counts: later ones must not start the clock again.
  const [first, setFirst] = useState(latest);
  if (first === null && latest !== null) setFirst(latest);
  const traceId = first?.traceId;
  const startNs = first?.startNs;
  useEffect(() => {
    if (!willOpen || traceId === undefined || startNs === undefined) return;
    const link = traceLink(traceId, { timeMs: epochMsOf(startNs) });
    const timer = setTimeout(() => void navigate(link), openAfterMs);
    return () => clearTimeout(timer);
  }, [willOpen, traceId, startNs, navigate]);

  if (!first) return <Waiting status={status} />;
  return (
    <div className={styles.arrival} data-state="here">
      <span className={styles.dot} aria-hidden="true" />
      <div className={styles.text} role="status">
        <p className={styles.big}>{isWaiting ? says.arrived : says.receiving}</p>
        <p>
          <b>{first.service}</b> {first.name} · {counted(status.acceptedSpans, 'span')}{' '}
          {says.received}
          {willOpen && <> · {says.opening}</>}
        </p>
      </div>
      <div className={styles.actions}>
        {willOpen && <Button onPress={() => setStays(true)}>{says.stay}</Button>}
        <Link {...exploreLink()} className={styles.link}>
          {says.explore}
        </Link>
        <Link
          {...traceLink(first.traceId, { timeMs: epochMsOf(first.startNs) })}
          className={styles.main}
        >
          {says.open}
        </Link>
      </div>
    </div>
  );
}

function Waiting({ status }: { status: Status }) {
  const isLoading = status.acceptedSpans > 0;
  return (
    <div className={styles.arrival} data-state="waiting">
      <span className={styles.dot} aria-hidden="true" />
      <div className={styles.text}>
        <p className={styles.big}>{isLoading ? says.loading : says.waiting}</p>
        <p role="status">
          <b>{formatShortCount(status.acceptedSpans)}</b>{' '}
          {status.acceptedSpans === 1 ? says.spanReceived : says.spansReceived}
        </p>
      </div>
      {status.engine !== 'ready' && <p className={styles.engine}>{says.engine[status.engine]}</p>}
    </div>
  );
}
