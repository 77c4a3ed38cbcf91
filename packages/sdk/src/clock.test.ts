/** Times that are given by hand. */
import { diag } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../test/diagnostics.ts';
import { kept } from '../test/kept.ts';

afterEach(() => diag.disable());

describe('a time', () => {
  it('B12 is taken as HrTime, Date, epoch and performance.now, also from before the process', async () => {
    const { tracer, spans } = kept();
    const past = 1_700_000_000_000;
    const now = performance.now();
    const times = [[1_700_000_000, 5], new Date(past), past, now, past + 0.5] as const;
    for (const startTime of times) tracer.startSpan('x', { startTime: startTime as never }).end();
    const found = (await spans()).map(({ startTimeUnixNano }) => startTimeUnixNano);
    const ns = BigInt(past) * 1_000_000n;
    expect([found[0], found[1], found[2], found[4]]).toEqual([ns + 5n, ns, ns, ns + 500_000n]);
    expect(Math.abs(Number(found[3]) / 1e6 - (performance.timeOrigin + now))).toBeLessThan(2);
  });

  it('B12 that is none is told, and now is taken', async () => {
    const { tracer, spans } = kept();
    const heard = listen();
    const before = Date.now();
    const none = [
      'noon',
      new Date(Number.NaN),
      Number.NaN,
      -1,
      1e300,
      [Number.NaN, 0],
      [-5, 0],
      {},
    ];
    for (const startTime of none) tracer.startSpan('x', { startTime: startTime as never }).end();
    tracer.startSpan('x').end(new Date(Number.NaN));
    const found = await spans();
    expect(heard.filter((line) => line.startsWith('time: found'))).toHaveLength(none.length + 1);
    for (const { startTimeUnixNano, endTimeUnixNano } of found) {
      expect(Number(startTimeUnixNano) / 1e6).toBeGreaterThan(before - 1000);
      expect(endTimeUnixNano >= startTimeUnixNano).toBe(true);
    }
  });
});
