import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowsOf } from './windows.ts';

const minuteNs = 60_000_000_000n;

test('windows are the range, newest first, without gaps, ending on whole minutes inside', () => {
  const time = fc.bigInt(0n, 2n ** 62n);
  fc.assert(
    fc.property(time, fc.bigInt(1n, 10n ** 17n), (fromNs, lengthNs) => {
      const range = { fromNs, toNs: fromNs + lengthNs };
      const windows = [...windowsOf(range)];
      expect(windows[0]!.toNs).toBe(range.toNs);
      expect(windows.at(-1)!.fromNs).toBe(range.fromNs);
      for (const [at, window] of windows.entries()) {
        expect(window.fromNs).toBeLessThan(window.toNs);
        if (at > 0) expect(window.toNs).toBe(windows[at - 1]!.fromNs);
        if (at > 0) expect(window.toNs % minuteNs).toBe(0n);
      }
    }),
    { seed: 1 },
  );
});

test('a day takes eleven windows', () => {
  const toNs = 10n ** 18n;
  expect([...windowsOf({ fromNs: toNs - 1440n * minuteNs, toNs })]).toHaveLength(11);
});
