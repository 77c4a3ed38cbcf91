import { describe, expect, it } from 'vitest';
import { readableName } from './readable.ts';
import { TextCache } from './text-cache.ts';

/** Every code point is ten wide. */
function measurer() {
  let calls = 0;
  return {
    font: '',
    measureText: (text: string) => {
      calls++;
      return { width: Array.from(text).length * 10 };
    },
    calls: () => calls,
  };
}

describe('TextCache', () => {
  it('measures a text once', () => {
    const texts = new TextCache();
    const context = measurer();
    texts.width(context, 'f', 'abc');
    texts.width(context, 'f', 'abc');
    expect(context.calls()).toBe(1);
    texts.clear();
    texts.width(context, 'f', 'abc');
    expect(context.calls()).toBe(2);
  });

  it('shortens to the longest beginning that fits, never through a pair', () => {
    const texts = new TextCache();
    expect(texts.fit(measurer(), 'f', 'abcdef', 60)).toBe('abcdef');
    expect(texts.fit(measurer(), 'f', 'abcdef', 40)).toBe('abc…');
    expect(texts.fit(measurer(), 'f', '🧶🧶🧶🧶', 30)).toBe('🧶🧶…');
    expect(texts.fit(measurer(), 'f', 'abcdef', 15)).toBe('');
    expect(texts.fit(measurer(), 'f', 'abcdef', -5)).toBe('');
  });
});

describe('readableName', () => {
  it.each([
    ['plain', 'plain'],
    ['', '(no name)'],
    ['two\nlines\u0000', 'two␣lines␣'],
    ['שלום', '\u2068שלום\u2069'],
  ])('shows %j as %j', (name, shown) => {
    expect(readableName(name)).toBe(shown);
  });

  it('bounds a megabyte', () => {
    expect(readableName('x'.repeat(1_000_000)).length).toBeLessThan(1000);
  });
});
