/** Prometheus' HTTP API over stored spans, as Grafana asks it, against the real engine. */
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNotation } from '../../testkit/src/notation.ts';
import { tracesOf } from '../../testkit/src/notation-otlp.ts';
import { openStored, type Stored } from './stored.ts';

/** 2100-01-01T12:00:00Z. */
const baseMs = 4_102_488_000_000;
const nowMs = baseMs + 600_000;

/** Ten minutes; every minute three checkouts, of which the third fails in payment. */
const shop = Array.from({ length: 30 }, (_, at) => {
  const start = at * 20_000 + 1_000;
  const error = at % 3 === 2 ? '  error' : '';
  return [
    `t${at + 1}  web      GET /checkout  ${start}ms 900ms  server`,
    `        web      pay            ${start + 100}ms 500ms  client`,
    `          payment  POST /pay    ${start + 150}ms 400ms  server${error}`,
    `            payment  insert     ${start + 200}ms 20ms  client  db.system=postgresql`,
  ].join('\n');
}).join('\n');

let stored: Stored;
beforeAll(async () => {
  stored = await openStored({ nowMs: () => nowMs });
  stored.accept(encodeTraces(tracesOf(parseNotation(shop), BigInt(baseMs) * 1_000_000n)));
  await stored.load();
});
afterAll(() => stored.close());

type Found = {
  resultType: string;
  result: {
    metric: Record<string, string>;
    value?: [number, string];
    values?: [number, string][];
  }[];
};

async function ask(path: string, given: Record<string, string>): Promise<Found> {
  const answer = await stored.get(`/prometheus/api/v1${path}?${new URLSearchParams(given)}`);
  expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, '']);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const { status, data } = answer.json();
  expect(status).toBe('success');
  return data;
}

async function instant(query: string) {
  const { resultType, result } = await ask('/query', { query });
  expect(resultType).toBe('vector');
  return result
    .map(({ metric, value }) => {
      const labels = Object.entries(metric).sort();
      return `${labels.map(([name, text]) => `${name}=${text}`).join(' ')} ${Number(value![1])}`;
    })
    .sort();
}

async function refusal(path: string) {
  const answer = await stored.get(`/prometheus/api/v1${path}`);
  const { status, errorType, error } = answer.json();
  expect(status).toBe('error');
  return [answer.statusCode, errorType, error];
}

describe("Grafana's service graph", () => {
  test('rates of calls, failures and durations', async () => {
    const over = async (metric: string) =>
      instant(`sum by (client, server)(rate(${metric}[600s]))`);
    expect(await over('traces_service_graph_request_total')).toEqual([
      'client=payment server=postgresql 0.05',
      'client=user server=web 0.05',
      'client=web server=payment 0.05',
    ]);
    expect(await over('traces_service_graph_request_failed_total')).toEqual([
      `client=web server=payment ${10 / 600}`,
    ]);
    expect(await over('traces_service_graph_request_server_seconds_sum')).toEqual([
      expect.stringMatching(/^client=payment server=postgresql 0.00/),
      expect.stringMatching(/^client=user server=web 0.045/),
      expect.stringMatching(/^client=web server=payment 0.02/),
    ]);
  });

  test('kinds of connections', async () => {
    const query = 'group by (client, connection_type, server)(traces_service_graph_request_total)';
    expect(await instant(query)).toEqual([
      'client=payment connection_type=database server=postgresql 1',
      'client=user connection_type=virtual_node server=web 1',
      'client=web server=payment 1',
    ]);
  });

  test('quantiles of one edge', async () => {
    const query =
      'histogram_quantile(.9, sum(rate(traces_service_graph_request_server_seconds_bucket{client="web"}[10m])) by (le, client, server))';
    const [line] = await instant(query);
    const value = Number(line!.split(' ').at(-1));
    expect(value).toBeGreaterThan(0.4 / 1.42);
    expect(value).toBeLessThan(0.4 * 1.42);
  });
});

