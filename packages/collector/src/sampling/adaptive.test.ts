import { describe, expect, test } from 'vitest';
import { nextRate, nextRates, operationRates, type Rates } from './adaptive.ts';
import type { AdaptiveOptions } from './settings.ts';

const options: AdaptiveOptions = {
  targetPerSecond: 2,
  initialRate: 0.1,
  rateMin: 0.001,
  rateMax: 1,
  intervalMs: 60_000,
};

describe('adaptive rates', () => {
  const seen = (traces: number) => [{ service: 'shop', operation: 'GET /', traces }];
  const rateOf = (rates: Rates) => operationRates(rates, 'shop')[0]?.rate ?? Number.NaN;

  test('stay while the traces are near the target', () => {
    expect(nextRate(0.1, 2.5, options)).toBe(0.1);
    expect(nextRate(0.1, 1.5, options)).toBe(0.1);
  });

  test('fall at once and grow by half at most', () => {
    expect(nextRate(0.1, 20, options)).toBeCloseTo(0.01, 9);
    expect(nextRate(0.1, 1, options)).toBeCloseTo(0.15, 9);
    expect(nextRate(0.1, 0, options)).toBeCloseTo(0.2, 9);
  });

  test('keep within their bounds', () => {
    expect(nextRate(0.001, 1e9, options)).toBe(0.001);
    expect(nextRate(0.9, 0, options)).toBe(1);
  });

  test('come to the target for any traffic, and stay there', () => {
    for (const perSecond of [3, 30, 300, 1500]) {
      let rates: Rates = new Map();
      for (let n = 0; n < 60; n += 1) {
        const rate = n === 0 ? options.initialRate : rateOf(rates);
        rates = nextRates(rates, seen(perSecond * rate * 60), options);
      }
      const kept = perSecond * rateOf(rates);
      expect(kept, `${perSecond} traces per second`).toBeGreaterThanOrEqual(1.39);
      expect(kept, `${perSecond} traces per second`).toBeLessThanOrEqual(2.61);
    }
  });

  test('of operations that are seen no more grow, and are forgotten in the end', () => {
    let rates = nextRates(new Map(), seen(6000), options);
    const first = rateOf(rates);
    for (let n = 0; n < 60; n += 1) rates = nextRates(rates, [], options);
    expect(rateOf(rates)).toBeGreaterThan(first);
    expect(nextRates(rates, [], options).size).toBe(0);
  });

  test('are bounded in number, the busiest first', () => {
    const many = Array.from({ length: 600 }, (_, n) => ({
      service: 'shop',
      operation: `GET /${n}`,
      traces: 600 - n,
    }));
    const rates = nextRates(new Map(), many, options);
    expect(operationRates(rates, 'shop')).toHaveLength(500);
    expect(operationRates(rates, 'shop')[0]?.operation).toBe('GET /0');
  });
});
