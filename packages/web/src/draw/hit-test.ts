/**
 * From a point on the waterfall canvas to what is there, by arithmetic alone: the inverse of the layout.
 *
 * Never knows: events, canvas.
 */
import { type TimeWindow, xToTime } from '../model/viewport.ts';
import type { VisibleRows } from '../model/visible-rows.ts';
import { AXIS_HEIGHT, CARET_WIDTH, type Layout, labelX, timeLane } from './layout.ts';

export interface Hit {
  readonly zone: 'axis' | 'caret' | 'label' | 'time';
  /** Row index, −1 when the point is on no row. */
  readonly row: number;
  /** Row code (span ≥ 0, group < 0) when `row` ≥ 0. */
  readonly code: number;
  /** Time under the point; meaningful in the zones `axis` and `time`. */
  readonly ns: number;
}

/** @param x,y CSS pixels from the canvas's corner */
export function hitTest(
  x: number,
  y: number,
  scrollTop: number,
  layout: Layout,
  visible: VisibleRows,
  window: TimeWindow,
): Hit {
  const lane = timeLane(layout);
  const ns = xToTime(x, window, lane.left, lane.width);
  if (y < AXIS_HEIGHT) {
    return { zone: 'axis', row: -1, code: 0, ns };
  }
  const at = Math.floor((y - AXIS_HEIGHT + scrollTop) / layout.rowHeight);
  const row = at >= 0 && at < visible.count ? at : -1;
  const code = row < 0 ? 0 : visible.rows[row]!;
  if (x >= layout.labelWidth) {
    return { zone: 'time', row, code, ns };
  }
  const caret = row < 0 ? 0 : x - labelX(visible.indent[row]!, layout);
  return { zone: row >= 0 && caret >= 0 && caret < CARET_WIDTH ? 'caret' : 'label', row, code, ns };
}
