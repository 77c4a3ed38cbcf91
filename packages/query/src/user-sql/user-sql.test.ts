/** No text changes what is printed but through the grammar: strings, names, and soups of hostile words. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QuestionError } from '../errors.ts';
import { userStatement } from '../sql/user/print-query.ts';
import { allowedFunction } from './functions.ts';
import { parseSql } from './parse-query.ts';

const print = (text: string) => userStatement(parseSql(text), 'acme', 100);
const anyText = fc.string({ unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text));
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

test('a string is a parameter, whatever it says', () => {
  const texts = new Set<string>();
  fc.assert(
    fc.property(anyText, (value) => {
      const { text, params } = print(`select name from spans where name = ${quoted(value)}`);
      texts.add(text);
      expect(Object.values(params)).toEqual(['acme', value]);
    }),
    { numRuns: 1000, seed: 1 },
  );
  expect(texts.size).toBe(1);
});

test('a quoted name is a name between backticks, or is refused', () => {
  fc.assert(
    fc.property(anyText, (name) => {
      const text = `select 1 as "${name.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;
      let printed: string;
      try {
        printed = print(text).text;
      } catch (error) {
        expect(error).toBeInstanceOf(QuestionError);
        return;
      }
      expect(printed).toBe(`select 1 as \`${name}\` limit 101`);
      expect(name).not.toMatch(/[`\\\p{C}]/u);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

const words =
  `select from where group by order having limit with as union all except in not and or join left on using
  spans traces calls trace_tree numbers ( ) ( ) , , . * + - = < > [ ] -> :: ' " \` ; -- /* */ { } $$ file url remote system
  tables executable settings format into outfile interval over partition rows between case when then end cast distinct
  final sample prewhere array values set insert drop name service duration_ms 1 2 'x' count sum max x y \\ \n é`.split(
    /\s+/,
  );

test('a soup of words is refused as a mistake, or printed from lists alone', () => {
  const soup = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 25 });
  let printed = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('select ', 'select count() from spans ', ''),
      soup,
      (head, tokens) => {
        let text: string;
        try {
          text = print(head + tokens.join(' ')).text;
        } catch (error) {
          expect(error).toBeInstanceOf(QuestionError);
          return;
        }
        printed++;
        const bare = text.replaceAll(/`[^`]*`/g, 'name').replaceAll(/\{p\d+:String\}/g, 'value');
        expect(bare).not.toMatch(/[;{}$\\"]|--|\/\*/);
        expect(bare).not.toMatch(
          /\b(?:file|url|remote|system|settings|format|outfile|executable)\b/i,
        );
        // What an array join takes are columns.
        for (const [, table] of bare.matchAll(/(?<!array )\b(?:from|join)\s+(\w+|\()/g)) {
          expect(table).toMatch(/^(?:sql_\w+|cte_\d+|numbers|\()$/);
        }
      },
    ),
    { numRuns: 20_000, seed: 1 },
  );
  expect(printed).toBeGreaterThan(50);
});

describe('what is printed', () => {
  test.each([
    [
      'the tenant stands in every view, strings are parameters',
      "select name from spans as s where service = 'a'",
      "select `name` from sql_spans(tenant = {p1:String}, since = '1970-01-01 00:00:00', until = '2262-01-01 00:00:00') as `s` where (`service` = {p2:String}) limit 101",
    ],
    [
      'queries of WITH get names of ours',
      'with a as (select 1 as x) select x from a',
      'with cte_1 as (select 1 as `x`) select `x` from cte_1 as `a` limit 101',
    ],
    [
      'a smaller LIMIT stays, a larger one is cut',
      '(select 1 limit 5) union all (select 2 limit 5000)',
      'select * from ((select 1 as `1` limit 5) union all (select 2 as `2` limit 5000)) limit 101',
    ],
    ['', 'select 1 limit 5000 offset 3', 'select 1 as `1` limit 101 offset 3'],
    [
      'operators keep their order by parentheses',
      'select 1 + 2 * 3 = 7 and not 1 > 2 or null is null',
      'select ((((1 + (2 * 3)) = 7) and (not (1 > 2))) or (null is null)) as `1 + 2 * 3 = 7 and not 1 > 2 or null is null` limit 101',
    ],
    [
      'a trace id is looked up by its bytes',
      `select name from spans where trace_id = '${'a'.repeat(32)}'`,
      "select `name` from sql_spans(tenant = {p1:String}, since = '1970-01-01 00:00:00', until = '2262-01-01 00:00:00') as `spans` where (`spans`.trace_key in tuple(toFixedString(unhex({p2:String}), 16))) limit 101",
    ],
  ])('%s', (_, text, expected) => {
    expect(print(text).text).toBe(expected);
  });

  test('the work of printing grows with the text, not beyond', () => {
    const nested = Array.from({ length: 12 }).reduce<string>(
      (inner, _, at) => `with n${at} as (${inner}) select 1 union all select 2`,
      'select 1',
    );
    expect(print(nested).text.length).toBeLessThan(nested.length * 5);
  });
});

test.each([
  ['COUNT', 'count'],
  ['countif', 'countIf'],
  ['sumArrayIf', 'sumArrayIf'],
  ['quantileexactweighted', 'quantileExactWeighted'],
  ['sleepIf', null],
  ['file', null],
  ['fileIf', null],
  ['If', 'if'],
  ['constructor', null],
])('the function %s is %s', (written, spelt) => {
  expect(allowedFunction(written)).toBe(spelt);
});
