import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  durationParts,
  formatDuration,
  formatDurationParameter,
  parseDuration,
} from './duration.ts';

test.each([
  [0, '0 ns'],
  [1, '1 ns'],
  [999, '999 ns'],
  [1_000, '1.00 µs'],
  [1_234, '1.23 µs'],
  [12_345, '12.3 µs'],
  [123_456, '123 µs'],
  [999_499, '999 µs'],
  [999_500, '1.00 ms'],
  [1_123_000_000, '1.12 s'],
  [59_940_000_000, '59.9 s'],
  [59_960_000_000, '1.00 m'],
  [3_599_900_000_000, '1.00 h'],
  [86_400_000_000_000, '1.00 d'],
  [-1_500, '−1.50 µs'],
])('%d ns reads %s', (ns, text) => {
  expect(formatDuration(ns)).toBe(text.replace(' ', '\u202f'));
});

test('what is no number is a dash', () => {
  expect(formatDuration(Number.NaN)).toBe('–');
});

test('longer is never shown as shorter', () => {
  const units: Record<string, number> = {
    ns: 1,
    µs: 1e3,
    ms: 1e6,
    s: 1e9,
    m: 60e9,
    h: 3600e9,
    d: 86_400e9,
  };
  const shownNs = (ns: number) => {
    const { value, unit } = durationParts(ns);
    return Number(value) * units[unit]!;
  };
  const ns = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(ns, ns, (a, b) => {
      const [short, long] = a < b ? [a, b] : [b, a];
      expect(shownNs(short)).toBeLessThanOrEqual(shownNs(long) * (1 + 1e-12));
    }),
  );
});

test.each([
  ['500ms', 5e8],
  ['1.5s', 1.5e9],
  ['2h30m', 9e12],
  ['1 500', 1500],
  ['.5 ms', 5e5],
  ['3µs', 3000],
  ['3us', 3000],
])('%s is read', (text, ns) => {
  expect(parseDuration(text)).toBe(ns);
});

test.each(['', 'fast', '5 parsecs', '-1s', '1.2.3s', '1e9', '99999999999999999999'])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('the parameter form is exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (ns) => {
      expect(parseDuration(formatDurationParameter(ns))).toBe(ns);
    }),
  );
});
