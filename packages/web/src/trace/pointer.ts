/**
 * What a mouse or pen does on the waterfall: light the row, select, fold, brush a window, zoom and pan by wheel.
 *
 * Never knows: React, how anything is drawn.
 */
import type { Hit } from '../draw/hit-test.ts';
import type { TraceView } from '../model/trace-view.ts';
import type { Hovered } from './Waterfall.tsx';
import type { WaterfallStage } from './waterfall-stage.ts';

/** The card waits, so that it does not flicker along a moving pointer. */
const CARD_AFTER_MS = 300;

/** A drag shorter than this is a click. */
const CLICK_MAX = 4;

/** One notch of a wheel is about 100 px: a quarter closer. */
const ZOOM_PER_PIXEL = 0.0029;

/** Listens on the frame around canvas and scroll container; answers the undo. */
export function listenToPointer(
  frame: HTMLElement,
  view: TraceView,
  stage: WaterfallStage,
  onHover: (hovered: Hovered | null) => void,
): () => void {
  const pointer = new Pointer(frame, view, stage, onHover);
  const stop = new AbortController();
  const { signal } = stop;
  frame.addEventListener('pointermove', pointer.move, { signal });
  frame.addEventListener('pointerleave', pointer.leave, { signal });
  frame.addEventListener('pointerdown', pointer.down, { signal });
  frame.addEventListener('pointerup', pointer.up, { signal });
  frame.addEventListener('pointercancel', pointer.cancel, { signal });
  frame.addEventListener('dblclick', pointer.doubleClick, { signal });
  frame.addEventListener('wheel', pointer.wheel, { signal, passive: false });
  return () => {
    stop.abort();
    pointer.leave();
  };
}

class Pointer {
  readonly #frame: HTMLElement;
  readonly #view: TraceView;
  readonly #stage: WaterfallStage;
  readonly #onHover: (hovered: Hovered | null) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #down: { x: number; y: number; hit: Hit; isBrush: boolean } | null = null;

  constructor(
    frame: HTMLElement,
    view: TraceView,
    stage: WaterfallStage,
    onHover: (hovered: Hovered | null) => void,
  ) {
    this.#frame = frame;
    this.#view = view;
    this.#stage = stage;
    this.#onHover = onHover;
  }

  readonly move = (event: PointerEvent): void => {
    const down = this.#down;
    if (down !== null && isTimeZone(down.hit) && far(down, event)) {
      if (!down.isBrush) {
        down.isBrush = true;
        this.#frame.setPointerCapture(event.pointerId);
      }
      const at = this.#stage.timeAt(event.clientX);
      this.#stage.setBrush({ from: Math.min(down.hit.ns, at), to: Math.max(down.hit.ns, at) });
      return;
    }
    if (isControl(event.target)) {
      this.leave();
      return;
    }
    const hit = this.#stage.hitAt(event.clientX, event.clientY);
    this.#stage.setPointer(hit, event.clientX);
    this.#waitForCard(hit, event);
  };

  readonly leave = (): void => {
    clearTimeout(this.#timer);
    this.#stage.setPointer(null);
    this.#onHover(null);
  };

  readonly down = (event: PointerEvent): void => {
    this.#onHover(null);
    clearTimeout(this.#timer);
    if (event.button !== 0 || isControl(event.target)) {
      return;
    }
    const hit = this.#stage.hitAt(event.clientX, event.clientY);
    this.#down = { x: event.clientX, y: event.clientY, hit, isBrush: false };
    if (isTimeZone(hit)) {
      // No text selection while a window is being brushed.
      event.preventDefault();
    }
  };

  readonly up = (event: PointerEvent): void => {
    const down = this.#down;
    this.#down = null;
    if (down === null) {
      return;
    }
    if (down.isBrush) {
      const at = this.#stage.timeAt(event.clientX);
      this.#stage.setBrush(null);
      this.#view.setWindow({ from: Math.min(down.hit.ns, at), to: Math.max(down.hit.ns, at) });
      return;
    }
    if (down.hit.row >= 0 && !far(down, event)) {
      this.#click(down.hit);
    }
  };

  readonly cancel = (): void => {
    this.#down = null;
    this.#stage.setBrush(null);
  };

  readonly doubleClick = (event: MouseEvent): void => {
    if (isControl(event.target)) {
      return;
    }
    const hit = this.#stage.hitAt(event.clientX, event.clientY);
    if (hit.zone === 'axis') {
      this.#view.setWindow(this.#view.bounds);
    } else if (hit.row >= 0 && hit.zone !== 'caret') {
      focusSubtree(this.#view, hit.code);
    }
  };

  readonly wheel = (event: WheelEvent): void => {
    this.#onHover(null);
    clearTimeout(this.#timer);
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const at = this.#stage.timeAt(event.clientX);
      this.#view.zoomAt(at, Math.exp(event.deltaY * ZOOM_PER_PIXEL));
    } else if (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.#view.pan(sideways / Math.max(200, this.#stage.layout.width));
    }
  };

  #click(hit: Hit): void {
    if (hit.zone === 'caret' || (hit.code < 0 && hit.zone === 'label')) {
      this.#view.toggle(hit.code);
    }
    if (hit.zone !== 'caret') {
      this.#view.select(hit.code);
    }
  }

  #waitForCard(hit: Hit, event: PointerEvent): void {
    clearTimeout(this.#timer);
    this.#onHover(null);
    if (hit.row >= 0 && hit.zone !== 'axis' && this.#down === null) {
      const { clientX, clientY } = event;
      const box = this.#frame.getBoundingClientRect();
      this.#timer = setTimeout(
        () => this.#onHover({ code: hit.code, x: clientX - box.left, y: clientY - box.top }),
        CARD_AFTER_MS,
      );
    }
  }
}

/** Looks at a span's subtree alone; for a group it opens the group. */
export function focusSubtree(view: TraceView, code: number): void {
  if (code < 0) {
    view.toggle(code);
  } else if (view.store.subtreeSize[code]! > 1 && view.snapshot().fold.focus !== code) {
    view.setFocus(code);
  } else {
    view.fit(code);
  }
}

function isTimeZone({ zone }: Hit): boolean {
  return zone === 'time' || zone === 'axis';
}

function far(down: { x: number; y: number }, event: PointerEvent): boolean {
  return Math.abs(event.clientX - down.x) + Math.abs(event.clientY - down.y) >= CLICK_MAX;
}

/** Splitters and other controls over the canvas look after themselves. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role=separator], button, a') !== null;
}
