import { expect, test } from 'vitest';
import { printGoDuration } from './go-duration.ts';

test.each([
  [0n, '0s'],
  [1n, '1ns'],
  [1_500n, '1.5µs'],
  [100_000_000n, '100ms'],
  [1_001_000n, '1.001ms'],
  [1_500_000_000n, '1.5s'],
  [60_000_000_000n, '1m0s'],
  [90_000_000_001n, '1m30.000000001s'],
  [604_800_000_000_000n, '168h0m0s'],
  [-2_000_000n, '-2ms'],
])('%s ns is %s', (ns, text) => {
  expect(printGoDuration(ns)).toBe(text);
});
