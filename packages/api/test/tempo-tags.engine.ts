/** Tempo's names of tags and their values, as editors complete from them, against the real engine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oddTrace, openTempo, type TempoFace } from './tempo-face.ts';
import { checkTempoJson } from './tempo-schema.ts';

let face: TempoFace;
beforeAll(async () => {
  face = await openTempo(oddTrace().request);
});
afterAll(() => face.stored.close());

test('by scope', async () => {
  const { scopes, metrics } = await face.json('/api/v2/search/tags?limit=5000');
  expect(metrics).toEqual({});
  const names = scopes.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['resource', 'span', 'event', 'intrinsic']));
  const tagsOf = (scope: string) =>
    scopes.find(({ name }: { name: string }) => name === scope).tags;
  expect(tagsOf('resource')).toContain('service.name');
  expect(tagsOf('event')).toContain('exception.type');
  expect(tagsOf('intrinsic')).toEqual(expect.arrayContaining(['status', 'event:name', 'span:id']));
  const only = await face.json('/api/v2/search/tags?scope=event');
  expect(only.scopes.map(({ name }: { name: string }) => name)).toEqual(['event']);
  checkTempoJson('SearchTagsV2Response', only);
  expect(await face.refusal('/api/v2/search/tags?scope=bogus')).toEqual([
    400,
    'invalid scope: bogus',
  ]);
  expect((await face.refusal('/api/v2/search/tags?start=5'))[0]).toBe(400);
});

test('in one list', async () => {
  const { tagNames } = await face.json('/api/search/tags');
  expect(tagNames).toEqual(expect.arrayContaining(['attempt', 'service.name']));
  expect([...tagNames].sort()).toEqual(tagNames);
});

test.each([
  [
    'resource.service.name',
    [
      ['string', 'cart'],
      ['string', 'payment'],
    ],
  ],
  ['.http.response.status_code', [['int', '504']]],
  ['span.amount', [['float', '59.9']]],
  ['span.express', [['bool', 'true']]],
  [
    'status',
    [
      ['keyword', 'error'],
      ['keyword', 'ok'],
      ['keyword', 'unset'],
    ],
  ],
  ['span:kind', [['keyword', 'server']]],
  ['name', [['string', 'GET /cart']]],
  ['event:name', [['string', 'exception']]],
  ['event.exception.type', [['string', 'TimeoutError']]],
])('values of %s', async (tag, wanted) => {
  const answer = await face.json(`/api/v2/search/tag/${encodeURIComponent(tag)}/values?tag=${tag}`);
  checkTempoJson('SearchTagValuesV2Response', answer);
  expect(answer.tagValues).toEqual(
    expect.arrayContaining(wanted.map(([type, value]) => ({ type, value }))),
  );
});

test.each(['duration', 'trace:id', 'nestedSetParent', 'span.never.sent', 'span.a/b c'])(
  'no values of %s',
  async (tag) => {
    const path = `/api/v2/search/tag/${encodeURIComponent(tag)}/values`;
    expect(await face.json(path)).toEqual({ tagValues: [], metrics: {} });
  },
);

test('a tag whose name holds a slash and a blank', async () => {
  for (const tag of [
    'span.odd%2Fname%20here',
    'span.odd/name%20here',
    'span.%22odd%2Fname%20here%22',
  ]) {
    const { tagValues } = await face.json(`/api/v2/search/tag/${tag}/values`);
    expect(tagValues).toEqual([{ type: 'string', value: 'yes' }]);
  }
});

test('values are filtered by what is typed so far, which may be anything', async () => {
  const path = '/api/v2/search/tag/resource.service.name/values';
  const values = async (q: string) =>
    (await face.json(`${path}?q=${encodeURIComponent(q)}`)).tagValues.map(
      ({ value }: { value: string }) => value,
    );
  expect(await values('{ status = error }')).toEqual(['payment']);
  expect(await values('{ status = error && resource.service.name = }')).toEqual(['payment']);
  for (const garbage of ['{', '} || \u0000', '{ .a = "', "'); drop table spans --"]) {
    expect((await values(garbage)).length).toBeGreaterThanOrEqual(4);
  }
});

test('a tag that is no field', async () => {
  const [status, body] = await face.refusal('/api/v2/search/tag/foo/values');
  expect(status).toBe(400);
  expect(body).toMatch(/^please provide a valid tagName: failed to parse identifier foo: /);
});

test('values of the first API', async () => {
  const values = async (tag: string) =>
    (await face.json(`/api/search/tag/${tag}/values`)).tagValues;
  expect(await values('service.name')).toEqual(expect.arrayContaining(['cart', 'payment']));
  expect(await values('status')).toContain('error');
  expect(await values('never%2Fsent')).toEqual([]);
});
