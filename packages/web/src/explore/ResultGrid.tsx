/**
 * A table of many rows: only those in view are in the document, one row is active, keys move it.
 *
 * Rows come from TanStack Table, the window from TanStack Virtual. The grid holds the focus and names the active row, so
 * that scrolling never loses it. Never knows: what a column shows.
 */
import type { ReactTable, Row, RowData, TableFeatures } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useId, useRef, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { usePageKeys } from '../keys/page-keys.ts';
import { lengths } from '../tokens/tokens.ts';
import { words } from '../words.ts';
import styles from './ResultGrid.module.css';

export type ResultGridProps<Features extends TableFeatures, Item extends RowData> = {
  readonly table: ReactTable<Features, Item>;
  readonly label: string;
  /** CSS grid columns, shared by head and rows. */
  readonly template: string;
  readonly onOpen: (item: Item) => void;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onMore: () => void;
  /** Shown rows belong to the question before. */
  readonly isStale: boolean;
};

/** Rows moved by PageUp and PageDown. */
const pageRows = 20;

export function ResultGrid<Features extends TableFeatures, Item extends RowData>(
  props: ResultGridProps<Features, Item>,
) {
  const { table, label, template, onOpen } = props;
  const rows = table.getRowModel().rows;
  const gridId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lengths['row-comfy'],
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  const cursor = useCursor(rows, (index) => virtual.scrollToIndex(index));
  const moveBy = (step: number) => () => {
    cursor.moveTo(cursor.index + step);
    scroller.current?.focus({ preventScroll: true });
  };
  const openActive = () => {
    const row = rows[cursor.index];
    if (row) onOpen(row.original);
  };
  usePageKeys(words.keys.explore, [
    { keys: 'j', shown: 'j ↓', says: words.keys.rows, run: moveBy(1) },
    { keys: 'k', shown: 'k ↑', says: words.keys.rows, run: moveBy(-1) },
    { shown: 'Enter', says: words.keys.open },
    { shown: 'Home End', says: words.keys.ends },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const to = targetOf(event.key, cursor.index, rows.length);
    if (event.key === 'Enter') openActive();
    else if (to === undefined) return;
    else cursor.moveTo(to);
    event.preventDefault();
  };
  const items = virtual.getVirtualItems();
  const activeId = items.some(({ index }) => index === cursor.index)
    ? `${gridId}-${cursor.index}`
    : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: most of its rows are absent.
    <div
      ref={scroller}
      role="grid"
      className={styles.grid}
      aria-label={label}
      aria-rowcount={rows.length + 2}
      aria-activedescendant={activeId}
      aria-busy={props.isStale}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <GridHead table={table} template={template} />
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid. */}
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => (
          <GridRow
            key={key}
            id={`${gridId}-${index}`}
            row={rows[index]!}
            table={table}
            template={template}
            top={start}
            isActive={index === cursor.index}
            onPick={() => {
              cursor.moveTo(index);
              onOpen(rows[index]!.original);
            }}
          />
        ))}
      </div>
      <More {...props} />
    </div>
  );
}

/** The active row, kept by id: rows that arrive above it do not move it. */
function useCursor(rows: readonly { readonly id: string }[], scrollTo: (index: number) => void) {
  const [id, setId] = useState<string>();
  const index = id === undefined ? -1 : rows.findIndex((row) => row.id === id);
  const moveTo = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setId(rows[next]?.id);
    scrollTo(next);
  };
  return { index, moveTo };
}

function targetOf(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowDown') return index + 1;
  if (key === 'ArrowUp') return index - 1;
  if (key === 'PageDown') return index + pageRows;
  if (key === 'PageUp') return index - pageRows;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}

type TableProps<Features extends TableFeatures, Item extends RowData> = Pick<
  ResultGridProps<Features, Item>,
  'table' | 'template'
>;

function GridHead<Features extends TableFeatures, Item extends RowData>(
  props: TableProps<Features, Item>,
) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    <div role="rowgroup" className={styles.headGroup}>
      {props.table.getHeaderGroups().map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: see the grid.
        // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus.
        <div
          key={group.id}
          role="row"
          aria-rowindex={1}
          className={styles.head}
          style={{ gridTemplateColumns: props.template }}
        >
          {group.headers.map((header) => (
            // biome-ignore lint/a11y/useSemanticElements: see the grid.
            // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus.
            <div
              key={header.id}
              role="columnheader"
              className={styles.cell}
              data-column={header.id}
            >
              <props.table.FlexRender header={header} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

type GridRowProps<Features extends TableFeatures, Item extends RowData> = TableProps<
  Features,
  Item
> & {
  readonly id: string;
  readonly row: Row<Features, Item>;
  readonly top: number;
  readonly isActive: boolean;
  readonly onPick: () => void;
};

function GridRow<Features extends TableFeatures, Item extends RowData>(
  props: GridRowProps<Features, Item>,
) {
  const { row, table, top, isActive, onPick } = props;
  const onClick = (event: MouseEvent) => {
    // The link inside the row handles itself, so that "open in a new tab" works.
    if (!(event.target as Element).closest('a')) onPick();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and opens the active row on Enter.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      id={props.id}
      role="row"
      aria-rowindex={row.index + 2}
      aria-selected={isActive}
      className={styles.row}
      style={{ gridTemplateColumns: props.template, transform: `translateY(${top}px)` }}
      onClick={onClick}
    >
      {row.getAllCells().map((cell) => (
        // biome-ignore lint/a11y/useSemanticElements: see the grid.
        // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus.
        <div key={cell.id} role="gridcell" className={styles.cell} data-column={cell.column.id}>
          <table.FlexRender cell={cell} />
        </div>
      ))}
    </div>
  );
}

function More(props: { hasMore: boolean; isLoadingMore: boolean; onMore: () => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    <div role="rowgroup">
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the button inside is. */}
      <div role="row" className={styles.more}>
        {/* biome-ignore lint/a11y/useSemanticElements: see the grid. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the button inside is. */}
        <div role="gridcell">
          {props.hasMore ? (
            <Button onPress={props.onMore} isDisabled={props.isLoadingMore}>
              {props.isLoadingMore ? words.explore.loadingMore : words.explore.more}
            </Button>
          ) : (
            words.explore.end
          )}
        </div>
      </div>
    </div>
  );
}
