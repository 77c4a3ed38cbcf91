import { describe, expect, it } from 'vitest';
import { printCount, printNs, printSize } from './numbers.ts';
import { progressBar } from './progress.ts';
import { createStyle } from './style.ts';
import { table } from './table.ts';
import { columns, cut, fit, oneLine, wrap } from './text.ts';

describe('text', () => {
  it('counts columns, not code units', () => {
    expect(['abc', 'žlutý', '日本', '🚀', 'e\u0301', '│ ', ''].map(columns)).toEqual([
      3, 5, 4, 2, 1, 2, 0,
    ]);
  });

  it('cuts and pads to columns', () => {
    expect(cut('checkout', 5)).toBe('chec…');
    expect(cut('日本語', 4)).toBe('日…');
    expect(fit('日本', 6)).toBe('日本  ');
    expect(cut('x', 0)).toBe('');
  });

  it('keeps outside text on one line and harmless', () => {
    expect(oneLine('a\n\tb\u001b[31mred')).toBe('a b\ufffd[31mred');
  });

  it('wraps at words', () => expect(wrap('one two three', 7, 2)).toBe('  one two\n  three'));
});

describe('numbers', () => {
  it.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [1_500, '1.50 µs'],
    [999_499, '999 µs'],
    [999_600, '1.00 ms'],
    [41_000_000, '41.0 ms'],
    [3_120_000_000, '3.12 s'],
    [59_960_000_000, '1 m 00 s'],
    [125_000_000_000, '2 m 05 s'],
    [7_260_000_000_000, '2 h 01 m'],
  ])('%i ns → %s', (ns, shown) => expect(printNs(ns)).toBe(shown));

  it('prints sizes and counts', () => {
    expect(printSize(1536)).toBe('1.50 KiB');
    expect(printSize(12)).toBe('12 B');
    expect(printCount(1_234_567)).toBe('1,234,567');
  });
});

describe('progress bar', () => {
  it('is always as wide', () => {
    for (let share = 0; share <= 1; share += 0.01) expect(columns(progressBar(share))).toBe(26);
    expect(progressBar(0.5)).toBe(`▕${'█'.repeat(12)}${' '.repeat(12)}▏`);
  });
});

describe('table', () => {
  it('lets the flexible column give way', () => {
    const spec = [
      { title: 'n', isRight: true, text: (row: { n: string; name: string }) => row.n },
      { title: 'name', isFlexible: true, text: (row: { name: string }) => row.name },
      { title: 'id', text: () => 'abcdef' },
    ];
    const rows = [
      { n: '1', name: 'a very long operation name' },
      { n: '12', name: 'short' },
    ];
    expect(table(spec, rows, 30, createStyle(false, false))).toBe(
      [
        ' n  name                id',
        ' 1  a very long opera…  abcdef',
        '12  short               abcdef',
        '',
      ].join('\n'),
    );
  });
});
