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

test('what was met says how wide the next window is; nothing met widens fast', () => {
  const secondNs = 1_000_000_000n;
  const toNs = 10n ** 18n;
  const range = { fromNs: toNs - 86_400n * secondNs, toNs };
  let met = 0;
  const widths: bigint[] = [];
  for (const window of windowsOf(range, {
    firstNs: 4n * secondNs,
    needs: { wanted: 20, met: () => met },
  })) {
    widths.push((window.toNs - window.fromNs) / secondNs);
    if (widths.length === 3) met = 10;
    if (widths.length === 4) break;
  }
  // 256 s down to a whole minute are 304. The 340 s so far brought half of what is wanted: half as much again as 340 s, to a
  // whole minute.
  expect(widths).toEqual([4n, 32n, 304n, 540n]);
});
