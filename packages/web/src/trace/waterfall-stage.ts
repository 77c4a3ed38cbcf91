/**
 * The waterfall on the screen: one canvas, one native scroll container, one frame loop.
 *
 * Imperative on purpose: hover, scrolling and brushing go from event to pixel without React. It reads a `TraceView`,
 * draws it, and turns points into commands through the handlers it is given. Never knows: React, the address bar.
 */

import { barBox } from '../draw/bars.ts';
import { FrameLoop, type FrameStats } from '../draw/frame-loop.ts';
import { type Hit, hitTest } from '../draw/hit-test.ts';
import {
  AXIS_HEIGHT,
  firstLabelShare,
  LABEL_SHARE,
  type Layout,
  rowsInSight,
  rowTop,
  timeLane,
} from '../draw/layout.ts';
import type { Scene } from '../draw/scene.ts';
import { type ScrollScale, scrollScale } from '../draw/scroll-scale.ts';
import { TextCache } from '../draw/text-cache.ts';
import { Textures } from '../draw/textures.ts';
import { drawWaterfall } from '../draw/waterfall.ts';
import type { TraceView, ViewSnapshot } from '../model/trace-view.ts';
import { type TimeWindow, xToTime } from '../model/viewport.ts';
import type { CanvasTheme } from '../tokens/canvas-theme.ts';

/** Scrolling has come to rest when nothing moved for this long; then the DOM mirror follows. */
const IDLE_MS = 80;

export interface StageParts {
  readonly canvas: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly spacer: HTMLElement;
}

/** The rows in sight once scrolling has come to rest. */
export interface RestingRows {
  readonly first: number;
  readonly end: number;
  /** Top of row `first` in the scroll container's own pixels. */
  readonly top: number;
  readonly layout: Layout;
}

export interface StageEvents {
  readonly onRest: (rows: RestingRows) => void;
}

export class WaterfallStage {
  readonly #view: TraceView;
  readonly #parts: StageParts;
  readonly #events: StageEvents;
  readonly #loop: FrameLoop;
  readonly #texts = new TextCache();
  readonly #undo: (() => void)[] = [];
  #theme: CanvasTheme;
  #textures: Textures;
  #layout: Layout;
  #scale = devicePixelRatio;
  #scroll: ScrollScale = scrollScale(0, 0);
  #seen: ViewSnapshot;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #hoverRow = -1;
  #crosshairX: number | null = null;
  #brush: TimeWindow | null = null;
  #eventTimes: ReadonlyMap<number, Float64Array> = new Map();

