/// <reference path="./culori.d.ts" />
/** Colours are checked as numbers: contrast by WCAG, distance by CIEDE2000, also for colour-deficient eyes. */
import {
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  lab65,
  wcagContrast,
} from 'culori';
import { describe, expect, test } from 'vitest';
import { canvasTheme } from './canvas-theme.ts';
import { lookCount, lookOf } from './looks.ts';
import { type ColourName, colours, serviceHues, type Theme } from './tokens.ts';
import { tokensCss } from './tokens-css.ts';

const themes: readonly Theme[] = ['dark', 'light'];
const deltaE = differenceCiede2000();

const eyes = {
  normal: (colour: string) => colour,
  protanopia: filterDeficiencyProt(1),
  deuteranopia: filterDeficiencyDeuter(1),
  tritanopia: filterDeficiencyTrit(1),
};

/** Smallest distance allowed between two service hues. */
const smallestDeltaE = { normal: 18, protanopia: 12.5, deuteranopia: 9.5, tritanopia: 8.5 };

describe.each(themes)('%s', (theme) => {
  const c = colours[theme];
  const contrast = (a: ColourName, b: ColourName) => wcagContrast(c[a], c[b]);

  test('text is readable on every surface it stands on', () => {
    for (const text of ['t1', 't2', 't3', 'accent', 'err', 'warn', 'ok'] as const) {
      for (const ground of ['bg-1', 'bg-2', 'bg-3'] as const) {
        expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast('t2', 'bg-0')).toBeGreaterThanOrEqual(4.5);
    expect(contrast('on-accent', 'accent')).toBeGreaterThanOrEqual(4.5);
    for (const text of ['t1', 't2'] as const) {
      expect(contrast(text, 'accent-bg'), `${text} on a selection`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('borders of controls, focus and bars can be seen', () => {
    expect(contrast('line-strong', 'bg-1')).toBeGreaterThanOrEqual(3);
    expect(contrast('focus', 'bg-1')).toBeGreaterThanOrEqual(3);
    for (const hue of serviceHues) {
      expect(contrast(hue, 'bg-2'), hue).toBeGreaterThanOrEqual(3);
    }
  });

  test.each(Object.entries(eyes))('service hues differ for %s eyes', (eye, seen) => {
    for (const [index, a] of serviceHues.entries()) {
      for (const b of serviceHues.slice(index + 1)) {
        const distance = deltaE(seen(c[a]), seen(c[b]));
        const least = smallestDeltaE[eye as keyof typeof eyes];
        expect(distance, `${a} and ${b}`).toBeGreaterThanOrEqual(least);
      }
    }
  });

  test('no service looks like an error', () => {
    for (const hue of serviceHues) expect(deltaE(c[hue], c.err), hue).toBeGreaterThan(15);
  });

  test('the heatmap grows steadily lighter or darker', () => {
    const lightness = (['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7'] as const).map(
      (name) => lab65(c[name])!.l,
    );
    const steps = lightness.slice(1).map((l, index) => l - lightness[index]!);
    expect(new Set(steps.map(Math.sign)).size).toBe(1);
  });

  test('the canvas has the colours of the style sheet', () => {
    const theme_ = canvasTheme(theme);
    expect(theme_.services).toEqual(serviceHues.map((hue) => c[hue]));
    expect(theme_.background[1]).toBe(c['bg-1']);
  });
});

test('the style sheet names every colour of both themes', () => {
  const css = tokensCss();
  for (const name of Object.keys(colours.dark)) {
    expect(css.match(new RegExp(`--${name}: `, 'g')), name).toHaveLength(2);
  }
});

test('there are 24 looks, then they repeat', () => {
  const looks = Array.from({ length: lookCount }, (_, slot) => JSON.stringify(lookOf(slot)));
  expect(new Set(looks).size).toBe(24);
  expect(lookOf(24)).toEqual(lookOf(0));
  expect(lookOf(8)).toEqual({ hue: 0, texture: 'hatch' });
  expect(lookOf(-1)).toEqual(lookOf(0));
});
