/**
 * Everything one frame of the waterfall is drawn from, gathered by the page and handed over whole.
 *
 * Never knows: where the parts come from.
 */
import type { TraceStore } from '../model/trace-store.ts';
import type { ViewSnapshot } from '../model/trace-view.ts';
import type { TimeWindow } from '../model/viewport.ts';
import type { CanvasTheme } from '../tokens/canvas-theme.ts';
import type { Layout } from './layout.ts';
import type { TextCache } from './text-cache.ts';
import type { Textures } from './textures.ts';

export interface Scene {
  readonly store: TraceStore;
  readonly view: ViewSnapshot;
  readonly layout: Layout;
  readonly scrollTop: number;
  readonly theme: CanvasTheme;
  readonly textures: Textures;
  readonly texts: TextCache;
  /** Row under the pointer, −1 for none. */
  readonly hoverRow: number;
  /** x of the crosshair, null when the pointer is not in the time lane. */
  readonly crosshairX: number | null;
  /** A window being brushed. */
  readonly brush: TimeWindow | null;
  /** Event times (ns from the base) of spans whose details have been read. */
  readonly events: ReadonlyMap<number, Float64Array>;
}

/** Fonts of the canvas, from the theme: body, body bold, small. */
export function fonts(theme: CanvasTheme): { body: string; bold: string; small: string } {
  return {
    body: `${theme.fontSize}px ${theme.fontUi}`,
    bold: `600 ${theme.fontSize}px ${theme.fontUi}`,
    small: `11.5px ${theme.fontUi}`,
  };
}
