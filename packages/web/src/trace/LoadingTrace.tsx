/** The place of the waterfall while its columns are on their way: real proportions, no spinner. */
import styles from './LoadingTrace.module.css';
import { words } from './words.ts';

/** Left and width in per cent, as a typical request looks. */
const BARS: readonly (readonly [number, number])[] = [
  [0, 96],
  [1, 9],
  [11, 84],
  [12, 6],
  [18, 14],
  [20, 4],
  [25, 6],
  [33, 62],
  [34, 58],
  [35, 12],
  [92, 4],
];

export function LoadingTrace() {
  return (
    <main id="content" className={styles.loading} aria-busy="true">
      <p className="visually-hidden" role="status">
        {words.loading}
      </p>
      {BARS.map(([left, width], row) => (
        <div key={`${left} ${width}`} className={styles.row}>
          <span
            className={styles.label}
            style={{ marginLeft: 20 + Math.min(row, 3) * 14, width: 90 + ((row * 37) % 80) }}
          />
          <span className={styles.lane}>
            <span className={styles.bar} style={{ left: `${left}%`, width: `${width}%` }} />
          </span>
        </div>
      ))}
    </main>
  );
}
