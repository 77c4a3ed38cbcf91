/** Queries of many parts are answered, or refused with what is too much: never a fault, never past the seconds. */
import { TraceqlError } from '@clew/traceql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQuery, type Query, QuestionError, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs, toNs: baseNs + minuteNs };
let store: TestEngine;
let query: Query;
beforeAll(async () => {
  store = await openTestEngine();
  await store.load({ '': 't  web  root  0s 2s  a7=x n=1 b=true\n  web  child  1s 1s  a7=y' });
  query = createQuery(store.engine);
});
afterAll(() => store?.close());

const many = (count: number, part: (at: number) => string, between: string) =>
  Array.from({ length: count }, (_, at) => part(at)).join(between);

test.each([
  [
    'values of an attribute',
    `{ ${many(150, (at) => `span.a7 = "${at}"`, ' || ')} || span.a7 = "x" }`,
  ],
  ['conditions', `{ ${many(200, () => 'span.b', ' && ')} }`],
  ['sums', `{ ${many(40, () => 'span.n', ' + ')} = 40 }`],
  ['filters in a row', many(300, () => '{ span.b }', ' | ')],
  ['relations', `{ span.b } ${many(100, () => '&>> { }', ' ')}`],
  ['denied relations', `${many(40, (at) => `{ span.a${at} = "z" }`, ' !> ')} !> { span.b }`],
  ['alternatives', many(150, (at) => (at === 70 ? '{ span.b }' : '{ name = "no" }'), ' || ')],
])('many %s', async (_, text) => {
  const { hits } = await query.searchTraces(textQuestion(text, range), { limit: 5 });
  expect(hits).toHaveLength(1);
});

test('more arithmetic than is worked out', () => {
  const ask = () => textQuestion(`{ ${many(60, () => '.n', ' * ')} > 1 }`, range);
  expect(ask).toThrow(QuestionError);
  expect(ask).toThrow(/59 signs of arithmetic, at most 50/);
});

test('more than a tree can be made of', () => {
  const ask = () => textQuestion(`{ ${many(5000, () => '.b', ' && ')} }`, range);
  expect(ask).toThrow(TraceqlError);
  expect(ask).toThrow(/line 1, column \d+: this query has more than 2000 words and signs/);
});

test('more than the engine reads', async () => {
  const text = `{ ${many(240, (at) => `!(.a${at} = .b${at})`, ' && ')} }`;
  const asked = query.searchTraces(textQuestion(text, range), { limit: 5 });
  await expect(asked).rejects.toMatchObject({ code: 'too-complex' });
});
