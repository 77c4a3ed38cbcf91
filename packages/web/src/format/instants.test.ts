import { expect, test } from 'vitest';
import { epochMsOf, formatAgo, formatClock, formatExact } from './instants.ts';
import { formatShare } from './numbers.ts';

const ns = '1773480413589793238';
const ms = 1_773_480_413_589;

test('nanoseconds keep their milliseconds', () => {
  expect(epochMsOf(ns)).toBe(ms);
  expect(epochMsOf('7')).toBe(0);
});

test('today shows the time, another day the day, too', () => {
  expect(formatClock(ms, ms + 1000)).toMatch(/^\d\d:\d\d:53\.589$/);
  expect(formatClock(ms, ms + 3 * 86_400_000)).toMatch(/^Mar 14 \d\d:\d\d:53\.589$/);
});

test('the exact form has microseconds and the zone', () => {
  expect(formatExact(ns)).toMatch(/^2026-03-1\d \d\d:\d\d:53\.589793 UTC[+−]\d\d:\d\d$/);
});

test.each([
  [0, '0 s ago'],
  [59_000, '59 s ago'],
  [61_000, '1 min ago'],
  [3_600_000, '1 h ago'],
  [7 * 86_400_000, '7 d ago'],
  [-5_000, 'in the future'],
])('%d ms back is %s', (back, text) => {
  expect(formatAgo(ms, ms + back)).toBe(text);
});

test('shares have one decimal under ten per cent', () => {
  expect([0, 0.0312, 0.0999, 0.61, 1].map(formatShare)).toEqual(
    ['0', '3.1', '10.0', '61', '100'].map((value) => `${value}\u202f%`),
  );
});
