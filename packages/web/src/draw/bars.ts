/**
 * The time lane: a bar per span with its self time, its part of the critical path, its events and the mark of an
 * error, the duration beside it and never inside; a band of ticks per group.
 *
 * Never knows: labels of the tree, scrolling.
 */
import { formatDuration } from '../format/duration.ts';
import { isError, isOnPath, STATUS_ERROR } from '../model/trace-store.ts';
import { timeToX } from '../model/viewport.ts';
import { groupOfRow } from '../model/visible-rows.ts';
import { type Layout, timeLane } from './layout.ts';
import { fonts, type Scene } from './scene.ts';

/** A span shorter than this is still drawn this wide, or it could not be seen. */
const BAR_MIN = 2;

const LABEL_GAP = 7;

/** Dark enough to be seen in every hue, light enough to leave the hue. */
const CORE_ALPHA = 0.4;

/** Where the bar of a span is: CSS pixels, not clipped to the lane. */
export function barBox(scene: Pick<Scene, 'store' | 'view' | 'layout'>, span: number, top: number) {
  const { store, view, layout } = scene;
  const lane = timeLane(layout);
  const from = timeToX(store.start[span]!, view.window, lane.left, lane.width);
  const to = timeToX(
    store.start[span]! + store.duration[span]!,
    view.window,
    lane.left,
    lane.width,
  );
  return {
    x: from,
    y: top + barInset(layout),
    width: Math.max(BAR_MIN, to - from),
    height: layout.barHeight,
  };
}

function barInset({ rowHeight, barHeight }: Layout): number {
  return Math.floor((rowHeight - barHeight) / 2);
}

