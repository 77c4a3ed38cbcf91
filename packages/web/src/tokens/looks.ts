/**
 * Service looks: the server gives each service a slot, a slot is a hue and a texture.
 *
 * 8 hues × 3 textures = 24 looks; then they repeat, and the label beside the colour tells them apart (twelve hues would
 * fall under ΔE 10 for colour-deficient eyes). Never knows: how a look is painted.
 */
import { serviceHues } from './tokens.ts';

export type Texture = 'plain' | 'hatch' | 'dots';

export type Look = {
  /** Index into `serviceHues` and `CanvasTheme.services`. */
  readonly hue: number;
  readonly texture: Texture;
};

const textures: readonly Texture[] = ['plain', 'hatch', 'dots'];

/** The number of looks before they repeat. */
export const lookCount = serviceHues.length * textures.length;

/** @param slot the `look` number of the server: any integer ≥ 0; others count as 0. */
export function lookOf(slot: number): Look {
  const index = Number.isInteger(slot) && slot >= 0 ? slot % lookCount : 0;
  const texture = textures[Math.floor(index / serviceHues.length)];
  return { hue: index % serviceHues.length, texture: texture ?? 'plain' };
}
