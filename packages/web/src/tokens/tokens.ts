/**
 * The visual tokens: every colour, size and duration of the user interface, once.
 *
 * `tokens-css.ts` prints them as custom properties for the DOM, `canvas-theme.ts` hands the same values to the canvas,
 * so a bar and the chip beside it cannot drift apart. Contrast and colour-vision distances are held by tokens.test.ts.
 * Never knows: React, the DOM, which theme is chosen.
 */

export type Theme = 'dark' | 'light';

/** Colour names shared by both themes; the custom property is `--<name>`. */
export type ColourName = keyof typeof dark;

const dark = {
  'bg-0': '#0b0d10',
  'bg-1': '#101216',
  'bg-2': '#171a20',
  'bg-3': '#1e222a',
  'bg-4': '#262b35',
  line: '#2a303b',
  'line-strong': '#687385',
  t1: '#eceff4',
  t2: '#a9b1bf',
  t3: '#8a93a3',
  accent: '#6ea8ff',
  'on-accent': '#0b0d10',
  'accent-bg': '#1d3a6b',
  focus: '#8ab8ff',
  err: '#ff6b70',
  warn: '#f2b84b',
  ok: '#5fd0a0',
  crit: '#ffffff',
  'crit-halo': '#000000',
  sel: '#f2b84b',
  base: '#6ea8ff',
  slower: '#fe9b68',
  faster: '#5fb3e8',
  s1: '#8597ef',
  s2: '#fe9b68',
  s3: '#a7edc4',
  s4: '#e995b6',
  s5: '#248b87',
  s6: '#c4da08',
  s7: '#dac5fd',
  s8: '#ad55d6',
  h1: '#153470',
  h2: '#005892',
  h3: '#00809f',
  h4: '#00a498',
  h5: '#17c286',
  h6: '#97d77d',
  h7: '#e3e991',
};

const light: Record<ColourName, string> = {
  'bg-0': '#f1f3f6',
  'bg-1': '#ffffff',
  'bg-2': '#f6f7f9',
  'bg-3': '#eceff3',
  'bg-4': '#e1e6ec',
  line: '#d9dee6',
  'line-strong': '#7f8998',
  t1: '#14181f',
  t2: '#4a5361',
  t3: '#606978',
  accent: '#1f5fd1',
  'on-accent': '#ffffff',
  'accent-bg': '#dbe8ff',
  focus: '#1f5fd1',
  err: '#c8202f',
  warn: '#8f5a00',
  ok: '#12724d',
  crit: '#000000',
  'crit-halo': '#ffffff',
  sel: '#b06a00',
  base: '#1f5fd1',
  slower: '#b4540a',
  faster: '#1b6fb0',
  s1: '#5c84f0',
  s2: '#b98056',
  s3: '#1f654e',
  s4: '#8b104a',
  s5: '#49998c',
  s6: '#5e7101',
  s7: '#765f9f',
  s8: '#610591',
  h1: '#aaecef',
  h2: '#66d2e6',
  h3: '#11b3de',
  h4: '#0092d1',
  h5: '#006fbb',
  h6: '#194e99',
  h7: '#23316f',
};

export const colours: Record<Theme, Record<ColourName, string>> = { dark, light };

/** The eight service hues, in slot order. */
export const serviceHues: readonly ColourName[] = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'];

/** Families are written out, because the canvas needs them as one string too. */
export const fonts = {
  ui: '"Inter Variable", system-ui, sans-serif',
  mono: '"Geist Mono Variable", ui-monospace, monospace',
};

/** Font sizes as `size/line`, px. 12 is the body, 14 a title, 24 a big number. */
export const textSizes = {
  'fs-10': '10.5px/14px',
  'fs-11': '11.5px/16px',
  'fs-12': '12.5px/18px',
  'fs-13': '13px/18px',
  'fs-14': '14px/20px',
  'fs-18': '18px/24px',
  'fs-24': '24px/30px',
};

/** Lengths in px. `row`, `bar`, `rail` and `topbar` are read by the canvas as numbers. */
export const lengths = {
  'sp-1': 2,
  'sp-2': 4,
  'sp-3': 6,
  'sp-4': 8,
  'sp-5': 12,
  'sp-6': 16,
  'sp-7': 24,
  'sp-8': 32,
  row: 24,
  'row-compact': 20,
  'row-comfy': 28,
  control: 26,
  bar: 12,
  topbar: 44,
  rail: 48,
  panel: 372,
  'radius-1': 2,
  'radius-2': 4,
  'radius-3': 6,
  'radius-4': 10,
};

/** Everything that is neither a colour nor a px length. Motion is for layers and panels only. */
export const others = {
  'fw-regular': '400',
  'fw-medium': '500',
  'fw-semi': '600',
  'track-tight': '-.01em',
  'track-caps': '.05em',
  'dur-1': '80ms',
  'dur-2': '140ms',
  'dur-3': '220ms',
  ease: 'cubic-bezier(.2, 0, 0, 1)',
};

/** Alpha of the drop shadow under floating layers; light surfaces need less. */
export const shadowAlpha: Record<Theme, number> = { dark: 0.5, light: 0.16 };
