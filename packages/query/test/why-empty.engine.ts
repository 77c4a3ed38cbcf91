/** Explanations of searches that find nothing: what they say, and that what they propose finds something. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQuery, type Query, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs, toNs: baseNs + 10n * minuteNs };

let store: TestEngine;
let query: Query;

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  await store.load({
    '': `
      t1  web   GET /checkout  0ms 2100ms  server  http.response.status_code=500 user.id=ann
            cart  GET /cart     40ms 1900ms  server
              db    SELECT items  60ms 1500ms  client  error  db.port=5432
      t2  web   GET /checkout  100ms 80ms  server  http.response.status_code=200 user.id=bob
            cart  GET /cart     110ms 30ms  server  code="7"
      t3  old   nightly  1800s 10ms
    `,
  });
});
afterAll(() => store?.close());

const why = (text: string, within = range) => query.whyEmpty(textQuestion(text, within));

describe('what is said', () => {
  test.each([
    [
      'a value that is nowhere',
      '{ span.user.id = "anne" }',
      `Of 5 spans in this range:
- span.user.id = "anne" holds for none. Did you mean span.user.id = "ann"?
This finds something (another value): { span.user.id = "ann" }`,
    ],
    [
      'a name that is misspelt',
      '{ span.userid = "ann" }',
      `Of 5 spans in this range:
- span.userid = "ann" holds for none. Did you mean span.user.id = "ann"?
This finds something (another name): { span.user.id = "ann" }`,
    ],
    [
      'a name in another scope',
      '{ resource.user.id = "ann" && name = "GET /checkout" }',
      `Of 5 spans in this range:
- resource.user.id = "ann" holds for none. Did you mean span.user.id = "ann"?
This finds something (another scope): { span.user.id = "ann" && name = "GET /checkout" }`,
    ],
    [
      'a number asked for as text',
      '{ span.http.response.status_code = "500" }',
      `Of 5 spans in this range:
- span.http.response.status_code = "500" holds for none. Did you mean span.http.response.status_code = 500?
This finds something (another type): { span.http.response.status_code = 500 }`,
    ],
    [
      'text asked for as a number',
      '{ span.code = 7 }',
      `Of 5 spans in this range:
- span.code = 7 holds for none. Did you mean span.code = "7"?
This finds something (another type): { span.code = "7" }`,
    ],
    [
      'a service that is spelt otherwise',
      '{ resource.service.name = "Cart" }',
      `Of 5 spans in this range:
- resource.service.name = "Cart" holds for none. Did you mean resource.service.name = "cart"?
This finds something (another value): { resource.service.name = "cart" }`,
    ],
    [
      'two conditions that never meet',
      '{ resource.service.name = "web" && status = error }',
      `Of 5 spans in this range:
- resource.service.name = "web" holds for 2 spans, status = error for 1 span, but never both for the same span.`,
    ],
    [
      'a relation that no trace has',
      '{ name = "GET /checkout" } > { status = error }',
      `Of 5 spans in this range:
{ name = "GET /checkout" } matches 2 spans, { status = error } matches 1 span; but no trace has them as { name = "GET /checkout" } > { status = error } asks.
This finds something (at any distance): { name = "GET /checkout" } >> { status = error }
This finds something (both anywhere in a trace): { name = "GET /checkout" } && { status = error }`,
    ],
    [
      'an aggregate that drops them all',
      '{ status = error } | count() > 1',
      `Of 5 spans in this range:
{ status = error } matches 1 span, but what follows drops them all.
This finds something (without the aggregate): { status = error }`,
    ],
  ])('of %s', async (_, text, said) => {
    expect((await why(text)).text).toBe(said);
  });

  test('of a range without spans', async () => {
    const after = { fromNs: baseNs + 20n * minuteNs, toNs: baseNs + 25n * minuteNs };
    const { text } = await why('{ }', after);
    expect(text).toBe(
      `There are no spans at all from 2100-01-01T00:20:00Z to 2100-01-01T00:25:00Z.
Before this range the question finds traces, the newest from 2100-01-01T00:00:00Z.
After this range the question finds traces, the newest from 2100-01-01T00:30:00Z.`,
    );
  });

  test('of matches outside of the range', async () => {
    const { text, laterNs } = await why('{ name = "nightly" }');
    expect(laterNs).toBe(`${baseNs + 30n * minuteNs}`);
    expect(text).toContain('After this range the question finds traces');
  });
});

test('counts each condition alone, in pairs and together', async () => {
  const { filters, counted } = await why('{ kind = server && status = error && span.db.port > 1 }');
  expect(counted).toMatchObject({ spans: 5, whole: true });
  expect(filters).toEqual([
    {
      filter: '{ kind = server && status = error && span.db.port > 1 }',
      spans: 0,
      conditions: [
        { condition: 'kind = server', spans: 4, near: [] },
        { condition: 'status = error', spans: 1, near: [] },
        { condition: 'span.db.port > 1', spans: 1, near: [] },
      ],
      pairs: [
        { conditions: ['kind = server', 'status = error'], spans: 0 },
        { conditions: ['kind = server', 'span.db.port > 1'], spans: 0 },
        { conditions: ['status = error', 'span.db.port > 1'], spans: 1 },
      ],
    },
  ]);
});

test('explains what a metrics query counts, and refuses arithmetic', async () => {
  const counted = await why('{ span.user.id = "nobody" } | rate()');
  expect(counted.filters[0]?.spans).toBe(0);
  await expect(why('({ } | rate()) / ({ } | rate())')).rejects.toThrow('not supported');
});
