/** What the native metrics routes ask and how they answer; the numbers are query's. */
import { describe, expect, test } from 'vitest';
import { emptyQuery, partsWith } from '../../test/parts.ts';
import { buildServer } from '../server.ts';
import { defaultStepNs } from './metrics-routes.ts';

const rest = {
  complete: true,
  seriesFound: 1,
  sources: ['span_metrics'],
  sampling: 1,
  traceql: '{ } | rate()',
  took: { ms: 1, rowsRead: 2 },
} as const;
const labels = [{ name: 'name', value: { type: 'string', value: 'GET /' } }] as const;

test('a range is answered with samples, exemplars and what was counted', async () => {
  const asked: unknown[] = [];
  const query = {
    ...emptyQuery,
    seriesRange: async (...given: unknown[]) => {
      asked.push(given[1]);
      const exemplar = { traceId: 'a', spanId: 'b', timeNs: '5', value: 2, labels };
      const samples = [{ timeMs: 60_000, value: 1.5 }];
      return { ...rest, series: [{ labels, samples, exemplars: [exemplar] }] };
    },
  };
  const app = await buildServer(partsWith({ query }));
  const url = '/api/v1/metrics/query_range?q={}|rate()&from=0&to=3600000&exemplars=7&limit=3';
  const answer = await app.inject({ url, headers: { host: 'localhost' } });
  await app.close();
  const shown = [{ name: 'name', type: 'string', value: 'GET /' }];
  expect(answer.json()).toEqual({
    ...rest,
    stepNs: '15000000000',
    series: [
      {
        labels: shown,
        samples: [[60_000, 1.5]],
        exemplars: [{ traceId: 'a', spanId: 'b', timeNs: '5', value: 2, labels: shown }],
      },
    ],
  });
  expect(asked).toEqual([{ stepNs: 15_000_000_000n, exemplars: 7, seriesMax: 3 }]);
});

test('an instant is answered with one number', async () => {
  const seriesInstant = async () => ({ ...rest, series: [{ labels, value: 4 }] });
  const app = await buildServer(partsWith({ query: { ...emptyQuery, seriesInstant } }));
  const url = '/api/v1/metrics/query?q={}|rate()';
  const answer = await app.inject({ url, headers: { host: 'localhost' } });
  const wrong = await app.inject({ url: `${url}%20|%20topk(`, headers: { host: 'localhost' } });
  await app.close();
  expect(answer.json().series).toEqual([
    { labels: [{ name: 'name', type: 'string', value: 'GET /' }], value: 4 },
  ]);
  expect([wrong.statusCode, wrong.json().error.code]).toEqual([400, 'bad-traceql']);
});

describe('the step that is taken when none is asked for', () => {
  test.each([
    [60, 1],
    [3_600, 15],
    [4 * 3_600, 60],
    [86_400, 600],
    [30 * 86_400, 10_800 * 2],
    [365 * 86_400, 2 * 86_400],
  ])('for %d seconds is %d', (rangeS, stepS) => {
    const range = { fromNs: 0n, toNs: BigInt(rangeS) * 1_000_000_000n };
    expect(defaultStepNs(range)).toBe(BigInt(stepS) * 1_000_000_000n);
  });
});
