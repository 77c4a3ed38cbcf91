/** Every answer of Tempo's API as protobuf, for whoever accepts it, says what its JSON says. Read by another decoder. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { end, openTempo, start, type TempoFace } from './tempo-face.ts';

let face: TempoFace;
beforeAll(async () => {
  face = await openTempo();
});
afterAll(() => face.stored.close());

const range = `start=${start}&end=${end}`;
const rate = encodeURIComponent('{ } | count_over_time() by (resource.service.name)');

test.each([
  ['/api/v2/search/tags?scope=resource', 'SearchTagsV2Response'],
  ['/api/search/tags', 'SearchTagsResponse'],
  ['/api/v2/search/tag/span.attempt/values', 'SearchTagValuesV2Response'],
  ['/api/v2/search/tag/status/values', 'SearchTagValuesV2Response'],
  ['/api/search/tag/service.name/values', 'SearchTagValuesResponse'],
])('%s', async (path, message) => {
  expect(await face.proto(path, message)).toEqual(await face.json(path));
});

test('a search', async () => {
  const q = encodeURIComponent('{ status = error } | select(span.attempt)');
  const path = `/api/search?q=${q}&${range}`;
  const [bytes, json] = [await face.proto(path, 'SearchResponse'), await face.json(path)];
  const shown = ({ traces }: typeof json) =>
    traces.map((trace: typeof json) => ({
      ...trace,
      spanSet: trace.spanSet.spans.map(({ spanID }: { spanID: string }) => spanID),
      spanSets: trace.spanSets.map(({ matched }: { matched: number }) => matched),
    }));
  expect(bytes.traces.length).toBeGreaterThan(0);
  expect(shown(bytes)).toEqual(shown(json));
});

test.each([
  ['query_range', 'QueryRangeResponse'],
  ['query', 'QueryInstantResponse'],
])('metrics: %s', async (endpoint, message) => {
  const path = `/api/metrics/${endpoint}?q=${rate}&${range}`;
  const [bytes, json] = [await face.proto(path, message), await face.json(path)];
  expect(json.series.length).toBeGreaterThan(1);
  const services = ({ series }: typeof json) =>
    series.map(({ labels }: typeof json) => Object.values(labels[0].value)[0]);
  expect(services(bytes)).toContain('cart');
  expect(services(bytes).sort()).toEqual(services(json).sort());
});

test('what is refused is text all the same', async () => {
  const answer = await face.get('/api/search?q=%7B', { accept: 'application/protobuf' });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    400,
    'text/plain; charset=utf-8',
  ]);
});
