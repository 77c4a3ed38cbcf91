import { describe, expect, it } from 'vitest';
import { cardDatabaseMood } from './card-database.ts';
import { catalogue } from './catalogue.ts';
import { pauseMs, pickVisit } from './shopper.ts';

describe('the card database', () => {
  it('is mostly instant, sometimes three seconds, sometimes broken', () => {
    const moods = Array.from({ length: 1000 }, (_, n) => cardDatabaseMood(n / 1000, 0.5));
    const count = (kind: string) => moods.filter((mood) => mood.kind === kind).length;
    expect([count('instant'), count('slow'), count('broken')]).toEqual([840, 80, 80]);
    expect(moods.find((mood) => mood.kind === 'slow')?.ms).toBe(3_000);
  });
});

describe('visitors', () => {
  it('buy in one visit of three, and know the catalogue', () => {
    const visits = Array.from({ length: 1000 }, (_, n) => pickVisit(n / 1000));
    expect(visits.filter(({ path }) => path === '/checkout')).toHaveLength(350);
    const skus = new Set(visits.map(({ path }) => path.split('/products/')[1]).filter(Boolean));
    expect([...skus].sort()).toEqual(catalogue.map(({ sku }) => sku).sort());
  });

  it('come at the wanted rate on average, and never stay away long', () => {
    const pauses = Array.from({ length: 10_000 }, (_, n) => pauseMs(2, n / 10_000));
    const mean = pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length;
    expect(mean).toBeGreaterThan(480);
    expect(mean).toBeLessThan(505);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2_500);
  });
});
