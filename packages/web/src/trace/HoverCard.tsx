/** The card beside a pointer that has rested on a row: what, how long, when. Pure decoration of what the panel tells. */
import { groupTexts } from '../draw/labels.ts';
import { readableName } from '../draw/readable.ts';
import { formatDuration } from '../format/duration.ts';
import { isError, isOnPath } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import { groupOfRow } from '../model/visible-rows.ts';
import styles from './HoverCard.module.css';
import type { Hovered } from './Waterfall.tsx';
import { words } from './words.ts';

/** Room the card needs; near the right or lower edge it opens to the other side. */
const CARD = { width: 300, height: 96 };

export function HoverCard({ view, hovered }: { view: TraceView; hovered: Hovered }) {
  const { store } = view;
  const { code, x, y } = hovered;
  const flipX = x + CARD.width + 24 > innerWidth - 400;
  const flipY = y + CARD.height + 24 > innerHeight - 160;
  const style: React.CSSProperties = {
    ...(flipX ? { left: Math.max(4, x - CARD.width - 12) } : { left: x + 14 }),
    ...(flipY ? { top: y - CARD.height - 8 } : { top: y + 16 }),
  };
  const span = view.spanOf(code);
  const service = readableName(store.services[store.service[span]!]!.name);
  return (
    <div className={styles.card} style={style} aria-hidden="true">
      <p className={styles.title}>
        <b>{service}</b> {readableName(store.names[store.name[span]!]!)}
      </p>
      {code < 0 ? (
        <p>{groupLine(view, groupOfRow(code))}</p>
      ) : (
        <>
          <p>
            <b>{formatDuration(store.duration[span]!)}</b> · {shareOfTrace(view, span)} ·{' '}
            {words.details.self} {formatDuration(store.self[span]!)}
          </p>
          <p>
            +{formatDuration(store.start[span]! - store.wallStart)} ·{' '}
            {words.details.kinds[store.kind[span]!] ?? words.details.kinds[0]}
            {isOnPath(store, span) && ` · ${words.onPath}`}
            {isError(store, span) && <span className={styles.error}> · ✕ {words.error}</span>}
          </p>
        </>
      )}
    </div>
  );
}

/** The span's duration as a share of the wall time, in words. */
export function shareOfTrace({ store }: TraceView, span: number): string {
  const wall = store.wallEnd - store.wallStart;
  return words.rowOf(wall === 0 ? 1 : store.duration[span]! / wall);
}

function groupLine({ store }: TraceView, group: number): string {
  const { count, sum, p95, errors } = groupTexts({ store }, group);
  return [count, sum, p95, ...(errors > 0 ? [words.errors(errors)] : [])].join('  ');
}
