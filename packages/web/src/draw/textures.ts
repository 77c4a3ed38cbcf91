/**
 * The fills of service looks: a hue, or a hue with diagonal hatching or dots for those who cannot tell hues apart.
 *
 * Patterns are painted once per look, theme and pixel ratio. Never knows: services, bars.
 */
import type { CanvasTheme } from '../tokens/canvas-theme.ts';
import type { Look } from '../tokens/looks.ts';

export type Fill = string | CanvasPattern;

/** Side of the repeating tile in CSS pixels: three stripes on a bar of 12. */
const TILE = 6;

export class Textures {
  readonly #theme: CanvasTheme;
  readonly #scale: number;
  readonly #fills = new Map<string, Fill>();

  /** @param scale device pixels per CSS pixel */
  constructor(theme: CanvasTheme, scale: number) {
    this.#theme = theme;
    this.#scale = scale;
  }

  fill(context: CanvasRenderingContext2D, look: Look): Fill {
    const hue = this.#theme.services[look.hue]!;
    if (look.texture === 'plain') {
      return hue;
    }
    const key = `${look.hue} ${look.texture}`;
    let fill = this.#fills.get(key);
    if (fill === undefined) {
      fill = this.#pattern(context, hue, look.texture) ?? hue;
      this.#fills.set(key, fill);
    }
    return fill;
  }

  #pattern(
    context: CanvasRenderingContext2D,
    hue: string,
    texture: 'hatch' | 'dots',
  ): CanvasPattern | null {
    const tile = document.createElement('canvas');
    tile.width = Math.round(TILE * this.#scale);
    tile.height = tile.width;
    const paint = tile.getContext('2d')!;
    paint.scale(tile.width / TILE, tile.height / TILE);
    paint.fillStyle = hue;
    paint.fillRect(0, 0, TILE, TILE);
    paint.fillStyle = paint.strokeStyle = this.#theme.background[1];
    if (texture === 'hatch') {
      hatch(paint);
    } else {
      dots(paint);
    }
    const pattern = context.createPattern(tile, 'repeat');
    pattern?.setTransform(new DOMMatrix().scale(TILE / tile.width));
    return pattern;
  }
}

/** One stripe of 45°, drawn three times so that it meets itself at the tile's edges. */
function hatch(paint: CanvasRenderingContext2D): void {
  paint.lineWidth = 1.7;
  paint.beginPath();
  for (const shift of [-TILE, 0, TILE]) {
    paint.moveTo(shift - 1, TILE + 1);
    paint.lineTo(shift + TILE + 1, -1);
  }
  paint.stroke();
}

function dots(paint: CanvasRenderingContext2D): void {
  for (const [x, y] of [
    [1.5, 1.5],
    [4.5, 4.5],
  ] as const) {
    paint.beginPath();
    paint.arc(x, y, 1.05, 0, Math.PI * 2);
    paint.fill();
  }
}
