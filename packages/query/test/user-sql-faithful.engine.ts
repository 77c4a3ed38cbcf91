/** What is printed means what was written: generated expressions give the same, as written and as printed anew. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQuery, type Query } from '../src/index.ts';
import { openTestEngine, type TestEngine } from './engine.ts';

let stored: TestEngine;
let query: Query;
beforeAll(async () => {
  stored = await openTestEngine();
  query = createQuery(stored.engine, { tenant: 'shop' });
});
afterAll(() => stored.close());

/** As the engine reads it, without our parser. */
async function asWritten(texts: readonly string[]): Promise<readonly unknown[]> {
  const text = `select ${texts.map((each, at) => `toString(${each}) as c${at}`).join(', ')}`;
  const { rows } = await stored.engine.rows<Record<string, unknown>>(
    { text, params: {} },
    { secondsMax: 20, rowsMax: 1 },
  );
  return texts.map((_, at) => rows[0]![`c${at}`]);
}

async function asPrinted(texts: readonly string[]): Promise<readonly unknown[]> {
  const list = texts.map((each, at) => `toString(${each}) as c${at}`).join(', ');
  return (await query.sql(`select ${list}`)).rows[0]!;
}

const binaries = ['+', '-', '*', '=', '!=', '<>', '<', '<=', '>', '>=', 'and', 'or', '=='];

/** Operators side by side, mostly without parentheses, so that precedence and sides are what is compared. */
const { expression } = fc.letrec<{ expression: string; operand: string }>((tie) => ({
  operand: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom('null', 'true', '1.5', '2e1', '0x1F', 'number') },
    { weight: 1, arbitrary: tie('expression').map((of) => `(${of})`) },
    { weight: 1, arbitrary: tie('operand').map((of) => `- ${of}`) },
    { weight: 1, arbitrary: tie('operand').map((of) => `(${of})::Int32 % 3`) },
    { weight: 1, arbitrary: tie('operand').map((of) => `if(${of} = 1, 2, 3)`) },
    { weight: 1, arbitrary: tie('operand').map((of) => `case when ${of} > 3 then 1 else 2 end`) },
    { weight: 1, arbitrary: tie('operand').map((of) => `[1, 2, 3][${of} = 1]`) },
    { weight: 1, arbitrary: tie('operand').map((of) => `(7, ${of}).1`) },
  ),
  expression: fc.oneof(
    { weight: 3, arbitrary: tie('operand') },
    {
      weight: 8,
      arbitrary: fc
        .tuple(tie('expression'), fc.constantFrom(...binaries), tie('operand'))
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    },
    { weight: 1, arbitrary: tie('expression').map((of) => `not ${of}`) },
    { weight: 1, arbitrary: tie('expression').map((of) => `${of} is null`) },
    { weight: 1, arbitrary: tie('expression').map((of) => `${of} is not null`) },
    { weight: 1, arbitrary: tie('expression').map((of) => `${of} in (1, 2, 5)`) },
    { weight: 1, arbitrary: tie('expression').map((of) => `${of} not in (1, 2)`) },
    { weight: 1, arbitrary: tie('expression').map((of) => `${of} between 2 and 5`) },
    { weight: 1, arbitrary: tie('expression').map((of) => `${of} not between 2 and 5 and 1`) },
  ),
}));

test('generated expressions', async () => {
  const texts = fc
    .sample(expression, { numRuns: 300, seed: 42 })
    .filter((text) => text.length < 300)
    .map((text) => text.replaceAll('number', '4'));
  let compared = 0;
  for (const text of texts) {
    // Types that do not fit are refused either way; what matters is what is answered.
    const written = await asWritten([text]).catch(() => null);
    if (written === null) continue;
    // `1 is null + 2` is refused, as other databases do; nothing is answered differently.
    const printed = await asPrinted([text]).catch((error: { code?: string }) => error.code);
    if (printed === 'bad-sql') continue;
    compared++;
    expect([text, printed]).toEqual([text, written]);
  }
  expect(compared).toBeGreaterThan(150);
});

test.each([
  "'a' || 'b' || 1 + 2",
  "'a' || 'b' = 'ab'",
  "'abc' like 'a%' and 'abc' not like 'b%'",
  "'ABC' ilike 'a%' or 1 = 2",
  "not 'a' like 'b' and 1",
  '1 - 2 - 3',
  '2 - - 1',
  '- 2 * 3',
  '-1::Int8',
  '7 div 2 * 2',
  '7 mod 4 + 1',
  '8 / 2 / 2',
  '1 = 1 = 1',
  '1 < 2 = 1',
  'not 1 = 2',
  'not not 1',
  '1 or 0 and 0',
  '[1, 2][1] + 1',
  '[[1, 2], [3]][1][2]',
  '(1, (2, 3)).2.1',
  "map('a', 1)['a'] + 1",
  'arrayMap(x -> x * 2 + 1, [1, 2])',
  'arrayMap((x, y) -> x - y, [3], [1])',
  'arrayFilter(x -> x > 1 and x < 3, [1, 2, 3])',
  "toDateTime('2026-01-31 12:00:00', 'UTC') - interval 1 hour + interval 5 minute",
  "date '2026-01-31' + interval '1 day'",
  "dateDiff('minute', toDateTime('2026-01-31 12:00:00', 'UTC'), timestamp '2026-01-31 13:00:00')",
  "extract(month from date '2026-02-01')",
  "case 2 when 1 then 'a' when 2 then 'b' end",
  'case when null then 1 when 1 in (1) then 2 else 3 end',
  "cast('5' as UInt8) + 1",
  "'5'::UInt8::String || 'x'",
  '(select 1 + 2) * 2',
  'exists(select 1) and 1 in (select 1)',
  "(1, 'a') in ((1, 'a'), (2, 'b'))",
  "'\\\\d\\t\\'' || '''' || '\\x41'",
  "match('a1', '\\\\d') and replaceRegexpAll('a1', '(\\\\d)', '<\\\\1>') = 'a<1>'",
  'null is null = 1',
  '1.0 = 1 and 1e3 = 1000 and 0xff = 255',
])('%s', async (text) => {
  expect(await asPrinted([text])).toEqual(await asWritten([text]));
});
