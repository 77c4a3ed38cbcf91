import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDurationNs } from './duration.ts';

test.each([
  ['500ms', 500_000_000n],
  ['1.5s', 1_500_000_000n],
  ['1h30m', 5_400_000_000_000n],
  ['2d', 172_800_000_000_000n],
  ['250us', 250_000n],
  ['250µs', 250_000n],
  ['0', 0n],
  ['1234', 1234n],
  ['0.1ns', 0n],
  ['9223372036854775807', 9223372036854775807n],
])('%s', (text, ns) => {
  expect(parseDurationNs(text)).toBe(ns);
});

test.each([
  '',
  '5 parsecs',
  '-1s',
  '1.s',
  's',
  '1e3s',
  '1s ',
  '1s,2s',
  '9223372036854775808',
  'ms5',
])('refuses %j', (text) => {
  expect(parseDurationNs(text)).toBeUndefined();
});

test('never throws, and never takes what is not whole', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ns = parseDurationNs(text);
      if (ns !== undefined) expect(text).toMatch(/^[\d.a-zµμ]+$/);
    }),
  );
});
