/** The native API's lists and searches over stored spans, against the real engine and against their schemas. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  attributesAnswer,
  explainAnswer,
  operationsAnswer,
  searchAnswer,
  servicesAnswer,
  statusAnswer,
} from '../src/native/answers.ts';
import { checkoutId, type NativeFace, nowMs, openNative, warehouseId } from './native-face.ts';

let face: NativeFace;
beforeAll(async () => {
  face = await openNative();
});
afterAll(() => face.stored.close());

describe('what there is', () => {
  test('services have counts and colours of their own', async () => {
    const { services } = await face.ask('/api/v1/services', servicesAnswer);
    expect(services.map(({ name }) => name).sort()).toEqual([
      'cart',
      'db',
      'frontend',
      'payment',
      'warehouse',
    ]);
    expect(new Set(services.map(({ look }) => look)).size).toBe(5);
    expect(services.find(({ name }) => name === 'payment')).toMatchObject({ spans: 2, errors: 1 });
    const before = await face.ask('/api/v1/services?from=now-3h&to=now-2h', servicesAnswer);
    expect(before.services).toEqual([]);
  });

  test('operations of a service', async () => {
    const { operations } = await face.ask('/api/v1/services/payment/operations', operationsAnswer);
    expect(operations).toMatchObject([{ name: 'POST /charge', kind: 'server', spans: 2 }]);
    expect(await face.ask('/api/v1/services/a%2Fb/operations', operationsAnswer)).toEqual({
      operations: [],
    });
  });

  test('attributes by scope and prefix', async () => {
    const url = '/api/v1/attributes?scope=span&prefix=http.&limit=10';
    const { attributes } = await face.ask(url, attributesAnswer);
    expect(attributes.map(({ key, type }) => `${key} ${type}`).sort()).toEqual([
      'http.request.method string',
      'http.response.status_code int',
    ]);
  });

  test('status names the newest trace', async () => {
    const status = await face.ask('/api/v1/status', statusAnswer);
    expect(status).toMatchObject({ engine: 'ready', hotWindowMs: 86_400_000 });
    expect(status.latest).toMatchObject({ traceId: warehouseId, service: 'warehouse' });
  });
});

describe('search', () => {
  const search = (parameters: string) => face.ask(`/api/v1/search?${parameters}`, searchAnswer);

  test('lists traces, newest first, as TraceQL too', async () => {
    const { traces, complete, cursor, traceql } = await search('from=now-1h');
    expect(traces!.map(({ traceId }) => traceId)).toEqual([warehouseId, checkoutId]);
    expect(traces![1]).toMatchObject({
      rootService: 'frontend',
      rootName: 'GET /checkout',
      durationNs: 300_000_000,
      spans: 6,
      errors: 1,
      matched: 6,
    });
    expect({ complete, cursor, traceql }).toEqual({ complete: true, cursor: null, traceql: '{ }' });
  });

  test.each([
    ['service=payment', 2],
    ['service=payment&status=error', 1],
    ['operation=SELECT%20items', 1],
    ['kind=consumer', 1],
    ['minDuration=120ms', 2],
    ['minDuration=80ms&maxDuration=90ms', 2],
    ['maxDuration=20000000', 1],
    ['attr=http.response.status_code%3E%3D500', 1],
    ['attr=span.http.response.status_code=200', 3],
    ['attr=resource.deployment.environment.name=prod', 1],
    ['attr=attempt=1&attr=http.response.status_code=504', 1],
    ['attr=express=true', 1],
    ['attr=user.id~a.*', 1],
    ['attr=user.id=%27%20or%201=1%20--', 0],
    ['service=nobody', 0],
    [`from=${nowMs - 60_000}&to=${nowMs - 59_999}`, 1],
    ['from=now-1h&to=now-30m', 0],
  ])('by=span&%s finds %i', async (parameters, count) => {
    const { spans } = await search(`by=span&${parameters}`);
    expect(spans).toHaveLength(count);
  });

  test.each([
    ['span', '{ resource.service.name = "payment" && status = error }', 1],
    ['span', '{ duration >= 120ms }', 2],
    ['span', '{ span.user.id =~ "a.*" }', 1],
    ['trace', '{ resource.service.name = "frontend" } >> { status = error }', 1],
    ['trace', '{ } | count() > 5', 1],
  ])('by %s of %s finds %i', async (by, q, count) => {
    const answer = await search(`by=${by}&q=${encodeURIComponent(q)}`);
    expect(answer[by === 'span' ? 'spans' : 'traces']).toHaveLength(count);
    expect(answer.traceql).toBe(q);
  });

  test.each([
    ['{ status = error }', false],
    ['{ } >> { status = error }', true],
  ])('%s is explained', async (q, isOfWholeTraces) => {
    const url = `/api/v1/explain?q=${encodeURIComponent(q)}`;
    const { traceql, plan, statement, evaluation } = await face.ask(url, explainAnswer);
    expect(traceql).toBe(q);
    expect(plan).toMatch(/scan spans from .+ to /);
    expect(statement.sql).toMatch(/^select\s.*\{p1:String\}/s);
    expect(statement.parameters).toBeGreaterThan(1);
    expect(evaluation !== null).toBe(isOfWholeTraces);
  });

  test('goes on from page to page and gives every span once', async () => {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await search(`by=span&limit=2${after}`);
      expect(page.spans!.length).toBeLessThanOrEqual(2);
      found.push(...page.spans!.map(({ traceId, spanId }) => traceId + spanId));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(new Set(found).size).toBe(7);
    expect(found).toHaveLength(7);
  });

  test.each([
    ['limit=5000', 400, 'bad-limit'],
    ['cursor=nonsense', 400, 'bad-cursor'],
    ['from=now&to=now-1h', 400, 'bad-range'],
    ['attr==x', 400, 'bad-attribute'],
    ['attr=key~[', 400, 'bad-parameter'],
    ['attr=key!~(', 400, 'bad-parameter'],
    ['attr=user.id~a%7B2000%7D', 400, 'bad-regular-expression'],
    ['q=%7B', 400, 'bad-traceql'],
    ['q=%7B%7D&service=cart', 400, 'bad-parameter'],
    ['q=%7B%7D%20%7C%20rate()', 400, 'wrong-kind-of-query'],
  ])('%s is refused', async (parameters, status, code) => {
    expect(await face.refusal(`/api/v1/search?${parameters}`)).toMatchObject({ status, code });
  });
});

test('what only the engine refuses in a regular expression is told in the words of RE2', async () => {
  const { message } = await face.refusal('/api/v1/search?attr=user.id~a%7B2000%7D');
  expect(message).toBe(
    'found invalid repetition size: {2000}, wanted a regular expression in RE2 syntax',
  );
});

test('while the engine is away the answer is 503 with a time to come back, and then it is back', async () => {
  process.kill(face.stored.engine.pid()!, 'SIGKILL');
  await expect.poll(() => face.stored.engine.state()).not.toBe('ready');
  const away = await face.stored.get('/api/v1/search');
  expect(away.statusCode).toBe(503);
  expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
  expect(away.json().error.code).toBe('engine-unavailable');
  expect((await face.stored.get('/ready')).statusCode).toBe(503);
  await expect.poll(() => face.stored.engine.state(), { timeout: 10_000 }).toBe('ready');
  expect((await face.stored.get('/api/v1/search')).statusCode).toBe(200);
});