describe("Grafana's table of span metrics", () => {
  test('rate, errors and duration by name', async () => {
    const calls = 'traces_spanmetrics_calls_total';
    expect(
      await instant(
        `topk(5, sum(rate(${calls}{span_kind="SPAN_KIND_SERVER"}[600s])) by (span_name))`,
      ),
    ).toEqual(['span_name=GET /checkout 0.05', 'span_name=POST /pay 0.05']);
    expect(
      await instant(
        `sum(rate(${calls}{status_code="STATUS_CODE_ERROR",span_name=~"POST.*|x"}[600s])) by (span_name)`,
      ),
    ).toEqual([`span_name=POST /pay ${10 / 600}`]);
    expect(
      await instant(
        'histogram_quantile(.9, sum(rate(traces_spanmetrics_latency_bucket{span_name="insert"}[600s])) by (le)) > bool 0.015',
      ),
    ).toEqual([' 1']);
  });

  test('over a range, by GET and by POST', async () => {
    const given = {
      query: 'sum by (service) (increase(traces_spanmetrics_calls_total[2m]))',
      start: String(baseMs / 1000),
      end: String(baseMs / 1000 + 600),
      step: '2m',
    };
    const { resultType, result } = await ask('/query_range', given);
    expect(resultType).toBe('matrix');
    const start = baseMs / 1000;
    const counts = [0, 12, 12, 12, 12, 12].map((n, at) => [start + at * 120, String(n)]);
    expect(result.find(({ metric }) => metric['service'] === 'web')).toEqual({
      metric: { service: 'web' },
      values: counts,
    });
    const posted = await stored.app.inject({
      method: 'POST',
      url: '/prometheus/api/v1/query_range',
      headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(given).toString(),
    });
    expect(posted.json().data.result).toEqual(result);
  });

  test('counters grow within a range', async () => {
    const { result } = await ask('/query_range', {
      query: 'sum(traces_spanmetrics_calls_total)',
      start: String(baseMs / 1000),
      end: String(baseMs / 1000 + 600),
      step: '120',
    });
    expect(result[0]!.values!.map(([, value]) => Number(value))).toEqual([24, 48, 72, 96, 120]);
  });

  test('the minute that is not over counts as far as it has come', async () => {
    const time = String(baseMs / 1000 + 90);
    const { result } = await ask('/query', {
      query: 'sum(increase(traces_spanmetrics_calls_total[1m]))',
      time,
    });
    // Of a past minute all is known.
    expect(Number(result[0]!.value![1])).toBe(12);
  });
});

describe('lists', () => {
  const list = async (path: string, given: Record<string, string> = {}) =>
    (await ask(path, {
      start: String(baseMs / 1000),
      end: String(nowMs / 1000),
      ...given,
    })) as never;

  test('labels and their values', async () => {
    expect(await list('/labels', { 'match[]': 'traces_service_graph_request_total' })).toEqual([
      '__name__',
      'client',
      'connection_type',
      'server',
    ]);
    expect(await list('/label/service/values')).toEqual(['payment', 'web']);
    expect(
      await list('/label/span_name/values', {
        'match[]': 'traces_spanmetrics_calls_total{service="payment"}',
      }),
    ).toEqual(['POST /pay', 'insert']);
    expect(await list('/label/span_kind/values')).toEqual(['SPAN_KIND_CLIENT', 'SPAN_KIND_SERVER']);
    expect(await list('/label/server/values')).toEqual(['payment', 'postgresql', 'web']);
    expect(await list('/label/__name__/values')).toContain('traces_spanmetrics_latency_bucket');
    expect(await list('/label/job/values')).toEqual([]);
  });

  test('series', async () => {
    const series = await list('/series', {
      'match[]': '{__name__=~"traces_service_graph.*", server="payment"}',
    });
    expect(series).toContainEqual({
      __name__: 'traces_service_graph_request_failed_total',
      client: 'web',
      server: 'payment',
    });
    expect((await refusal('/series'))[2]).toBe('no match[] parameter provided');
  });

  test('what a data source asks when it is saved', async () => {
    expect(await ask('/query', { query: '1+1' })).toEqual({
      resultType: 'scalar',
      result: [nowMs / 1000, '2'],
    });
    expect(await ask('/status/buildinfo', {})).toMatchObject({ version: '2.55.0' });
    expect(await ask('/metadata', { metric: 'traces_spanmetrics_latency' })).toEqual({
      traces_spanmetrics_latency: [{ type: 'histogram', help: 'Duration of spans', unit: '' }],
    });
    expect(await ask('/rules', {})).toEqual({ groups: [] });
  });
});

