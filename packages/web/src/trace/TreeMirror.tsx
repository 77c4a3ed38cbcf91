// biome-ignore-all lint/a11y/useSemanticElements: a treegrid of absolutely placed rows is no <table>.
// biome-ignore-all lint/a11y/useFocusableInteractive: rows take the focus, cells do not (WAI-ARIA treegrid, row focus).
/**
 * The rows in sight as a real `treegrid` over the canvas: screen readers read it, text can be selected and found.
 *
 * Follows the canvas when it has been still for a moment, so a fling never waits for the DOM. The text is transparent
 * because the canvas shows the same words at the same place. Never knows: how rows are drawn.
 */
import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { labelX, TEXT_AT } from '../draw/layout.ts';
import type { TraceView } from '../model/trace-view.ts';
import { type MirrorRow, mirrorRows } from './mirror-rows.ts';
import styles from './TreeMirror.module.css';
import { useView } from './use-view.ts';
import type { RestingRows } from './waterfall-stage.ts';
import { words } from './words.ts';

export function TreeMirror({ view, resting }: { view: TraceView; resting: RestingRows }) {
  const visible = useView(view, (snapshot) => snapshot.visible);
  const selected = useView(view, (snapshot) => snapshot.selected);
  const rows = useMemo(() => {
    // `resting` may be a moment older than the fold; rows that are gone are left out.
    return mirrorRows(
      view,
      Math.min(resting.first, visible.count),
      Math.min(resting.end, visible.count),
    );
  }, [view, resting, visible]);
  const grid = useRef<HTMLDivElement>(null);
  useRovingFocus(grid, selected);
  const tabRow = rows.find(({ code }) => code === selected)?.code ?? rows[0]?.code;
  const { rowHeight, labelWidth } = resting.layout;
  return (
    <div
      ref={grid}
      role="treegrid"
      aria-label={words.tree}
      aria-rowcount={visible.count}
      aria-colcount={2}
      className={styles.grid}
      style={{ top: resting.top }}
    >
      {rows.map((row) => (
        <Row
          key={row.code}
          row={row}
          isSelected={row.code === selected}
          isTabStop={row.code === tabRow}
          height={rowHeight}
          left={labelX(row.indent, resting.layout) + TEXT_AT}
          labelWidth={labelWidth}
          onFocus={() => view.select(row.code)}
        />
      ))}
    </div>
  );
}

interface RowProps {
  readonly row: MirrorRow;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly height: number;
  readonly left: number;
  readonly labelWidth: number;
  readonly onFocus: () => void;
}

const Row = memo(function Row(props: RowProps) {
  const { row, isSelected, isTabStop, height, left, labelWidth, onFocus } = props;
  return (
    <div
      role="row"
      tabIndex={isTabStop ? 0 : -1}
      aria-label={row.label}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-rowindex={row.row + 1}
      aria-selected={isSelected}
      {...(row.isOpen === null ? {} : { 'aria-expanded': row.isOpen })}
      className={styles.row}
      style={{ height }}
      onFocus={(event) => {
        // A click focuses too, but the pointer decides for itself what it selects.
        if (event.target.matches(':focus-visible')) onFocus();
      }}
    >
      <span
        role="gridcell"
        className={styles.name}
        style={{ marginLeft: left, maxWidth: Math.max(0, labelWidth - left - 8) }}
      >
        <b>{row.service}</b> {row.name}
      </span>
      <span role="gridcell" className={styles.duration}>
        {row.duration}
      </span>
    </div>
  );
});

/** While the grid has the focus, the selected row has it, also when that row was rendered anew. */
function useRovingFocus(grid: React.RefObject<HTMLDivElement | null>, selected: number | null) {
  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    const element = grid.current!;
    const onIn = () => {
      hadFocus.current = true;
    };
    const onOut = (event: FocusEvent) => {
      const isRemoved = event.relatedTarget === null && document.hasFocus();
      hadFocus.current = isRemoved;
    };
    element.addEventListener('focusin', onIn);
    element.addEventListener('focusout', onOut);
    return () => {
      element.removeEventListener('focusin', onIn);
      element.removeEventListener('focusout', onOut);
    };
  }, [grid]);
  useLayoutEffect(() => {
    if (!hadFocus.current || selected === null) {
      return;
    }
    const active = document.activeElement;
    if (active === document.body || grid.current?.contains(active)) {
      grid.current
        ?.querySelector<HTMLElement>('[aria-selected=true]')
        ?.focus({ preventScroll: true });
    }
  });
}
