/** Zipkin's query API over stored spans, against the real engine. */
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { openStored, type Stored } from './stored.ts';

const nowMs = Date.now();
const startMs = nowMs - 60_000;
const baseNs = BigInt(startMs) * 1_000_000n;

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

const get = (path: string) => stored.get(`/zipkin/api/v2/${path}`);

async function ask(path: string) {
  const answer = await get(path);
  expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, '']);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  return answer.json();
}

async function refusal(path: string) {
  const answer = await get(path);
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  return [answer.statusCode, answer.body];
}

describe('lists', () => {
  test('services, spans and remote services, in lower case and in order', async () => {
    const services = await get('services');
    expect(services.json()).toEqual(['cart', 'db', 'frontend', 'payment', 'warehouse']);
    expect(services.headers['cache-control']).toBe('max-age=300, must-revalidate');
    expect(await ask('spans?serviceName=FrontEnd')).toEqual(['get /checkout', 'publish order']);
    expect(await ask('remoteServices?serviceName=db')).toEqual(['postgresql']);
    expect(await ask('remoteServices?serviceName=cart')).toEqual([]);
    expect(await ask('spans?serviceName=nobody')).toEqual([]);
    expect(await refusal('spans')).toEqual([400, 'parameter serviceName is required']);
  });

  test('dependencies, with errors where there are some', async () => {
    expect(await ask(`dependencies?endTs=${nowMs}`)).toEqual([
      { parent: 'frontend', child: 'payment', callCount: 2, errorCount: 1 },
      { parent: 'cart', child: 'db', callCount: 1 },
      { parent: 'frontend', child: 'cart', callCount: 1 },
    ]);
    expect(await ask(`dependencies?endTs=${startMs - 1}&lookback=1000`)).toEqual([]);
    expect(await refusal('dependencies')).toEqual([400, 'parameter endTs is required']);
  });

  test('keys and values to complete', async () => {
    const keys = await ask('autocompleteKeys');
    expect(keys).toContain('deployment.environment.name');
    expect(keys).not.toContain('service.name');
    const values = await ask('autocompleteValues?key=http.response.status_code');
    expect(values).toEqual(['200', '504']);
    expect(await ask('autocompleteValues?key=http')).toEqual([]);
    expect((await refusal('autocompleteValues'))[0]).toBe(400);
  });

  test('what Zipkin Lens reads at start', async () => {
    const config = (await stored.get('/zipkin/config.json')).json();
    expect(config).toMatchObject({ queryLimit: 10, searchEnabled: true });
  });
});

describe('traces', () => {
  test('one by its id', async () => {
    const spans = await ask(`trace/${checkoutId.toUpperCase()}`);
    expect(spans).toHaveLength(6);
    expect(spans[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      kind: 'SERVER',
      name: 'get /checkout',
      timestamp: startMs * 1000,
      duration: 300_000,
      localEndpoint: { serviceName: 'frontend' },
      tags: {
        'http.request.method': 'GET',
        'http.response.status_code': '200',
        'deployment.environment.name': 'prod',
      },
    });
    expect(spans[0]).not.toHaveProperty('parentId');
    const failed = spans.find(({ annotations }: { annotations?: object[] }) => annotations);
    expect(failed).toMatchObject({
      parentId: spans[0].id,
      tags: { error: 'card issuer timed out', 'otel.status_code': 'ERROR' },
      annotations: [
        {
          timestamp: startMs * 1000 + 165_000,
          value: '"exception":{"exception.message":"issuer","exception.type":"TimeoutError"}',
        },
      ],
    });
    const db = spans.find(({ kind }: { kind: string }) => kind === 'CLIENT');
    expect(db.remoteEndpoint).toEqual({ serviceName: 'postgresql' });
  });

  test('many by their ids; those that are unknown are left out', async () => {
    const traces = await ask(`traceMany?traceIds=${checkoutId},ffff,${warehouseId}`);
    expect(traces.map((spans: object[]) => spans.length)).toEqual([6, 1]);
  });

  test.each([
    ['', 2],
    ['serviceName=frontend', 1],
    ['serviceName=FRONTEND&spanName=get%20/checkout', 1],
    ['serviceName=frontend&spanName=all', 1],
    ['serviceName=front.nd', 0],
    ['remoteServiceName=postgresql', 1],
    ['remoteServiceName=mysql', 0],
    ['annotationQuery=error', 1],
    ['annotationQuery=exception', 1],
    ['annotationQuery=express', 1],
    ['annotationQuery=http.response.status_code=504 and attempt=1', 1],
    ['annotationQuery=error=card issuer timed out', 1],
    ['annotationQuery=error=true', 0],
    ['annotationQuery=otel.status_code=ERROR', 1],
    // A later value of a key replaces the earlier; other terms may be met by different spans of the service.
    ['annotationQuery=attempt=1 and attempt=2', 1],
    ['annotationQuery=http.response.status_code=504 and user.id=ann', 1],
    ['serviceName=payment&annotationQuery=attempt=1 and amount', 1],
    ['serviceName=payment&annotationQuery=attempt=1 and user.id=ann', 0],
    ['serviceName=payment&annotationQuery=amount&minDuration=85000', 1],
    ['serviceName=frontend&spanName=publish order&annotationQuery=user.id=ann', 1],
    ['annotationQuery=none', 0],
    ['minDuration=300000', 1],
    ['minDuration=300001', 0],
    ['minDuration=1&maxDuration=30000', 1],
    ['limit=1', 1],
    [`endTs=${startMs}`, 1],
    [`endTs=${startMs - 1}`, 0],
    ['lookback=1000', 0],
    ["serviceName=' or 1=1", 0],
  ])('found by %s', async (parameters, count) => {
    expect(await ask(`traces?${encodeURI(parameters).replaceAll('%25', '%')}`)).toHaveLength(count);
  });

  test.each([
    ['traces?endTs=0', 400, 'endTs <= 0'],
    ['traces?limit=-1', 400, 'limit <= 0'],
    ['traces?lookback=0', 400, 'lookback <= 0'],
    ['traces?minDuration=0', 400, 'minDuration <= 0'],
    ['traces?maxDuration=5', 400, 'maxDuration is only valid with minDuration'],
    ['traces?minDuration=6&maxDuration=5', 400, 'maxDuration < minDuration'],
    ['traces?limit=x', 400, 'limit: found "x", wanted a number'],
    ['trace/ffff', 404, 'ffff not found'],
    ['trace/xyz', 400, 'xyz should be lower-hex encoded with no prefix'],
    [`trace/${'f'.repeat(33)}`, 400, 'traceId.length > 32'],
    ['traceMany?traceIds=', 400, 'traceIds parameter is empty'],
    ['traceMany?traceIds=a,0a', 400, 'redundant traceId: 0a'],
    [
      'traceMany?traceIds=a',
      400,
      'Use /api/v2/trace/{traceId} endpoint to retrieve a single trace',
    ],
    ['nothing', 404, 'there is nothing at /zipkin/api/v2/nothing'],
  ])('%s is refused', async (path, status, words) => {
    expect(await refusal(path)).toEqual([status, words]);
  });
});

test('spans that wait are read by id', async () => {
  const later = await openStored();
  later.accept(encodeTraces(checkoutTraces(baseNs)));
  expect((await later.get(`/zipkin/api/v2/trace/${checkoutId}`)).json()).toHaveLength(6);
  expect((await later.get(`/api/traces/${checkoutId}`)).json().data).toHaveLength(1);
  await later.close();
});
