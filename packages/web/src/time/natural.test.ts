import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRange } from './natural.ts';
import { pointMs } from './range.ts';
import { frozen, presets, rangeWords } from './range-words.ts';

/** Saturday, 14 March 2026, 09:26:53 local. */
const nowMs = new Date(2026, 2, 14, 9, 26, 53).getTime();
const local = (day: number, hours: number, minutes = 0) =>
  new Date(2026, 2, day, hours, minutes).toISOString();

describe('relative texts stay relative', () => {
  test.each([
    ['last 90m', 'now-90m'],
    ['LAST 90 Minutes', 'now-90m'],
    ['90m', 'now-90m'],
    ['1h30m', 'now-90m'],
    ['2 hours', 'now-2h'],
    ['past 3 days', 'now-3d'],
    ['last hour', 'now-1h'],
    ['last 24h', 'now-1d'],
    ['7d', 'now-1w'],
    ['45s', 'now-45s'],
    ['now-6h', 'now-6h'],
    ['since now-2h', 'now-2h'],
  ])('%s', (text, from) => {
    expect(parseRange(text, nowMs)).toEqual({ from, to: 'now' });
  });
});

describe('days and clocks are local', () => {
  test.each([
    ['today', local(14, 0), 'now'],
    ['yesterday', local(13, 0), local(14, 0)],
    ['yesterday 14:00-15:00', local(13, 14), local(13, 15)],
    ['yesterday 14:00 – 15:30', local(13, 14), local(13, 15, 30)],
    ['08:00 to 09:00', local(14, 8), local(14, 9)],
    ['2026-03-10', local(10, 0), local(11, 0)],
    ['2026-03-10 14:00-15:00', local(10, 14), local(10, 15)],
    ['2026-03-10 14:00 to 2026-03-11 09:30', local(10, 14), local(11, 9, 30)],
  ])('%s', (text, from, to) => {
    expect(parseRange(text, nowMs)).toEqual({ from, to });
  });
});

describe('instants', () => {
  test.each([
    ['2026-03-14T08:00:00Z to 2026-03-14T08:30:00Z'],
    ['2026-03-14T08:00:00.000Z/2026-03-14T08:30:00.000Z'],
    ['2026-03-14T09:00+01:00 - 2026-03-14T09:30+01:00'],
    ['1773475200 to 1773477000'],
    ['1773475200000 – 1773477000000'],
    ['1773475200000000000..1773477000000000000'],
  ])('%s', (text) => {
    expect(parseRange(text, nowMs)).toEqual({
      from: '2026-03-14T08:00:00.000Z',
      to: '2026-03-14T08:30:00.000Z',
    });
  });

  test('one instant is the ten minutes around it', () => {
    expect(parseRange('2026-03-14T08:00:00Z', nowMs)).toEqual({
      from: '2026-03-14T07:55:00.000Z',
      to: '2026-03-14T08:05:00.000Z',
    });
  });
});

test.each([
  '',
  'soon',
  'last',
  '5 parsecs',
  'yesterday 15:00-14:00',
  'yesterday 25:99-26:00',
  '2026-13-45',
  'now to now-1h',
  '0m',
])('%j is refused', (text) => {
  expect(parseRange(text, nowMs)).toBeUndefined();
});

test('any text is read or refused, and what is read runs forward', () => {
  const word = fc.constantFrom(
    ...'last now - 90 m h 2026-03-14 today 14:00 to T Z 17734752'.split(' '),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), fc.constantFrom('', ' '), (words, glue) => {
      const range = parseRange(words.join(glue), nowMs);
      if (range) expect(pointMs(range.from, nowMs)!).toBeLessThan(pointMs(range.to, nowMs)!);
    }),
  );
});

test('ranges in words', () => {
  expect(presets.map((range) => rangeWords(range, nowMs))).toEqual([
    'Last 15 min',
    'Last 1 h',
    'Last 6 h',
    'Last 24 h',
    'Last 7 d',
  ]);
  const day = { from: local(13, 14), to: local(13, 15) };
  expect(rangeWords(day, nowMs)).toBe('2026-03-13 14:00 – 15:00');
  expect(rangeWords({ from: local(13, 14), to: 'now' }, nowMs)).toBe('Since 2026-03-13 14:00');
});

test('a frozen range no longer moves', () => {
  expect(frozen({ from: 'now-1h', to: 'now' }, nowMs)).toEqual({
    from: new Date(nowMs - 3_600_000).toISOString(),
    to: new Date(nowMs).toISOString(),
  });
});
