/**
 * Rows as a table that fits the terminal: one flexible column gives way when it is too wide.
 *
 * Pure. Never knows: what the rows are.
 */
import type { Style } from './style.ts';
import { columns, fit, oneLine } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Colours a cell that is already cut and padded. */
  readonly paint?: (row: Row, text: string) => string;
  readonly isRight?: boolean;
  /** Takes what room is left; at most one column. */
  readonly isFlexible?: boolean;
}

const GAP = 2;
const FLEXIBLE_COLUMNS_MIN = 12;

export function table<Row>(
  spec: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  style: Style,
): string {
  const cells = rows.map((row) => spec.map((column) => oneLine(column.text(row))));
  const widths = spec.map((column, at) =>
    cells.reduce((most, line) => Math.max(most, columns(line[at] as string)), column.title.length),
  );
  const total = widths.reduce((sum, one) => sum + one, 0) + GAP * (spec.length - 1);
  const flexible = spec.findIndex((column) => column.isFlexible);
  if (total > width && flexible >= 0) {
    const left = (widths[flexible] as number) - (total - width);
    widths[flexible] = Math.max(FLEXIBLE_COLUMNS_MIN, left);
  }
  const place = (text: string, at: number) =>
    spec[at]?.isRight ? text.padStart(widths[at] as number) : fit(text, widths[at] as number);
  const gap = ' '.repeat(GAP);
  const title = spec.map((column, at) => place(column.title, at)).join(gap);
  const lines = rows.map((row, index) =>
    spec
      .map(({ paint }, at) => {
        const text = place(cells[index]?.[at] as string, at);
        return paint === undefined ? text : paint(row, text);
      })
      .join(gap),
  );
  return `${[style.dim(title.trimEnd()), ...lines.map((line) => line.trimEnd())].join('\n')}\n`;
}
