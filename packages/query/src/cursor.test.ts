import { describe, expect, test } from 'vitest';
import { printCursor, readCursor } from './cursor.ts';

const cursor = {
  after: { startNs: 2n ** 62n, traceId: 'ab'.repeat(16), spanId: '00000000000000ff' },
  matchesFromNs: 7n,
};

describe('a cursor', () => {
  test('comes back as it went', () => {
    expect(readCursor(printCursor(cursor, 'q'), 'q')).toEqual(cursor);
  });

  test('belongs to its question', () => {
    const text = printCursor(cursor, 'span { }');
    expect(text).toMatch(/^[\w-]+$/);
    expect(() => readCursor(text, 'trace { }')).toThrow('cursor');
  });

  test.each(['', 'x', '💥', 'A'.repeat(59), 'A'.repeat(60), "' or 1=1"])('%j is none', (text) => {
    expect(() => readCursor(text, 'q')).toThrow('cursor');
  });
});
