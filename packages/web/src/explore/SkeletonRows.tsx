/** The table before its first answer: real columns, grey rows. */
import type { Population } from '../address/explore-address.ts';
import { words } from '../words.ts';
import grid from './ResultGrid.module.css';
import styles from './SkeletonRows.module.css';
import { spanTemplate } from './SpanTable.tsx';
import { traceTemplate } from './TraceTable.tsx';

const rowCount = 14;

export function SkeletonRows({ population }: { population: Population }) {
  const isSpans = population === 'spans';
  const { start, root, span, duration } = words.explore.columns;
  const template = isSpans ? spanTemplate : traceTemplate;
  return (
    <div className={grid.grid} aria-hidden="true">
      <div className={grid.head} style={{ gridTemplateColumns: template }}>
        {[start, isSpans ? span : root, duration].map((title) => (
          <span key={title} className={grid.cell}>
            {title}
          </span>
        ))}
      </div>
      {Array.from({ length: rowCount }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity.
        <div key={index} className={styles.row} style={{ gridTemplateColumns: template }}>
          <span style={{ width: 84 }} />
          <span style={{ width: `${45 + ((index * 29) % 40)}%` }} />
          <span style={{ width: `${20 + ((index * 53) % 70)}%` }} />
        </div>
      ))}
    </div>
  );
}
