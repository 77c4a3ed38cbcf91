/** Jaeger's query API over stored spans: both generations, against the real engine. */
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { openStored, type Stored } from './stored.ts';

const nowMs = Date.now();
const baseNs = BigInt(Math.floor((nowMs - 90_000) / 60_000) * 60_000) * 1_000_000n;
const startUs = Number(baseNs / 1000n);

let stored: Stored;
let checkoutId: string;
let warehouseId: string;
beforeAll(async () => {
  stored = await openStored();
  stored.accept(encodeTraces(checkoutTraces(baseNs)));
  await stored.load();
  const { traces } = (await stored.get('/api/v1/search')).json();
  [warehouseId, checkoutId] = traces.map(({ traceId }: { traceId: string }) => traceId);
});
afterAll(() => stored.close());

async function ask(url: string) {
  const answer = await stored.get(url);
  expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, '']);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  return answer.json();
}

async function refusal(url: string) {
  const answer = await stored.get(url);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  const { errors, ...rest } = answer.json();
  expect(rest).toEqual({ data: null, total: 0, limit: 0, offset: 0 });
  expect(errors[0].code).toBe(answer.statusCode);
  return errors[0];
}

const listed = { limit: 0, offset: 0, errors: null };

describe('the older API', () => {
  test('lists services and operations', async () => {
    const data = ['cart', 'db', 'frontend', 'payment', 'warehouse'];
    expect(await ask('/api/services')).toEqual({ data, total: 5, ...listed });
    const names = { data: ['GET /checkout', 'publish order'], total: 2, ...listed };
    expect(await ask('/api/services/frontend/operations')).toEqual(names);
    const ofKind = { data: [{ name: 'publish order', spanKind: 'producer' }], total: 1, ...listed };
    expect(await ask('/api/operations?service=frontend&spanKind=producer')).toEqual(ofKind);
    expect(await refusal('/api/operations')).toEqual({
      code: 400,
      msg: "parameter 'service' is required",
    });
  });

  test('counts dependencies, of all services or of one', async () => {
    const { data } = await ask('/api/dependencies?lookback=3600000');
    expect(data).toEqual([
      { parent: 'frontend', child: 'payment', callCount: 2 },
      { parent: 'cart', child: 'db', callCount: 1 },
      { parent: 'frontend', child: 'cart', callCount: 1 },
    ]);
    const ofDb = await ask(`/api/dependencies?endTs=${nowMs}&lookback=3600000&service=db`);
    expect(ofDb.data).toHaveLength(1);
    expect((await refusal('/api/dependencies?endTs=now')).msg).toBe(
      'unable to parse param \'endTs\': strconv.ParseInt: parsing "now": invalid syntax',
    );
  });

  test('gives a trace', async () => {
    const answer = await ask(`/api/traces/${checkoutId.toUpperCase()}`);
    expect(answer).toMatchObject({ total: 0, ...listed });
    const [trace] = answer.data;
    expect(Object.keys(trace)).toEqual(['traceID', 'spans', 'processes', 'warnings']);
    expect(trace.spans).toHaveLength(6);
    const [root, cart] = trace.spans;
    expect(root).toMatchObject({
      operationName: 'GET /checkout',
      references: [],
      startTime: startUs,
      duration: 300_000,
      warnings: null,
    });
    expect(cart.references).toEqual([
      { refType: 'CHILD_OF', traceID: trace.traceID, spanID: root.spanID },
    ]);
    expect(trace.processes[root.processID]).toMatchObject({ serviceName: 'frontend' });
    const failed = trace.spans.find(({ logs }: { logs: unknown[] }) => logs.length > 0);
    expect(failed.tags).toContainEqual({ key: 'error', type: 'bool', value: true });
    expect(failed.logs).toEqual([
      {
        timestamp: startUs + 165_000,
        fields: [
          { key: 'event', type: 'string', value: 'exception' },
          { key: 'exception.message', type: 'string', value: 'issuer' },
          { key: 'exception.type', type: 'string', value: 'TimeoutError' },
        ],
      },
    ]);
    expect(await refusal('/api/traces/ffff')).toEqual({ code: 404, msg: 'trace not found' });
    expect((await refusal('/api/traces/xyz')).code).toBe(400);
  });

  test('gives traces by their ids and says which are missing', async () => {
    const ids = [warehouseId, 'ffff', checkoutId, checkoutId].map((id) => `traceID=${id}`);
    const { data, errors } = await ask(`/api/traces?${ids.join('&')}`);
    expect(data.map(({ spans }: { spans: unknown[] }) => spans.length)).toEqual([1, 6]);
    expect(errors).toEqual([{ msg: 'trace not found', traceID: '000000000000ffff' }]);
    expect(data[0].spans[0].references[0]).toMatchObject({
      refType: 'FOLLOWS_FROM',
      traceID: data[1].traceID,
    });
  });

  test.each([
    ['service=frontend', 1],
    ['service=payment&operation=POST+/charge&limit=20', 1],
    ['service=payment&operation=none', 0],
    ['service=payment&tags={"error":"true"}', 1],
    ['service=payment&tags={"http.response.status_code":"504","attempt":"1"}', 1],
    ['service=payment&tags={"http.response.status_code":"504","attempt":"2"}', 0],
    ['service=payment&tags=http.response.status_code%3D504 error', 1],
    ['service=payment&tag=exception.type:TimeoutError', 1],
    ['service=cart&tag=error:true', 0],
    ['service=db&tag=span.kind:client', 1],
    ['service=db&tag=span.kind:server', 0],
    ['service=payment&tag=otel.status_code:ERROR', 1],
    ['service=frontend&minDuration=300ms', 1],
    ['service=frontend&minDuration=301ms', 0],
    ['service=frontend&maxDuration=10ms', 1],
    [`service=frontend&start=${startUs}&end=${startUs}`, 1],
    [`service=frontend&start=${startUs - 10}&end=${startUs - 1}`, 0],
    ['service=frontend&lookback=1s', 0],
    ["service=' or 1=1 --", 0],
  ])('finds by %s', async (parameters, count) => {
    const { data } = await ask(`/api/traces?${encodeURI(parameters).replaceAll('%25', '%')}`);
    expect(data).toHaveLength(count);
  });

  test.each([
    ['', "parameter 'service' is required"],
    ['service=a&tag=x', "malformed 'tag' parameter, expecting key:value, received: x"],
    ['service=a&minDuration=5', 'missing unit in duration "5"'],
    ['service=a&minDuration=abc', 'invalid duration "abc"'],
    ['service=a&minDuration=2s&maxDuration=1s', "should be greater than 'minDuration'"],
    ['service=a&limit=x', "unable to parse param 'limit'"],
    ['service=a&tags={"a"', "malformed 'tags' parameter, cannot unmarshal JSON"],
    ['service=a&start=2&end=1', 'the time range'],
    ['traceID=xyz', 'cannot parse traceID param'],
  ])('refuses %s', async (parameters, words) => {
    const { code, msg } = await refusal(`/api/traces?${parameters}`);
    expect(code).toBe(400);
    expect(msg).toContain(words);
  });

  test('archives by pinning, and refuses other writes and unknown paths', async () => {
    const post = (url: string, origin?: string) =>
      stored.app.inject({
        method: 'POST',
        url,
        headers: { host: 'localhost', ...(origin && { origin }) },
      });
    const archived = await post(`/api/archive/${checkoutId}`);
    expect(archived.json()).toMatchObject({ data: [], errors: null });
    const pins = { text: 'select lower(hex(trace_id)) as id from pins final', params: {} };
    const { rows } = await stored.engine.rows(pins, { secondsMax: 10, rowsMax: 10 });
    expect(rows).toEqual([{ id: checkoutId }]);
    expect((await post(`/api/archive/${'f'.repeat(32)}`)).statusCode).toBe(404);
    expect((await post('/api/archive/zz')).statusCode).toBe(400);
    expect((await post(`/api/archive/${checkoutId}`, 'https://evil.test')).statusCode).toBe(403);
    expect((await post('/api/services')).statusCode).toBe(405);
    expect((await stored.get('/api/nothing', { accept: 'text/html' })).statusCode).toBe(404);
  });
});

