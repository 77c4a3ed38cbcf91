/**
 * The cells that both result tables use.
 *
 * Never knows: the tables.
 */
import { Link } from '@tanstack/react-router';
import type { traceLink } from '../address/links.ts';
import { Swatch } from '../controls/Swatch.tsx';
import { durationParts } from '../format/duration.ts';
import { epochMsOf, formatAgo, formatClock, formatExact } from '../format/instants.ts';
import { counted } from '../format/numbers.ts';
import styles from './cells.module.css';

export function StartCell({ ns }: { ns: string }) {
  const ms = epochMsOf(ns);
  const nowMs = Date.now();
  return (
    <time
      className={styles.dim}
      dateTime={new Date(ms).toISOString()}
      title={`${formatExact(ns)} · ${formatAgo(ms, nowMs)}`}
    >
      {formatClock(ms, nowMs)}
    </time>
  );
}

export type TitleCellProps = {
  readonly link: ReturnType<typeof traceLink>;
  readonly look: number | undefined;
  readonly service: string;
  readonly name: string;
  /** Shown when there is no name. */
  readonly missing: string;
};

/** Service and name, as in the waterfall. A real link, so that it can be opened elsewhere; the grid has the focus. */
export function TitleCell({ link, look, service, name, missing }: TitleCellProps) {
  return (
    <Link {...link} className={styles.title} tabIndex={-1} preload={false}>
      {look !== undefined && <Swatch look={look} />}
      <b>{service}</b>
      {name === '' ? <i>{missing}</i> : <span>{name}</span>}
    </Link>
  );
}

export function DurationCell({ ns, longestNs }: { ns: number; longestNs: number }) {
  const { value, unit } = durationParts(ns);
  const share = longestNs > 0 ? Math.max(0, ns) / longestNs : 0;
  return (
    <span className={styles.duration}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.bar} style={{ width: `max(2px, ${share * 100}%)` }} />
      </span>
      <span className={styles.number}>
        {value} <span className={styles.unit}>{unit}</span>
      </span>
    </span>
  );
}

export function ErrorsCell({ errors }: { errors: number }) {
  if (errors === 0) return <span className="visually-hidden">{counted(0, 'error')}</span>;
  return (
    <span className={styles.error}>
      <span aria-hidden="true">✕ {errors}</span>
      <span className="visually-hidden">{counted(errors, 'error')}</span>
    </span>
  );
}

export function StatusCell({ status, message }: { status: string; message: string }) {
  if (status !== 'error') return <span className={styles.dim}>{status}</span>;
  return (
    <span className={styles.error} title={message}>
      ✕ error{message !== '' && <span className={styles.message}> {message}</span>}
    </span>
  );
}
