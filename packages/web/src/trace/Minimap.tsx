/**
 * The overview above the waterfall: the whole trace, the window that is shown, and a brush that changes it.
 *
 * The picture is painted once per trace, size and theme; moving the window only draws over it.
 * Never knows: rows, folding.
 */
import { useEffect, useRef } from 'react';
import { FrameLoop } from '../draw/frame-loop.ts';
import { paintMinimap, pixelOf } from '../draw/minimap.ts';
import type { TraceView } from '../model/trace-view.ts';
import { isWhole, type TimeWindow, timeToX, windowLength, xToTime } from '../model/viewport.ts';
import { type CanvasTheme, canvasTheme } from '../tokens/canvas-theme.ts';
import styles from './Minimap.module.css';
import { useRemembered } from './remembered.ts';
import { Splitter } from './Splitter.tsx';
import { useCanvasTheme } from './use-canvas-theme.ts';
import { words } from './words.ts';

const HEIGHT = { initial: 64, min: 0, max: 200 };

export function Minimap({ view }: { view: TraceView }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useCanvasTheme();
  const [height, setHeight] = useRemembered('clew.trace.minimap', HEIGHT.initial);
  useEffect(() => {
    if (canvas.current === null || height === 0) {
      return;
    }
    const painter = new MinimapPainter(view, canvas.current, theme);
    return () => painter.destroy();
  }, [view, theme, height]);
  return (
    <>
      <div className={styles.minimap} style={{ height }} role="img" aria-label={words.minimap}>
        <canvas ref={canvas} className={styles.canvas} />
      </div>
      <Splitter
        label={words.minimapSize}
        orientation="horizontal"
        value={height}
        min={HEIGHT.min}
        max={HEIGHT.max}
        onChange={setHeight}
      />
    </>
  );
}

/** Air left and right of the picture, CSS pixels. */
const MARGIN = 12;

/** A drag shorter than this is a click: it moves the window there. */
const CLICK_MAX = 4;

class MinimapPainter {
  readonly #view: TraceView;
  readonly #canvas: HTMLCanvasElement;
  readonly #theme: CanvasTheme;
  readonly #loop = new FrameLoop(() => this.#draw());
  readonly #stop = new AbortController();
  #picture: ImageBitmap | HTMLCanvasElement | null = null;
  #width = 0;
  #height = 0;
  #drag: { fromX: number; window: TimeWindow; kind: 'brush' | 'move' } | null = null;

  constructor(view: TraceView, canvas: HTMLCanvasElement, theme: CanvasTheme) {
    this.#view = view;
    this.#canvas = canvas;
    this.#theme = theme;
    const { signal } = this.#stop;
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(canvas.parentElement!);
    signal.addEventListener('abort', () => sizes.disconnect());
    signal.addEventListener('abort', view.subscribe(this.#loop.dirty));
    canvas.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.#move(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.#up(event), { signal });
    canvas.addEventListener('dblclick', () => view.setWindow(view.bounds), { signal });
    this.#resize();
  }

  destroy(): void {
    this.#stop.abort();
    this.#loop.stop();
  }

  #resize(): void {
    const box = this.#canvas.parentElement!;
    this.#width = box.clientWidth;
    this.#height = box.clientHeight;
    this.#canvas.width = Math.max(1, Math.round(this.#width * devicePixelRatio));
    this.#canvas.height = Math.max(1, Math.round(this.#height * devicePixelRatio));
    this.#picture = this.#paint();
    this.#draw();
  }

  #paint(): HTMLCanvasElement | null {
    const width = Math.round((this.#width - 2 * MARGIN) * devicePixelRatio);
    const height = Math.round((this.#height - 8) * devicePixelRatio);
    if (width < 1 || height < 1) {
      return null;
    }
    // Under forced colours the theme holds system keywords; pixels need numbers.
    const colours = canvasTheme(this.#theme.theme);
    const { store, bounds } = this.#view;
    const pixels = paintMinimap(store, bounds, width, height, devicePixelRatio, {
      services: Uint32Array.from(store.services, ({ look }) =>
        pixelOf(colours.services[look.hue]!),
      ),
      error: pixelOf(colours.error),
      path: pixelOf(colours.criticalPath),
    });
    const picture = document.createElement('canvas');
    picture.width = width;
    picture.height = height;
    const bytes = new Uint8ClampedArray(pixels.buffer as ArrayBuffer);
    picture.getContext('2d')!.putImageData(new ImageData(bytes, width, height), 0, 0);
    return picture;
  }

  #draw(): void {
    const context = this.#canvas.getContext('2d', { alpha: false });
    if (context === null) {
      return;
    }
    const { background, accent, lineStrong } = this.#theme;
    const { window } = this.#view.snapshot();
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.fillStyle = background[1];
    context.fillRect(0, 0, this.#width, this.#height);
    if (this.#picture !== null) {
      context.drawImage(this.#picture, MARGIN, 4, this.#width - 2 * MARGIN, this.#height - 8);
    }
    if (isWhole(window, this.#view.bounds)) {
      return;
    }
    const from = this.#x(window.from);
    const to = Math.max(from + 2, this.#x(window.to));
    context.globalAlpha = 0.72;
    context.fillStyle = background[0];
    context.fillRect(0, 0, from, this.#height);
    context.fillRect(to, 0, this.#width - to, this.#height);
    context.globalAlpha = 1;
    context.fillStyle = lineStrong;
    context.fillRect(from, 0, to - from, 1);
    context.fillRect(from, this.#height - 1, to - from, 1);
    context.fillStyle = accent;
    context.fillRect(from - 1, 0, 2, this.#height);
    context.fillRect(to - 1, 0, 2, this.#height);
  }

  #x(ns: number): number {
    return timeToX(ns, this.#view.bounds, MARGIN, this.#width - 2 * MARGIN);
  }

  #time(event: PointerEvent): number {
    const x = event.clientX - this.#canvas.getBoundingClientRect().left;
    return xToTime(x, this.#view.bounds, MARGIN, this.#width - 2 * MARGIN);
  }

  /** Inside a zoomed window a drag moves it; anywhere else it brushes a new one. Shift always brushes. */
  #down(event: PointerEvent): void {
    const { window } = this.#view.snapshot();
    const at = this.#time(event);
    const inside = !isWhole(window, this.#view.bounds) && at >= window.from && at <= window.to;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#drag = {
      fromX: event.clientX,
      window: inside ? window : { from: at, to: at },
      kind: inside && !event.shiftKey ? 'move' : 'brush',
    };
  }

  #move(event: PointerEvent): void {
    const drag = this.#drag;
    if (drag === null || Math.abs(event.clientX - drag.fromX) < CLICK_MAX) {
      return;
    }
    if (drag.kind === 'move') {
      const perPixel = windowLength(this.#view.bounds) / (this.#width - 2 * MARGIN);
      const by = (event.clientX - drag.fromX) * perPixel;
      this.#view.setWindow({ from: drag.window.from + by, to: drag.window.to + by });
    } else {
      const at = this.#time(event);
      this.#view.setWindow({
        from: Math.min(at, drag.window.from),
        to: Math.max(at, drag.window.from),
      });
    }
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = null;
    const { window } = this.#view.snapshot();
    const isClick = drag !== null && Math.abs(event.clientX - drag.fromX) < CLICK_MAX;
    if (isClick && !isWhole(window, this.#view.bounds)) {
      const half = windowLength(window) / 2;
      const at = this.#time(event);
      this.#view.setWindow({ from: at - half, to: at + half });
    }
  }
}
