/**
 * Widths and shortened texts, measured once: measuring is the dearest thing a label does per frame.
 *
 * Bounded: at `ENTRIES_MAX` the cache starts over, which costs one slow frame. Clear it when fonts have loaded.
 * Never knows: colours, positions.
 */

/** About forty screens of labels at three texts each. */
const ENTRIES_MAX = 5000;

/** The part of a canvas context that measuring needs. */
export interface Measurer {
  font: string;
  measureText(text: string): { readonly width: number };
}

export class TextCache {
  readonly #widths = new Map<string, number>();
  readonly #fitted = new Map<string, string>();

  /** Width in CSS pixels. Leaves `font` set on the context. */
  width(context: Measurer, font: string, text: string): number {
    const key = `${font}\n${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      if (context.font !== font) {
        context.font = font;
      }
      width = context.measureText(text).width;
      remember(this.#widths, key, width);
    }
    return width;
  }

  /** The text, or its longest beginning with an ellipsis that fits; empty when not even that does. */
  fit(context: Measurer, font: string, text: string, room: number): string {
    if (room <= 0) {
      return '';
    }
    if (this.width(context, font, text) <= room) {
      return text;
    }
    const key = `${font}\n${Math.floor(room)}\n${text}`;
    let fitted = this.#fitted.get(key);
    if (fitted === undefined) {
      fitted = this.#shorten(context, font, text, Math.floor(room));
      remember(this.#fitted, key, fitted);
    }
    return fitted;
  }

  clear(): void {
    this.#widths.clear();
    this.#fitted.clear();
  }

  /** Binary search over code points, so that no pair is cut in half. */
  #shorten(context: Measurer, font: string, text: string, room: number): string {
    const points = Array.from(text);
    let fits = 0;
    let tooLong = points.length;
    context.font = font;
    while (tooLong - fits > 1) {
      const middle = (fits + tooLong) >> 1;
      const candidate = `${points.slice(0, middle).join('')}…`;
      if (context.measureText(candidate).width <= room) {
        fits = middle;
      } else {
        tooLong = middle;
      }
    }
    return fits === 0 ? '' : `${points.slice(0, fits).join('').trimEnd()}…`;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= ENTRIES_MAX) {
    map.clear();
  }
  map.set(key, value);
}