describe('the Monitor tab', () => {
  const get = (path: string) => ask(`/api/metrics/${path}&service=payment&step=60000`);

  test('has call rates, error rates and latencies', async () => {
    const calls = await get('calls?ratePer=600000');
    expect(calls).toMatchObject({ name: 'service_call_rate', type: 'GAUGE' });
    expect(calls.metrics).toHaveLength(1);
    const { labels, metricPoints } = calls.metrics[0];
    expect(labels).toEqual([{ name: 'service_name', value: 'payment' }]);
    expect(metricPoints.length).toBeGreaterThanOrEqual(60);
    expect(metricPoints.at(-1).gaugeValue).toEqual({ doubleValue: 2 / 600 });
    expect(metricPoints.at(-1).timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

    const errors = await get('errors?groupByOperation=true');
    expect(errors.name).toBe('service_operation_error_rate');
    expect(errors.metrics[0].labels[0]).toEqual({ name: 'operation', value: 'POST /charge' });
    expect(errors.metrics[0].metricPoints.at(-1).gaugeValue.doubleValue).toBe(0.5);

    const latencies = await get('latencies?quantile=0.95');
    const points = latencies.metrics[0].metricPoints;
    expect(points.at(-1).gaugeValue.doubleValue).toBeCloseTo(90, -1);
    expect(points[0].gaugeValue.doubleValue).toBe('NaN');
  });

  test('of kinds and services without spans is empty', async () => {
    expect((await get('calls?spanKind=client')).metrics).toEqual([]);
    expect((await ask('/api/metrics/minstep')).data).toBe(60_000);
  });

  test.each([
    ['calls?', 'at least one service'],
    ['latencies?service=a', "param 'quantile'"],
    ['calls?service=a&spanKind=x', "unsupported span kind: 'x'"],
    ['calls?service=a&step=x', "param 'step'"],
    ['calls?service=a&lookback=0', "param 'lookback'"],
  ])('refuses %s', async (path, words) => {
    const { code, msg } = await refusal(`/api/metrics/${path}`);
    expect([code, msg]).toEqual([400, expect.stringContaining(words)]);
  });
});

describe('v3', () => {
  const when = `query.startTimeMin=${new Date(nowMs - 3_600_000).toISOString()}&query.startTimeMax=${new Date(nowMs).toISOString()}`;
  const v3Refusal = async (url: string) => {
    const answer = await stored.get(url);
    const { error } = answer.json();
    expect(error.httpCode).toBe(answer.statusCode);
    return error;
  };

  test('lists services and operations', async () => {
    const { services } = await ask('/api/v3/services');
    expect(services).toHaveLength(5);
    expect(await ask('/api/v3/operations?service=db')).toEqual({
      operations: [{ name: 'SELECT items', spanKind: 'client' }],
    });
    expect((await v3Refusal('/api/v3/operations')).httpCode).toBe(400);
  });

  test('summarises what a search finds', async () => {
    const { summaries } = await ask(`/api/v3/trace-summaries?${when}`);
    expect(summaries).toHaveLength(2);
    expect(summaries[1]).toEqual({
      traceId: checkoutId,
      rootServiceName: 'frontend',
      rootOperationName: 'GET /checkout',
      minStartTimeUnixNano: String(baseNs),
      maxEndTimeUnixNano: String(baseNs + 300_000_000n),
      spanCount: 6,
      errorSpanCount: 1,
      services: expect.arrayContaining([{ name: 'payment', spanCount: 2, errorSpanCount: 1 }]),
    });
    const search = (more: string) =>
      ask(`/api/v3/trace-summaries?${when}&${more}`).then((answer) => answer.summaries.length);
    expect(await search('query.serviceName=payment&query.attributes={"error":"true"}')).toBe(1);
    expect(await search('query.service_name=payment&query.durationMin=1s')).toBe(0);
    expect(await search('query.searchDepth=1')).toBe(1);
  });

  test('gives traces as OTLP/JSON', async () => {
    const { result } = await ask(`/api/v3/traces/${checkoutId}`);
    const spans = result.resourceSpans.flatMap((each: { scopeSpans: { spans: object[] }[] }) =>
      each.scopeSpans.flatMap((scope) => scope.spans),
    );
    expect(spans).toHaveLength(6);
    expect(spans[0]).toMatchObject({ traceId: checkoutId, kind: 2 });
    const found = await ask(`/api/v3/traces?${when}&query.serviceName=warehouse`);
    expect(found.result.resourceSpans).toHaveLength(1);
  });

  test.each([
    ['/api/v3/traces/ffff', 404, 'No traces found'],
    [`/api/v3/traces?${when}&query.serviceName=nobody`, 404, 'No traces found'],
    ['/api/v3/traces/xyz', 400, 'cannot parse traceID'],
    ['/api/v3/trace-summaries', 400, 'query.startTimeMin is required'],
    ['/api/v3/trace-summaries?query.startTimeMin=1&query.startTimeMax=2', 400, 'malformed'],
    [`/api/v3/trace-summaries?${when}&query.attributes=[]`, 400, 'found no object'],
    [`/api/v3/trace-summaries?${when}&query.searchDepth=-1`, 400, 'query.searchDepth'],
  ])('refuses %s', async (url, status, words) => {
    const { httpCode, message } = await v3Refusal(url);
    expect([httpCode, message]).toEqual([status, expect.stringContaining(words)]);
  });
});
