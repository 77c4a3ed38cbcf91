import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { parse } from './parser.ts';

const messageOf = (text: string): string => {
  try {
    check(parse(text), text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`no error in ${text}`);
};

describe('an error', () => {
  it('names the place, draws a caret, says what was wanted', () => {
    expect(messageOf('{ .a = 1 &&\n  .b == 2 }')).toBe(
      [
        'line 2, column 7: found "=", wanted a field such as name, duration or .attribute',
        '    .b == 2 }',
        '        ^',
      ].join('\n'),
    );
  });

  it.each([
    ['{ statusmessage = "x" }', 'did you mean statusMessage?'],
    ['{ nmae = "x" }', 'did you mean name?'],
    ['{ service.name = "x" }', 'an attribute is written .service'],
    ['{ } | cuont() > 2', 'did you mean count?'],
    ['rate()', '{ } | rate(…)'],
    ['.a = 1', 'a condition stands in braces'],
    ['{ .a =~ "\\d" }', 'use a back-quoted string'],
    ['{ duration > 5m30 }', 'a duration such as 1h30m'],
    ['({ .a } | { .b }) && { .c }', 'put both sides in parentheses'],
    ['{ } | rate() | > 5', 'a comparison has no "|" before it'],
    ['{ name = nil }', 'name is never nil'],
    ['{ name }', 'a filter needs a condition; name is a string'],
    ['{ kind = error }', 'kind is a kind, error is a status'],
  ])('%s → %s', (text, words) => {
    expect(messageOf(text)).toContain(words);
  });

  it('does not ask whether the very word was meant', () => {
    expect(messageOf('{ } | select(nil)')).toContain('"nil" is no field; an attribute is');
  });

  it('refuses a query that nests too deeply, without a stack overflow', () => {
    expect(messageOf(`{ ${'('.repeat(1500)}`)).toContain('nests deeper than');
  });

  it('refuses a query of too many operators in a row', () => {
    const row = (operators: number) => `{ .a${' && .a'.repeat(operators)} }`;
    expect(messageOf(row(5000))).toContain('more than 2000 words and signs');
    expect(() => check(parse(row(990)), row(990))).not.toThrow();
  });

  it('cuts a long line around the caret', () => {
    const drawn = messageOf(`{ .a = 1 && ${'.b = 2 && '.repeat(100)} ? }`).split('\n');
    expect(drawn[1]!.length).toBeLessThanOrEqual(102);
    expect(drawn[1]![drawn[2]!.indexOf('^')]).toBe('?');
  });
});
