/** A group of repeated calls: how many, how long together, and the slowest of them to open. */
import { readableName } from '../draw/readable.ts';
import { formatDuration } from '../format/duration.ts';
import { isError } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import styles from './DetailsPanel.module.css';
import { words } from './words.ts';

const SLOWEST_SHOWN = 10;

export function GroupDetails({ view, group }: { view: TraceView; group: number }) {
  const { store } = view;
  const { groups, duration } = store;
  const members = groups.members.slice(groups.from[group]!, groups.from[group + 1]!);
  members.sort((a, b) => duration[b]! - duration[a]!);
  const first = members[0]!;
  const facts: readonly (readonly [string, number])[] = [
    [words.details.sum, groups.sum[group]!],
    [words.details.median, duration[members[Math.floor(members.length / 2)]!]!],
    [words.details.p95, groups.p95[group]!],
    [words.details.longest, duration[first]!],
  ];
  return (
    <div className={styles.body}>
      <h2 className={styles.title}>{readableName(store.names[store.name[first]!]!)}</h2>
      <p className={styles.timing}>
        {readableName(store.services[store.service[first]!]!.name)} ·{' '}
        {words.details.group(members.length)}
      </p>
      <dl className={styles.facts}>
        {facts.map(([name, ns]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatDuration(ns)}</dd>
          </div>
        ))}
      </dl>
      <h3 className={styles.heading}>{words.details.slowest}</h3>
      <ul>
        {Array.from(members.subarray(0, SLOWEST_SHOWN), (span) => (
          <li key={span}>
            <button type="button" className={styles.member} onClick={() => view.reveal(span)}>
              <span>+{formatDuration(store.start[span]! - store.wallStart)}</span>
              <b>{formatDuration(duration[span]!)}</b>
              {isError(store, span) && <span className={styles.error}>✕ {words.error}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