  constructor(view: TraceView, parts: StageParts, theme: CanvasTheme, events: StageEvents) {
    this.#view = view;
    this.#parts = parts;
    this.#events = events;
    this.#theme = theme;
    this.#textures = new Textures(theme, this.#scale);
    this.#layout = {
      width: 0,
      height: 0,
      labelWidth: 0,
      rowHeight: theme.rowHeight,
      barHeight: theme.barHeight,
    };
    for (const { style } of [parts.canvas, parts.spacer]) {
      // With reduced motion the ground gives every change a tiny transition; a new height must count at once.
      style.setProperty('transition', 'none', 'important');
    }
    this.#seen = view.snapshot();
    this.#loop = new FrameLoop(() => this.#draw());
    this.#listen();
    this.resize();
    if (this.#seen.selected !== null) {
      this.showRow(view.rowOf(this.#seen.selected), 'centre');
    }
  }

  destroy(): void {
    this.#loop.stop();
    clearTimeout(this.#restTimer);
    for (const undo of this.#undo) {
      undo();
    }
  }

  get layout(): Layout {
    return this.#layout;
  }

  stats(): FrameStats {
    return this.#loop.stats();
  }

  resetStats(): void {
    this.#loop.resetStats();
  }

  setTheme(theme: CanvasTheme): void {
    this.#theme = theme;
    this.#textures = new Textures(theme, this.#scale);
    this.#loop.dirty();
  }

  /** @param share of the whole width */
  setLabelShare(share: number): void {
    const { min, max } = LABEL_SHARE;
    const labelWidth = Math.round(this.#layout.width * Math.min(max, Math.max(min, share)));
    if (labelWidth === this.#layout.labelWidth) {
      return;
    }
    this.#layout = { ...this.#layout, labelWidth };
    this.#loop.dirty();
    this.#rest();
  }

  setEventTimes(times: ReadonlyMap<number, Float64Array>): void {
    this.#eventTimes = times;
    this.#loop.dirty();
  }

  /** What is under a point of the window. */
  hitAt(clientX: number, clientY: number): Hit {
    const box = this.#parts.canvas.getBoundingClientRect();
    const { visible, window } = this.#view.snapshot();
    return hitTest(
      clientX - box.left,
      clientY - box.top,
      this.#scrollTop(),
      this.#layout,
      visible,
      window,
    );
  }

  /** Shows the crosshair and lights the row; null when the pointer has left. */
  setPointer(hit: Hit | null, clientX = 0): void {
    const left = this.#parts.canvas.getBoundingClientRect().left;
    const row = hit?.row ?? -1;
    const x = hit?.zone === 'time' || hit?.zone === 'axis' ? clientX - left : null;
    if (row !== this.#hoverRow || x !== this.#crosshairX) {
      this.#hoverRow = row;
      this.#crosshairX = x;
      this.#loop.dirty();
    }
  }

  setBrush(brush: TimeWindow | null): void {
    this.#brush = brush;
    this.#loop.dirty();
  }

  /** Time under a point of the window, also left and right of the lane. */
  timeAt(clientX: number): number {
    const lane = timeLane(this.#layout);
    const left = this.#parts.canvas.getBoundingClientRect().left;
    return xToTime(clientX - left, this.#view.snapshot().window, lane.left, lane.width);
  }

  /** Time under the crosshair, null when the pointer is elsewhere. */
  pointerTime(): number | null {
    const lane = timeLane(this.#layout);
    return this.#crosshairX === null
      ? null
      : xToTime(this.#crosshairX, this.#view.snapshot().window, lane.left, lane.width);
  }

  /** Where the bar of a span is in the window, null when its row is folded away. For tests. */
  pointOf(span: number): { x: number; y: number; width: number; height: number } | null {
    const view = this.#view.snapshot();
    const row = view.visible.rowOfSpan[span]!;
    if (row < 0) {
      return null;
    }
    const canvas = this.#parts.canvas.getBoundingClientRect();
    const top = rowTop(row, this.#scrollTop(), this.#layout);
    const box = barBox({ store: this.#view.store, view, layout: this.#layout }, span, top);
    return { ...box, x: box.x + canvas.left, y: box.y + canvas.top };
  }

  /** The rows in sight now. */
  sight(): { first: number; end: number } {
    return rowsInSight(this.#scrollTop(), this.#view.snapshot().visible.count, this.#layout);
  }

  /** Rows that fit, for paging. */
  pageRows(): number {
    return Math.max(
      1,
      Math.floor((this.#layout.height - AXIS_HEIGHT) / this.#layout.rowHeight) - 1,
    );
  }

  /** Brings a row into sight: a step beside the edge scrolls by a row, a jump puts it in the middle. */
  showRow(row: number, where: 'nearest' | 'centre' = 'nearest'): void {
    if (row < 0) {
      return;
    }
    const { rowHeight, height } = this.#layout;
    const room = height - AXIS_HEIGHT;
    const top = this.#scrollTop();
    const at = row * rowHeight;
    if (where === 'nearest' && at >= top && at + rowHeight <= top + room) {
      return;
    }
    const isNear = at >= top - 2 * rowHeight && at <= top + room + rowHeight;
    const beside = at < top ? at - rowHeight : at + 2 * rowHeight - room;
    this.#scrollTo(where === 'nearest' && isNear ? beside : at - (room - rowHeight) / 2);
  }

  /** Reads the sizes anew; the share of the tree column is kept. */
  resize(): void {
    const { canvas, scroller } = this.#parts;
    const width = scroller.clientWidth;
    const height = scroller.clientHeight + AXIS_HEIGHT;
    const share =
      this.#layout.width > 0
        ? this.#layout.labelWidth / this.#layout.width
        : firstLabelShare(width);
    this.#layout = { ...this.#layout, width, height, labelWidth: Math.round(width * share) };
    if (this.#scale !== devicePixelRatio) {
      this.#scale = devicePixelRatio;
      this.#textures = new Textures(this.#theme, this.#scale);
    }
    canvas.width = Math.round(width * this.#scale);
    canvas.height = Math.round(height * this.#scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.#setSpacer();
    // A resized canvas is blank until it is drawn: drawing now saves a frame of nothing.
    this.#draw();
    this.#rest();
  }

  #listen(): void {
    const { scroller } = this.#parts;
    const sizes = new ResizeObserver(() => this.resize());
    sizes.observe(scroller);
    this.#undo.push(() => sizes.disconnect());
    this.#undo.push(this.#view.subscribe(() => this.#viewChanged()));
    const onScroll = () => {
      this.#hoverRow = -1;
      this.#loop.dirty();
      this.#rest();
    };
    scroller.addEventListener('scroll', onScroll, { passive: true });
    this.#undo.push(() => scroller.removeEventListener('scroll', onScroll));
    const onFonts = () => {
      this.#texts.clear();
      this.#loop.dirty();
    };
    document.fonts.addEventListener('loadingdone', onFonts);
    this.#undo.push(() => document.fonts.removeEventListener('loadingdone', onFonts));
    this.#watchZoom();
  }

  /** The pixel ratio changes with browser zoom and screens; the query that says so must be asked anew each time. */
  #watchZoom(): void {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const onChange = () => {
      this.resize();
      this.#watchZoom();
    };
    query.addEventListener('change', onChange, { once: true });
    this.#undo.push(() => query.removeEventListener('change', onChange));
  }

  #viewChanged(): void {
    const before = this.#seen;
    const now = this.#view.snapshot();
    this.#seen = now;
    if (now.visible !== before.visible) {
      const anchor = this.#anchor(before);
      this.#hoverRow = -1;
      this.#setSpacer();
      this.#restoreAnchor(anchor);
    }
    if (now.selected !== before.selected && now.selected !== null) {
      this.showRow(this.#view.rowOf(now.selected));
    }
    this.#loop.dirty();
    this.#rest();
  }

  /** The row that should stay where it is when rows appear or vanish: the selection if in sight, else the top row. */
  #anchor(before: ViewSnapshot): { code: number; offset: number } | null {
    const { visible, selected } = before;
    const top = this.#scrollTop();
    const { first, end } = rowsInSight(top, visible.count, this.#layout);
    if (first >= end) {
      return null;
    }
    let row = first;
    if (selected !== null && selected >= 0) {
      const at = visible.rowOfSpan[selected]!;
      row = at >= first && at < end ? at : first;
    }
    return { code: visible.rows[row]!, offset: row * this.#layout.rowHeight - top };
  }

  #restoreAnchor(anchor: { code: number; offset: number } | null): void {
    if (anchor === null) {
      return;
    }
    const { parent } = this.#view.store;
    let row = this.#view.rowOf(anchor.code);
    for (let span = this.#view.spanOf(anchor.code); row < 0 && span >= 0; span = parent[span]!) {
      row = this.#view.rowOf(span);
    }
    if (row >= 0) {
      this.#scrollTo(row * this.#layout.rowHeight - anchor.offset);
    }
  }

  #setSpacer(): void {
    const { scroller, spacer } = this.#parts;
    const { visible } = this.#view.snapshot();
    this.#scroll = scrollScale(visible.count * this.#layout.rowHeight, scroller.clientHeight);
    spacer.style.height = `${this.#scroll.spacer}px`;
  }

  #scrollTop(): number {
    return this.#scroll.toContent(this.#parts.scroller.scrollTop);
  }

  #scrollTo(contentTop: number): void {
    this.#parts.scroller.scrollTop = this.#scroll.toScroll(Math.max(0, contentTop));
  }

  /** Tells the mirror which rows to hold, once nothing has moved for a moment. */
  #rest(): void {
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => {
      const { first, end } = this.sight();
      const shift = this.#parts.scroller.scrollTop - this.#scrollTop();
      const top = first * this.#layout.rowHeight + shift;
      this.#events.onRest({ first, end, top, layout: this.#layout });
    }, IDLE_MS);
  }

  #draw(): void {
    const context = this.#parts.canvas.getContext('2d', { alpha: false });
    if (context === null || this.#layout.width === 0) {
      return;
    }
    const scene: Scene = {
      store: this.#view.store,
      view: this.#view.snapshot(),
      layout: this.#layout,
      scrollTop: this.#scrollTop(),
      theme: this.#theme,
      textures: this.#textures,
      texts: this.#texts,
      hoverRow: this.#hoverRow,
      crosshairX: this.#crosshairX,
      brush: this.#brush,
      events: this.#eventTimes,
    };
    drawWaterfall(context, scene, this.#scale);
  }
}
