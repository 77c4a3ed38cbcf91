/** Tempo's metrics over a range and as one number, against the real engine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkoutId, end, openTempo, start, type TempoFace } from './tempo-face.ts';
import { checkTempoJson } from './tempo-schema.ts';

let face: TempoFace;
beforeAll(async () => {
  face = await openTempo();
});
afterAll(() => face.stored.close());

const metrics = (path: string, q: string, more = '') =>
  face.json(`/api/metrics/${path}?q=${encodeURIComponent(q)}&start=${start}&end=${end}${more}`);

test('over a range', async () => {
  const answer = await metrics(
    'query_range',
    '{ resource.service.name = "payment" } | count_over_time() by (status)',
    '&step=60s',
  );
  checkTempoJson('QueryRangeResponse', answer);
  const byStatus = Object.fromEntries(
    answer.series.map((one: { labels: { value: object }[]; samples: { value?: number }[] }) => [
      JSON.stringify(one.labels),
      one.samples.reduce((sum, { value = 0 }) => sum + value, 0),
    ]),
  );
  expect(byStatus).toEqual({
    '[{"key":"status","value":{"stringValue":"error"}}]': 1,
    '[{"key":"status","value":{"stringValue":"unset"}}]': 1,
  });
  const [one] = answer.series;
  expect(one.samples[0].timestampMs).toMatch(/^\d{13}$/);
  expect(one.exemplars[0].labels[0]).toEqual({
    key: 'trace:id',
    value: { stringValue: checkoutId },
  });
  expect(one.exemplars[0].value).toBeGreaterThan(0);
});

test('as one number each', async () => {
  const answer = await metrics('query', '{ } | max_over_time(duration) by (resource.service.name)');
  checkTempoJson('QueryInstantResponse', answer);
  expect(answer.series).toContainEqual({
    labels: [{ key: 'resource.service.name', value: { stringValue: 'payment' } }],
    value: 0.09,
  });
});

test.each([
  '{nestedSetParent<0 && true} | rate() by(resource.service.name)',
  '{nestedSetParent<0 && status=error} | rate()',
  '{nestedSetParent<0} | histogram_over_time(duration)',
  '{nestedSetParent<0} | quantile_over_time(duration, 0.5, 0.9)',
  '{nestedSetParent<0} | compare({status = error}, 10)',
  '{ } | rate() by (kind) | topk(2)',
  '({ status = error } | rate()) / ({ } | rate())',
])('answers what Traces Drilldown makes: %s', async (q) => {
  checkTempoJson('QueryRangeResponse', await metrics('query_range', q));
  checkTempoJson('QueryInstantResponse', await metrics('query', q));
});

test('quantiles and histograms have numbers for labels', async () => {
  const { series } = await metrics('query_range', '{ } | quantile_over_time(duration, .5)');
  expect(series[0].labels).toContainEqual({ key: 'p', value: { doubleValue: 0.5 } });
  const histogram = await metrics('query_range', '{ } | histogram_over_time(duration)');
  expect(histogram.series[0].labels.at(-1)).toEqual({
    key: '__bucket',
    value: { doubleValue: expect.any(Number) },
  });
});

test('can leave out exemplars and say that series are left out', async () => {
  const q = '{ } | rate() by (resource.service.name)';
  const answer = await metrics('query_range', q, '&exemplars=0&maxSeries=2');
  checkTempoJson('QueryRangeResponse', answer);
  expect(answer.series).toHaveLength(2);
  expect(answer.series[0].exemplars).toBeUndefined();
  expect(answer).toMatchObject({
    status: 'PARTIAL',
    message: expect.stringContaining('first 2'),
  });
  const all = await metrics('query_range', q, '&exemplars=4294967296&maxSeries=4294967296');
  expect(all.series.length).toBeGreaterThan(2);
  expect(all.status).toBeUndefined();
  const nothing = await metrics('query', '{ name = "none" } | rate() by (name)');
  expect(nothing.series).toEqual([]);
});

test.each([
  [`start=${start}000000000&end=${end}000000000`],
  [`start=${start}.25&end=${end}.5`],
  [`start=${new Date(start * 1000).toISOString()}&end=${new Date(end * 1000).toISOString()}`],
  ['since=1h'],
  ['since=1h&start=1&end=2'],
  [''],
])('takes the time as %s', async (range) => {
  const q = encodeURIComponent('{ resource.service.name = "db" } | count_over_time()');
  const { series } = await face.json(`/api/metrics/query?query=${q}&${range}`);
  expect(series[0].value).toBe(1);
});

const rate = 'q=%7B%7D%7Crate()';
test.each([
  ['query_range', 'q=%7B%7D', 'not a metrics query'],
  ['query', 'q=%7B%7D', 'not a metrics query'],
  ['query_range', 'q=%7B', /^parse error at line 1, col 2: .*\n {2}\{\n {3}\^$/],
  ['query_range', `${rate}&start=5`, /^only one of start and end provided/],
  ['query_range', `${rate}&start=10&end=5`, 'end must be greater than start'],
  [
    'query_range',
    `${rate}&start=1000000&end=2000000`,
    'metrics query time range exceeds the maximum allowed duration of 168h0m0s',
  ],
  [
    'query_range',
    `${rate}&start=1000&end=1060&step=1ms`,
    'step of 1ms is too small, minimum step for given range is 6ms',
  ],
  ['query_range', `${rate}&step=abc`, 'invalid step: cannot parse "abc" to a valid duration'],
  ['query_range', `${rate}&start=abc&end=5`, /^invalid start: cannot parse "abc"/],
])('%s refuses %s', async (path, asked, words) => {
  const [status, body] = await face.refusal(`/api/metrics/${path}?${asked}`);
  expect(status).toBe(400);
  if (typeof words === 'string') expect(body).toBe(words);
  else expect(body).toMatch(words);
});
