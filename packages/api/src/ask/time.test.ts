import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTimeNs } from './time.ts';

const nowMs = Date.UTC(2026, 0, 31, 12);
const nowNs = BigInt(nowMs) * 1_000_000n;

test.each([
  ['now', nowNs],
  ['now-1h', nowNs - 3_600_000_000_000n],
  ['now-1h30m', nowNs - 5_400_000_000_000n],
  ['now+5m', nowNs + 300_000_000_000n],
  ['now 5m', nowNs + 300_000_000_000n],
  ['1769860800000', nowNs],
  ['1769860800000000001', nowNs + 1n],
  ['0', 0n],
  ['2026-01-31T12:00:00Z', nowNs],
  ['2026-01-31 12:00:00Z', nowNs],
  ['2026-01-31T12:00:00.123456789Z', nowNs + 123_456_789n],
  ['2026-01-31T12:00:00.5Z', nowNs + 500_000_000n],
  ['2026-01-31T13:30:00+01:30', nowNs],
  ['2026-01-31T13:30:00 01:30', nowNs],
  ['2026-01-31T07:00:00-05:00', nowNs],
])('%s', (text, ns) => {
  expect(parseTimeNs(text, nowMs)).toBe(ns);
});

test.each([
  '',
  'yesterday',
  'now-',
  'now-5',
  'now-5parsecs',
  '2026-01-31',
  '2026-01-31T12:00:00',
  '2026-02-30T12:00:00Z',
  '2026-01-31T25:00:00Z',
  '2026-01-31T12:00:00+99:00',
  '1769860800000000',
  '-5',
])('refuses %j', (text) => {
  expect(parseTimeNs(text, nowMs)).toBeUndefined();
});

test('a time written with nanoseconds comes back exactly', () => {
  const ns = fc.bigInt({ min: 0n, max: 4_102_444_800_000_000_000n });
  fc.assert(
    fc.property(ns, (at) => {
      const seconds = new Date(Number(at / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
      const text = `${seconds}.${(at % 1_000_000_000n).toString().padStart(9, '0')}Z`;
      expect(parseTimeNs(text, nowMs)).toBe(at);
    }),
  );
});
