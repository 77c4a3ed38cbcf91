import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeTicks } from './ticks.ts';
import {
  boundsOf,
  clampWindow,
  fitWindow,
  isWhole,
  panWindow,
  timeToX,
  windowLength,
  xToTime,
  zoomWindow,
} from './viewport.ts';

const bounds = { from: 0, to: 3 * 3600e9 };
const ns = fc.double({ min: 0, max: bounds.to, noNaN: true });
const window = fc
  .tuple(ns, ns)
  .map(([a, b]) => clampWindow({ from: Math.min(a, b), to: Math.max(a, b) }, bounds));

function inside({ from, to }: { from: number; to: number }): boolean {
  return from >= bounds.from && to <= bounds.to + 1e-3 && to - from >= 9.99;
}

describe('a window', () => {
  it('stays inside the trace whatever is done to it', () => {
    fc.assert(
      fc.property(
        window,
        ns,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (start, at, factor) => {
          expect(inside(zoomWindow(start, bounds, at, factor))).toBe(true);
          expect(inside(panWindow(start, bounds, factor - 50))).toBe(true);
          expect(inside(fitWindow(at, at + factor, bounds))).toBe(true);
        },
      ),
    );
  });

  it('keeps the time under the pointer when it zooms in', () => {
    fc.assert(
      fc.property(window, fc.double({ min: 0, max: 1, noNaN: true }), (start, share) => {
        const at = start.from + share * windowLength(start);
        const next = zoomWindow(start, bounds, at, 0.7);
        if (windowLength(next) > 20) {
          const x = timeToX(at, next, 0, 1000);
          expect(x).toBeCloseTo(share * 1000, 0);
        }
      }),
    );
  });

  it('maps time to pixels and back', () => {
    fc.assert(
      fc.property(window, fc.double({ min: 0, max: 1000, noNaN: true }), (some, x) => {
        expect(timeToX(xToTime(x, some, 100, 800), some, 100, 800)).toBeCloseTo(x, 1);
      }),
    );
  });

  it('is whole after zooming out far enough', () => {
    expect(isWhole(zoomWindow({ from: 5, to: 50 }, bounds, 20, 1e15), bounds)).toBe(true);
  });

  it('has some extent even when the trace has none', () => {
    expect(windowLength(boundsOf(5, 5))).toBe(1000);
    expect(windowLength(boundsOf(0, 1))).toBe(1000);
  });
});

describe('ticks', () => {
  it('are round and share one unit', () => {
    const labels = timeTicks({ from: 0, to: 1.84e9 }, 0, 5).map(({ label }) => label);
    expect(labels).toEqual(['0.0\u202fs', '0.5\u202fs', '1.0\u202fs', '1.5\u202fs']);
  });

  it('count from the left edge when the absolute times would look the same', () => {
    const [first, second] = timeTicks({ from: 3600e9, to: 3600e9 + 100 }, 0, 4);
    expect(first!.label).toBe('1.00\u202fh');
    expect(second!.label).toBe('+50\u202fns');
  });

  it('lie in the window, are not too many, and never repeat a label', () => {
    fc.assert(
      fc.property(window, fc.integer({ min: 1, max: 20 }), (some, count) => {
        const ticks = timeTicks(some, 0, count);
        expect(ticks.length).toBeLessThanOrEqual(count + 2);
        for (const tick of ticks) {
          expect(tick.ns).toBeGreaterThanOrEqual(some.from - windowLength(some) * 1e-6);
          expect(tick.ns).toBeLessThanOrEqual(some.to + windowLength(some) * 1e-6);
        }
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      }),
    );
  });
});
