/** Times and ranges as minutes: which counts a sample is made of, and how it is scaled. */
import { expect, test } from 'vitest';
import type { Count, CountedAsk } from './counted.ts';
import { parsePromql } from './promql/parse.ts';
import type { Selector } from './promql/tree.ts';
import { createSamples } from './samples.ts';

const minute = 60_000;
/** Noon of some day, in minutes since 1970. */
const noon = 30_000_000 - (30_000_000 % 1440) + 720;

/** Ten spans in every minute up to now. */
function tenEachMinute(nowMs: number, asked: CountedAsk[]): Count {
  return async (ask) => {
    asked.push(ask);
    const from = Number(ask.range.fromNs / 60_000_000_000n);
    const to = Number(ask.range.toNs / 60_000_000_000n);
    const slots = new Map<number, number>();
    for (let at = from; at < to && at * minute < nowMs; at++) {
      const slot = Math.floor((at - from) / ask.slotMinutes);
      slots.set(slot, (slots.get(slot) ?? 0) + 10);
    }
    return [...slots].map(([slot, count]) => ({ labels: { service: 'web' }, slot, count }));
  };
}

async function increases(times: readonly number[], lengthMs: number, nowMs: number, more = '') {
  const asked: CountedAsk[] = [];
  const { increases } = createSamples(tenEachMinute(nowMs, asked), nowMs);
  const selector = parsePromql(`traces_spanmetrics_calls_total${more}`) as Selector;
  const [series] = await increases({ selector, times, keep: null, lengthMs });
  return { values: series?.values, asked };
}

test('whole minutes are exact', async () => {
  const times = [noon * minute, (noon + 5) * minute];
  const { values, asked } = await increases(times, 5 * minute, (noon + 60) * minute);
  expect(values).toEqual([50, 50]);
  expect(asked.map(({ slotMinutes }) => slotMinutes)).toEqual([5]);
});

test('times within a minute are taken up to its end, short ranges as a minute', async () => {
  const times = [noon * minute + 1, noon * minute + 30_000];
  const { values } = await increases(times, 30_000, (noon + 60) * minute);
  expect(values).toEqual([5, 5]);
});

test('the minute that is not over counts as far as it has come', async () => {
  const nowMs = noon * minute + 30_000;
  const { values } = await increases([nowMs], 5 * minute, nowMs);
  // Fifty in four minutes and a half.
  expect(values![0]).toBeCloseTo((50 * 5) / 4.5, 9);
});

test('an offset moves the window', async () => {
  const nowMs = noon * minute;
  const { asked } = await increases([nowMs], minute, nowMs, ' offset 1h');
  expect(asked[0]!.range.toNs).toBe(BigInt(noon - 60) * 60_000_000_000n);
});

test('counters grow from one midnight on, at least an hour before the first time', async () => {
  const nowMs = (noon + 60) * minute;
  const asked: CountedAsk[] = [];
  const { values } = createSamples(tenEachMinute(nowMs, asked), nowMs);
  const selector = parsePromql('traces_spanmetrics_calls_total') as Selector;
  const times = [noon, noon + 10, noon + 20].map((at) => at * minute);
  const [series] = await values({ selector, times, keep: null });
  expect(series!.values).toEqual([7200, 7300, 7400]);
  const early = [(noon - 720 + 30) * minute];
  const [night] = await values({ selector, times: early, keep: null });
  expect(night!.values).toEqual([14_700]);
});
