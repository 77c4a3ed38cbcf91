import { describe, expect, it } from 'vitest';
import { checkWalkLimits, walkLimits } from './limits.ts';
import { markNames, marks } from './marks.ts';

describe('checkWalkLimits', () => {
  it('accepts the defaults', () => {
    expect(() => checkWalkLimits(walkLimits)).not.toThrow();
  });

  const wrong: [Partial<typeof walkLimits>, string][] = [
    [{ keyBytes: 0.5 }, 'limit keyBytes: found 0.5, wanted a whole number of at least 0'],
    [{ linksPerSpan: -1 }, 'limit linksPerSpan: found -1, wanted a whole number of at least 0'],
    [{ attributesPerSpan: 1 }, 'limit attributesPerSpan: found 1, wanted at least 2'],
    [{ valueBytes: 100 }, 'limit valueBytes: found 100, wanted at least 256'],
    [{ eventsPerSpan: 1025 }, 'limit eventsPerSpan: found 1025, wanted at most 1024'],
    [{ valueDepth: 65 }, 'limit valueDepth: found 65, wanted at most 64'],
  ];
  for (const [change, message] of wrong) {
    it(`says: ${message}`, () => {
      expect(() => checkWalkLimits({ ...walkLimits, ...change })).toThrow(message);
    });
  }
});

describe('marks', () => {
  it('are one bit each, and named from the bits', () => {
    const bits = Object.values(marks);
    expect(new Set(bits).size).toBe(bits.length);
    expect(bits.every((bit) => bit > 0 && (bit & (bit - 1)) === 0)).toBe(true);
    expect(markNames(marks.time_moved | marks.key_cut)).toEqual(['key_cut', 'time_moved']);
    expect(markNames(0)).toEqual([]);
  });
});