/** Draws the bar of one row whose top is at `top`. The context is clipped to the time lane. */
export function drawBar(
  context: CanvasRenderingContext2D,
  scene: Scene,
  row: number,
  top: number,
): void {
  const code = scene.view.visible.rows[row]!;
  if (code < 0) {
    drawGroupBar(context, scene, groupOfRow(code), top);
  } else {
    drawSpanBar(context, scene, code, top);
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawSpanBar(
  context: CanvasRenderingContext2D,
  scene: Scene,
  span: number,
  top: number,
): void {
  const { store, layout, theme, textures } = scene;
  const box = cut(barBox(scene, span, top), layout);
  if (box === null) {
    drawAway(context, scene, span, top);
    return;
  }
  context.fillStyle = textures.fill(context, store.services[store.service[span]!]!.look);
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, theme.barRadius);
  context.fill();
  drawSelf(context, scene, span, box);
  if (isOnPath(store, span)) {
    drawPath(context, scene, span, box);
  }
  drawEvents(context, scene, span, box);
  if (isError(store, span)) {
    drawError(context, scene, box);
  }
  drawDuration(context, scene, formatDuration(store.duration[span]!), box);
}

/** The part of a box that is near the screen: canvas loses precision with boxes of millions of pixels. */
function cut(box: Box, { width, labelWidth }: Layout): Box | null {
  const from = Math.max(box.x, labelWidth - 8);
  const to = Math.min(box.x + box.width, width + 8);
  return to <= from ? null : { ...box, x: from, width: to - from };
}

/** A span outside the window leaves a pointer at the edge where it went. */
function drawAway(
  context: CanvasRenderingContext2D,
  { store, view, layout, theme }: Scene,
  span: number,
  top: number,
): void {
  const isLeft = store.start[span]! < view.window.from;
  const x = isLeft ? layout.labelWidth + 6 : layout.width - 6;
  const y = top + layout.rowHeight / 2;
  const tip = isLeft ? -3 : 3;
  context.fillStyle = theme.text[2];
  context.beginPath();
  context.moveTo(x - tip, y - 3);
  context.lineTo(x + tip, y);
  context.lineTo(x - tip, y + 3);
  context.fill();
}

/** A darker core where no child covers the span. A span without children is all self time and stays plain. */
function drawSelf(
  context: CanvasRenderingContext2D,
  { store, view, layout, theme }: Scene,
  span: number,
  box: Box,
): void {
  const size = store.subtreeSize[span]!;
  if (size === 1 || box.width < 6) {
    return;
  }
  const lane = timeLane(layout);
  const x = (ns: number) => timeToX(ns, view.window, lane.left, lane.width);
  const inset = Math.round(box.height / 3);
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * CORE_ALPHA;
  context.fillStyle = theme.theme === 'dark' ? '#000' : theme.text[0];
  const core = (fromNs: number, toNs: number) => {
    const from = Math.max(box.x + 1, x(fromNs));
    const to = Math.min(box.x + box.width - 1, x(toNs));
    if (to - from >= 1) {
      context.fillRect(from, box.y + inset, to - from, box.height - 2 * inset);
    }
  };
  let covered = store.start[span]!;
  for (let child = span + 1; child < span + size; child += store.subtreeSize[child]!) {
    core(covered, store.start[child]!);
    covered = Math.max(covered, store.start[child]! + store.duration[child]!);
  }
  core(covered, store.start[span]! + store.duration[span]!);
  context.globalAlpha = alpha;
}

/** A line along the lower edge with a halo of the opposite lightness, so that it shows on every hue. */
function drawPath(
  context: CanvasRenderingContext2D,
  { store, view, layout, theme }: Scene,
  span: number,
  box: Box,
): void {
  const { path } = store;
  const lane = timeLane(layout);
  for (let i = path.from[span]!; i < path.from[span + 1]!; i++) {
    const from = timeToX(path.start[i]!, view.window, lane.left, lane.width);
    const to = timeToX(path.end[i]!, view.window, lane.left, lane.width);
    const left = Math.max(box.x, from);
    const width = Math.max(1, Math.min(box.x + box.width, to) - left);
    if (from > layout.width || to < layout.labelWidth) {
      continue;
    }
    const bottom = box.y + box.height;
    context.fillStyle = theme.criticalPathHalo;
    context.fillRect(left, bottom - 4, width, 5);
    context.fillStyle = theme.criticalPath;
    context.fillRect(left, bottom - 3, width, 3);
  }
}

function drawEvents(
  context: CanvasRenderingContext2D,
  { view, layout, theme, events }: Scene,
  span: number,
  box: Box,
): void {
  const times = events.get(span);
  if (times === undefined) {
    return;
  }
  const lane = timeLane(layout);
  for (const ns of times) {
    const x = Math.round(timeToX(ns, view.window, lane.left, lane.width));
    context.fillStyle = theme.background[1];
    context.fillRect(x - 1, box.y - 3, 4, box.height + 6);
    context.fillStyle = theme.text[0];
    context.fillRect(x, box.y - 3, 2, box.height + 6);
  }
}

/** An outline and a notch: the outline alone vanishes on a selected row and for deuteranopes. */
function drawError(context: CanvasRenderingContext2D, { theme }: Scene, box: Box): void {
  context.strokeStyle = theme.error;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(box.x - 1.5, box.y - 1.5, box.width + 3, box.height + 3, theme.barRadius + 1.5);
  context.stroke();
  // On a narrow bar the notch would hide what it marks: there it sits on top.
  const half = box.width < 14 ? 3 : 5;
  const x = box.x + (box.width < 14 ? box.width / 2 : box.width - 5);
  const tip = box.y + (box.width < 14 ? 1 : 6);
  context.beginPath();
  context.moveTo(x - half, tip - half - 3);
  context.lineTo(x + half, tip - half - 3);
  context.lineTo(x, tip);
  context.closePath();
  context.fillStyle = theme.error;
  context.strokeStyle = theme.background[1];
  context.lineWidth = 1.5;
  context.stroke();
  context.fill();
}

/** Right of the bar, else left of it, else on a plate at the lane's end. */
function drawDuration(
  context: CanvasRenderingContext2D,
  { layout, theme, texts }: Scene,
  label: string,
  box: Box,
): void {
  const { small } = fonts(theme);
  const width = texts.width(context, small, label);
  const y = box.y + box.height / 2;
  const end = box.x + box.width;
  context.font = small;
  let x = end + LABEL_GAP;
  if (x + width > layout.width - 4) {
    x = box.x - LABEL_GAP - width;
    if (x < layout.labelWidth + 4) {
      x = layout.width - width - 10;
      context.fillStyle = theme.background[1];
      context.beginPath();
      context.roundRect(x - 5, box.y - 3, width + 10, box.height + 6, 4);
      context.fill();
    }
  }
  context.fillStyle = theme.text[1];
  context.fillText(label, x, y);
}

/** A tick per member, at most one per pixel: 100,000 members cost one pass and as many fills as there are pixels. */
function drawGroupBar(
  context: CanvasRenderingContext2D,
  scene: Scene,
  group: number,
  top: number,
): void {
  const { store, view, layout, theme, textures } = scene;
  const { groups } = store;
  const lane = timeLane(layout);
  const columns = new Uint8Array(Math.ceil(layout.width) + 1);
  for (let i = groups.from[group]!; i < groups.from[group + 1]!; i++) {
    const span = groups.members[i]!;
    const from = timeToX(store.start[span]!, view.window, lane.left, lane.width);
    const to = from + (store.duration[span]! / (view.window.to - view.window.from)) * lane.width;
    if (to < layout.labelWidth || from > layout.width) {
      continue;
    }
    const mark = store.status[span] === STATUS_ERROR ? 2 : 1;
    const last = Math.min(columns.length - 1, Math.max(Math.floor(from), Math.ceil(to) - 2));
    for (let x = Math.max(0, Math.floor(from)); x <= last; x++) {
      columns[x] = Math.max(columns[x]!, mark);
    }
  }
  const first = groups.members[groups.from[group]!]!;
  const plain = textures.fill(context, store.services[store.service[first]!]!.look);
  const y = top + barInset(layout);
  let end = -1;
  for (let x = 0; x < columns.length; x++) {
    if (columns[x] !== 0) {
      context.fillStyle = columns[x] === 2 ? theme.error : plain;
      context.fillRect(x, y, 1, layout.barHeight);
      end = x;
    }
  }
  if (end >= 0) {
    const box = { x: columns.indexOf(1), y, width: 0, height: layout.barHeight };
    const from = box.x < 0 ? end : box.x;
    drawDuration(context, scene, `Σ ${formatDuration(groups.sum[group]!)}`, {
      ...box,
      x: from,
      width: end - from + 1,
    });
  }
}
