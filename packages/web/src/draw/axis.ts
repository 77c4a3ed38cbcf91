/**
 * The time axis: tick labels above the rows, faint lines through them, the crosshair and the brushed window.
 *
 * Never knows: spans.
 */
import { formatDuration } from '../format/duration.ts';
import { type Tick, timeTicks } from '../model/ticks.ts';
import { timeToX, xToTime } from '../model/viewport.ts';
import { AXIS_HEIGHT, timeLane } from './layout.ts';
import { fonts, type Scene } from './scene.ts';

/** A label of ten characters with air on both sides. */
const TICK_ROOM = 110;

/** Lines under the bars. */
export function drawGrid(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, theme, view } = scene;
  const lane = timeLane(layout);
  context.globalAlpha = 0.45;
  context.fillStyle = theme.line;
  for (const { ns } of ticksOf(scene)) {
    const x = Math.round(timeToX(ns, view.window, lane.left, lane.width));
    context.fillRect(x, AXIS_HEIGHT, 1, layout.height - AXIS_HEIGHT);
  }
  context.globalAlpha = 1;
}

/** The strip with labels; drawn after the rows, because rows scroll under it. */
export function drawAxis(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, theme, view, texts } = scene;
  const lane = timeLane(layout);
  const { small } = fonts(theme);
  context.fillStyle = theme.background[1];
  context.fillRect(0, 0, layout.width, AXIS_HEIGHT);
  context.fillStyle = theme.line;
  context.fillRect(0, AXIS_HEIGHT - 1, layout.width, 1);
  context.font = small;
  context.fillStyle = theme.text[1];
  for (const { ns, label } of ticksOf(scene)) {
    const x = timeToX(ns, view.window, lane.left, lane.width);
    const width = texts.width(context, small, label);
    if (x + width < layout.width - 4) {
      context.fillText(label, x, AXIS_HEIGHT / 2);
    }
  }
}

/** The line under the pointer with its time, and the window being brushed. */
export function drawPointer(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, theme, view, brush, crosshairX } = scene;
  const lane = timeLane(layout);
  if (brush !== null) {
    const from = timeToX(brush.from, view.window, lane.left, lane.width);
    const to = timeToX(brush.to, view.window, lane.left, lane.width);
    context.globalAlpha = 0.22;
    context.fillStyle = theme.accent;
    context.fillRect(from, 0, to - from, layout.height);
    context.globalAlpha = 1;
    context.fillRect(Math.round(from), 0, 1, layout.height);
    context.fillRect(Math.round(to), 0, 1, layout.height);
    drawTag(context, scene, formatDuration(brush.to - brush.from), (from + to) / 2);
  } else if (crosshairX !== null) {
    context.fillStyle = theme.lineStrong;
    context.fillRect(Math.round(crosshairX), AXIS_HEIGHT, 1, layout.height - AXIS_HEIGHT);
    const ns = xToTime(crosshairX, view.window, lane.left, lane.width) - scene.store.wallStart;
    drawTag(context, scene, formatDuration(Math.round(ns)), crosshairX);
  }
}

function drawTag(
  context: CanvasRenderingContext2D,
  { theme, texts, layout }: Scene,
  label: string,
  centre: number,
): void {
  const { small } = fonts(theme);
  const width = texts.width(context, small, label) + 12;
  const left = Math.min(layout.width - width - 2, Math.max(layout.labelWidth, centre - width / 2));
  context.fillStyle = theme.background[4];
  context.beginPath();
  context.roundRect(left, 3, width, AXIS_HEIGHT - 6, 4);
  context.fill();
  context.fillStyle = theme.text[0];
  context.font = small;
  context.fillText(label, left + 6, AXIS_HEIGHT / 2);
}

function ticksOf({ layout, view, store }: Scene): Tick[] {
  const lane = timeLane(layout);
  return timeTicks(view.window, store.wallStart, Math.floor(lane.width / TICK_ROOM));
}
