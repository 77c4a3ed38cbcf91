/**
 * Step 10 of 10 in a span's walk.   before: model/columns.ts
 *
 * Rows become rectangles: draws the part of the waterfall that is in sight, from a scene, in one go. The cost depends
 * on the rows in sight (about forty), not on the trace. Never knows: how to fetch, fold or zoom.
 */
import { hasBit } from '../model/bitset.ts';
import { groupOfRow } from '../model/visible-rows.ts';
import { drawAxis, drawGrid, drawPointer } from './axis.ts';
import { drawBar } from './bars.ts';
import { drawLabel } from './labels.ts';
import { AXIS_HEIGHT, rowsInSight, rowTop } from './layout.ts';
import type { Scene } from './scene.ts';

/** How much of a row is left when the search does not match it. */
const DIMMED = 0.32;

/** @param scale device pixels per CSS pixel; the scene is in CSS pixels */
export function drawWaterfall(
  context: CanvasRenderingContext2D,
  scene: Scene,
  scale: number,
): void {
  const { layout, theme, scrollTop, view } = scene;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.globalAlpha = 1;
  context.textBaseline = 'middle';
  context.direction = 'ltr';
  context.fillStyle = theme.background[1];
  context.fillRect(0, 0, layout.width, layout.height);
  const { first, end } = rowsInSight(scrollTop, view.visible.count, layout);
  for (let row = first; row < end; row++) {
    drawRowBackground(context, scene, row, rowTop(row, scrollTop, layout));
  }
  drawGrid(context, scene);
  drawColumn(context, scene, first, end, 0, layout.labelWidth, drawLabel);
  drawColumn(context, scene, first, end, layout.labelWidth, layout.width, drawBar);
  drawAxis(context, scene);
  drawPointer(context, scene);
  context.fillStyle = theme.line;
  context.fillRect(Math.round(layout.labelWidth), 0, 1, layout.height);
}

function drawRowBackground(
  context: CanvasRenderingContext2D,
  { layout, theme, view, hoverRow }: Scene,
  row: number,
  top: number,
): void {
  const isSelected = view.visible.rows[row] === view.selected;
  if (isSelected) {
    context.fillStyle = theme.accentBackground;
  } else if (row === hoverRow) {
    context.fillStyle = theme.background[3];
  } else if (row % 2 === 0) {
    context.fillStyle = theme.background[2];
  } else {
    return;
  }
  context.globalAlpha = isSelected || row === hoverRow ? 1 : 0.6;
  context.fillRect(0, top, layout.width, layout.rowHeight);
  context.globalAlpha = 1;
}

function drawColumn(
  context: CanvasRenderingContext2D,
  scene: Scene,
  first: number,
  end: number,
  left: number,
  right: number,
  draw: typeof drawLabel,
): void {
  const { layout, scrollTop } = scene;
  context.save();
  context.beginPath();
  context.rect(left, AXIS_HEIGHT, right - left, layout.height - AXIS_HEIGHT);
  context.clip();
  for (let row = first; row < end; row++) {
    context.save();
    context.globalAlpha = isDimmed(scene, row) ? DIMMED : 1;
    draw(context, scene, row, rowTop(row, scrollTop, layout));
    context.restore();
  }
  context.restore();
}

/** A search dims what it does not match; a group is dimmed when none of its members matches. */
export function isDimmed({ store, view }: Pick<Scene, 'store' | 'view'>, row: number): boolean {
  const { matches } = view;
  const code = view.visible.rows[row]!;
  if (matches === null) {
    return false;
  }
  if (code >= 0) {
    return !hasBit(matches.bits, code);
  }
  const { from, members } = store.groups;
  const group = groupOfRow(code);
  return !members
    .subarray(from[group]!, from[group + 1]!)
    .some((span) => hasBit(matches.bits, span));
}
