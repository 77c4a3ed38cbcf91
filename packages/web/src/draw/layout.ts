/**
 * Where things are on the waterfall canvas: the arithmetic that drawing, hit-testing and the DOM mirror share.
 *
 * All lengths are CSS pixels. Rows have one fixed height, so a position is one multiplication and nothing is ever
 * estimated. Never knows: colours, canvas, the trace.
 */

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Width of the tree column. */
  readonly labelWidth: number;
  readonly rowHeight: number;
  readonly barHeight: number;
}

/** Height of the axis above the rows. */
export const AXIS_HEIGHT = 24;

/** Left edge of the first level, then per level; the caret, rail and text stand at fixed offsets from there. */
const TREE_LEFT = 4;
const INDENT = 14;
export const CARET_WIDTH = 14;
export const RAIL_AT = 15;
export const RAIL_WIDTH = 3;
export const TEXT_AT = 24;

/** A label keeps at least this much room however deep its row is. */
const LABEL_ROOM = 145;

/** Air left of the time lane, and right of it for the duration of a bar that reaches the end. */
const LANE_LEFT = 12;
const LANE_RIGHT = 72;

/** Narrow and wide limits of the tree column as shares of the width. */
export const LABEL_SHARE = { min: 0.15, max: 0.6, initial: 0.32 } as const;

/** Below this many pixels the first share is widened: names of three levels should be readable. */
const LABEL_FIRST_MIN = 270;

/** The share of the tree column before anybody moved it. */
export function firstLabelShare(width: number): number {
  return Math.min(0.45, Math.max(LABEL_SHARE.initial, LABEL_FIRST_MIN / Math.max(1, width)));
}

/** x of a row's caret. Deep rows stop moving right so that a name can always be read. */
export function labelX(indent: number, layout: Layout): number {
  return TREE_LEFT + Math.min(indent, indentMax(layout)) * INDENT;
}

/** The level at which labels stop moving right. */
export function indentMax({ labelWidth }: Layout): number {
  return Math.max(0, Math.floor((labelWidth - LABEL_ROOM - TREE_LEFT) / INDENT));
}

/** The time lane: where the window's start and end are drawn. */
export function timeLane({ width, labelWidth }: Layout): { left: number; width: number } {
  const left = labelWidth + LANE_LEFT;
  return { left, width: Math.max(1, width - left - LANE_RIGHT) };
}

/** Top of a row on the canvas. */
export function rowTop(row: number, scrollTop: number, { rowHeight }: Layout): number {
  return AXIS_HEIGHT + row * rowHeight - scrollTop;
}

/** The rows that are at least partly in sight: first, and one past the last. */
export function rowsInSight(
  scrollTop: number,
  count: number,
  { height, rowHeight }: Layout,
): { first: number; end: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight));
  const end = Math.min(count, Math.ceil((scrollTop + height - AXIS_HEIGHT) / rowHeight));
  return { first, end: Math.max(first, end) };
}
