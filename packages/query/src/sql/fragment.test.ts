import { describe, expect, test } from 'vitest';
import { and, identifier, int64, join, or, print, sql, string, strings } from './fragment.ts';

describe('a fragment', () => {
  test('becomes text with numbered, typed parameters', () => {
    const statement = print(sql`duration_ns > ${int64(5n)} and name = ${string("'; drop")}`);
    expect(statement).toEqual({
      text: 'duration_ns > {p1:Int64} and name = {p2:String}',
      params: { p1: '5', p2: "'; drop" },
    });
  });

  test('sends a parameter once that is used twice, and equal ones apart', () => {
    const one = string('x');
    expect(print(sql`${one} ${one} ${string('x')}`)).toEqual({
      text: '{p1:String} {p1:String} {p2:String}',
      params: { p1: 'x', p2: 'x' },
    });
    expect(print(strings(['a', 'b']))).toEqual({
      text: '{p1:Array(String)}',
      params: { p1: ['a', 'b'] },
    });
  });

  test('lays nested lines out below the line they stand on', () => {
    const inner = sql`
      select a
      from b
    `;
    const outer = sql`
      select *
      from (
        ${inner}
      )
      where ${join([sql`x`, sql`y in (\n  ${inner}\n)`], sql`\n  and `)}
    `;
    expect(print(outer).text).toBe(
      [
        'select *',
        'from (',
        '  select a',
        '  from b',
        ')',
        'where x',
        '  and y in (',
        '    select a',
        '    from b',
        '  )',
      ].join('\n'),
    );
  });

  test('joins conditions', () => {
    expect(print(and([])).text).toBe('true');
    expect(print(and([sql`a`, sql`b`])).text).toBe('a and b');
    expect(print(or([sql`a`])).text).toBe('a');
    expect(print(or([sql`a`, sql`b`])).text).toBe('(a or b)');
  });

  test('takes no text but names that code has chosen', () => {
    expect(print(identifier('e.str')).text).toBe('e.str');
    expect(() => identifier('a; drop table spans')).toThrow('not an identifier');
    // @ts-expect-error a string is no fragment
    expect(() => print(sql`select ${'text'}`)).toThrow();
  });
});