describe('refusals', () => {
  const range = '/query_range?query=1&start=0&end=10';

  test.each([
    ['/query?query=sum(', 400, 'bad_data', '1:5: parse error: unexpected end of input'],
    ['/query?query=deriv(a[5m])', 400, 'bad_data', 'deriv() of a range is not supported'],
    ['/query?query=a%7Bb%3D~%22(%22%7D', 400, 'bad_data', 'error parsing regexp'],
    ['/query?query=1&time=yesterday', 400, 'bad_data', 'invalid parameter "time"'],
    [`${range}`, 400, 'bad_data', 'invalid parameter "step"'],
    [`${range}&step=0`, 400, 'bad_data', 'zero or negative'],
    [`${range}&step=0.0001`, 400, 'bad_data', 'zero or negative'],
    ['/query_range?query=1&start=0&end=100000&step=1', 400, 'bad_data', 'maximum resolution'],
    ['/query_range?query=1&start=9&end=1&step=1', 400, 'bad_data', 'must not be before'],
    ['/nothing', 404, 'not_found', 'there is nothing at'],
  ])('%s', async (path, status, errorType, error) => {
    expect(await refusal(path)).toEqual([status, errorType, expect.stringContaining(error)]);
  });

  test('of an unknown label match nothing, of a missing one everything', async () => {
    expect(await instant('traces_spanmetrics_calls_total{job="x"}')).toEqual([]);
    expect(await instant('sum(traces_spanmetrics_calls_total{job=""})')).toEqual([' 120']);
  });
});

test('exemplars of the series that an expression selects', async () => {
  const rate = (selector: string) => `sum by (le) (rate(${selector}[5m]))`;
  const of = async (query: string) =>
    (await ask('/query_exemplars', { query, start: `${baseMs / 1000}` })) as unknown as {
      seriesLabels: Record<string, string>;
      exemplars: { labels: Record<string, string>; value: string; timestamp: number }[];
    }[];
  const latency = 'traces_spanmetrics_latency_bucket';
  const found = await of(
    rate(`${latency}{service="payment",span_name=~"POST.*",status_code="STATUS_CODE_ERROR"}`),
  );
  expect(found.map(({ seriesLabels }) => seriesLabels)).toEqual([
    {
      __name__: latency,
      service: 'payment',
      span_name: 'POST /pay',
      span_kind: 'SPAN_KIND_SERVER',
      status_code: 'STATUS_CODE_ERROR',
      le: expect.any(String),
    },
  ]);
  const [one] = found[0]!.exemplars;
  expect(one!.labels['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  expect(one!.labels['span_id']).toMatch(/^[0-9a-f]{16}$/);
  expect(Number(one!.value)).toBeCloseTo(0.4);
  expect(one!.timestamp * 1000).toBeGreaterThan(baseMs);
  expect(await of(`${latency}{service="no\\"body\\" || true"}`)).toEqual([]);
  expect(await of('traces_service_graph_request_total')).toEqual([]);
});

test('the scrape page is OpenMetrics with exemplars', async () => {
  const answer = await stored.get('/prometheus/scrape');
  expect(answer.headers['content-type']).toBe(
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  );
  const lines = answer.body.split('\n');
  const pay =
    'service="payment",span_name="POST /pay",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_ERROR"';
  expect(lines).toContain(`traces_spanmetrics_calls_total{${pay}} 10`);
  expect(lines).toContain(`traces_spanmetrics_latency_count{${pay}} 10`);
  expect(lines).toContain(`traces_spanmetrics_latency_bucket{${pay},le="+Inf"} 10`);
  expect(lines).toContain('traces_spanmetrics_left_out 0');
  expect(lines.at(-2)).toBe('# EOF');
  const exemplar = lines.find((line) => line.includes(' # {trace_id="'));
  const [, traceId] = /trace_id="([0-9a-f]{32})",span_id="[0-9a-f]{16}"} 0\.\d+ \d+/.exec(
    exemplar!,
  )!;
  expect((await stored.get(`/api/v1/traces/${traceId}`)).statusCode).toBe(200);
});
