/** The native API over stored spans: every answer against the real engine, and against its schema. */
import type { AnyValue, KeyValue } from '@clew/wire';
import { bytesToHex, encodeTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { everythingRequest } from '../../testkit/src/engine-contract-span.ts';
import { requestBytes, someSpans } from '../../testkit/src/segment-file.ts';
import {
  attributesAnswer,
  errorAnswer,
  explainAnswer,
  operationsAnswer,
  searchAnswer,
  servicesAnswer,
  spanAnswer,
  statusAnswer,
  traceSummaryAnswer,
} from '../src/native/answers.ts';
import { openStored, type Stored } from './stored.ts';

const nowMs = Date.now();
const baseNs = BigInt(nowMs - 60_000) * 1_000_000n;
const given = decodeTraces(encodeTraces(checkoutTraces(baseNs)));
const spansGiven = given.resourceSpans.flatMap((each) => each.scopeSpans.flatMap((s) => s.spans));
const checkoutId = bytesToHex(spansGiven[0]!.traceId);
const warehouseId = bytesToHex(spansGiven.at(-1)!.traceId);

let stored: Stored;
beforeAll(async () => {
  stored = await openStored();
  stored.accept(encodeTraces(checkoutTraces(baseNs)));
  await stored.load();
});
afterAll(() => stored.close());

async function ask<Schema extends v.GenericSchema>(url: string, schema: Schema) {
  const answer = await stored.get(url);
  expect([url, answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([
    url,
    200,
    '',
  ]);
  return v.parse(schema, answer.json());
}

async function refusal(url: string) {
  const answer = await stored.get(url);
  const { error } = v.parse(errorAnswer, answer.json());
  return { status: answer.statusCode, ...error };
}

describe('what there is', () => {
  test('services have counts and colours of their own', async () => {
    const { services } = await ask('/api/v1/services', servicesAnswer);
    expect(services.map(({ name }) => name).sort()).toEqual([
      'cart',
      'db',
      'frontend',
      'payment',
      'warehouse',
    ]);
    expect(new Set(services.map(({ look }) => look)).size).toBe(5);
    expect(services.find(({ name }) => name === 'payment')).toMatchObject({ spans: 2, errors: 1 });
    const before = await ask('/api/v1/services?from=now-3h&to=now-2h', servicesAnswer);
    expect(before.services).toEqual([]);
  });

  test('operations of a service', async () => {
    const { operations } = await ask('/api/v1/services/payment/operations', operationsAnswer);
    expect(operations).toMatchObject([{ name: 'POST /charge', kind: 'server', spans: 2 }]);
    expect(await ask('/api/v1/services/a%2Fb/operations', operationsAnswer)).toEqual({
      operations: [],
    });
  });

  test('attributes by scope and prefix', async () => {
    const url = '/api/v1/attributes?scope=span&prefix=http.&limit=10';
    const { attributes } = await ask(url, attributesAnswer);
    expect(attributes.map(({ key, type }) => `${key} ${type}`).sort()).toEqual([
      'http.request.method string',
      'http.response.status_code int',
    ]);
  });

  test('status names the newest trace', async () => {
    const status = await ask('/api/v1/status', statusAnswer);
    expect(status).toMatchObject({ engine: 'ready', hotWindowMs: 86_400_000 });
    expect(status.latest).toMatchObject({ traceId: warehouseId, service: 'warehouse' });
  });
});

describe('search', () => {
  const search = (parameters: string) => ask(`/api/v1/search?${parameters}`, searchAnswer);

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
    const { traceql, plan, statement, evaluation } = await ask(url, explainAnswer);
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
    ['q=%7B%7D%20%7C%20rate()', 400, 'unsupported-query'],
  ])('%s is refused', async (parameters, status, code) => {
    expect(await refusal(`/api/v1/search?${parameters}`)).toMatchObject({ status, code });
  });
});

test('what only the engine refuses in a regular expression is told in the words of RE2', async () => {
  const { message } = await refusal('/api/v1/search?attr=user.id~a%7B2000%7D');
  expect(message).toBe(
    'found invalid repetition size: {2000}, wanted a regular expression in RE2 syntax',
  );
});

describe('a trace', () => {
  test.each([
    ['as printed', checkoutId],
    ['in upper case', checkoutId.toUpperCase()],
    ['with dashes', checkoutId.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
  ])('is found by its id %s', async (_, id) => {
    const summary = await ask(`/api/v1/traces/${id}/summary`, traceSummaryAnswer);
    expect(summary).toMatchObject({
      traceId: checkoutId,
      rootService: 'frontend',
      rootName: 'GET /checkout',
      startNs: String(baseNs),
      endNs: String(baseNs + 300_000_000n),
      spans: 6,
      errors: 1,
      depth: 3,
      missingParents: 0,
    });
    expect(summary.services.map(({ name }) => name)).toEqual(['frontend', 'cart', 'db', 'payment']);
  });

  test('as columns draws the same tree', async () => {
    const answer = await stored.get(`/api/v1/traces/${checkoutId}/columns`);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.clew.trace-columns',
      'clew-complete': 'true',
      'cache-control': 'no-store',
    });
    const message = answer.rawPayload;
    const buffersAt = 8 + message.readUInt32LE(4);
    const header = JSON.parse(message.toString('utf8', 8, buffersAt));
    expect(header).toMatchObject({ traceId: checkoutId, baseNs: String(baseNs), spans: 6 });
    const parent = [0, 1, 2, 3, 4, 5].map((row) =>
      message.readInt32LE(buffersAt + header.columns.parent.at + row * 4),
    );
    expect(parent).toEqual([-1, 0, 1, 0, 0, 0]);
  });

  test.each([
    [`/api/v1/traces/${'1'.repeat(32)}`, 404, 'trace-not-found'],
    [`/api/v1/traces/${'1'.repeat(32)}/summary`, 404, 'trace-not-found'],
    [`/api/v1/traces/${'1'.repeat(32)}/columns`, 404, 'trace-not-found'],
    [`/api/v1/traces/${checkoutId}/spans/${'1'.repeat(16)}`, 404, 'span-not-found'],
    ['/api/v1/traces/xyz', 400, 'bad-trace-id'],
    [`/api/v1/traces/${'0'.repeat(32)}`, 400, 'bad-trace-id'],
    [`/api/v1/traces/${'1'.repeat(33)}`, 400, 'bad-trace-id'],
    [`/api/v1/traces/${checkoutId}/spans/xyz`, 400, 'bad-span-id'],
  ])('%s → %i %s', async (url, status, code) => {
    const refused = await refusal(url);
    expect(refused).toMatchObject({ status, code });
    expect(refused.hint).toMatch(/\w/);
  });
});

/** An attribute list as OTLP/JSON has it, made from decoded protobuf; sorted, because maps have no order. */
function expectedAttributes(attributes: readonly KeyValue[]): unknown[] {
  const members = attributes.map(({ key, value }) => ({ key, value: expectedValue(value) }));
  return members.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function expectedValue(value: AnyValue): unknown {
  switch (value.type) {
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: value.value };
    case 'bytes':
      return { bytesValue: Buffer.from(value.value).toString('base64') };
    case 'array':
      return { arrayValue: { values: value.value.map(expectedValue) } };
    case 'kvlist':
      return {
        kvlistValue: {
          values: value.value.map((each) => ({ key: each.key, value: expectedValue(each.value) })),
        },
      };
    case 'empty':
      return {};
  }
}

describe('a span with everything OTLP can say', () => {
  // The request's own times are long past, and old traces leave the index.
  const [sent] = decodeTraces(everythingRequest).resourceSpans;
  const [scopeSent] = sent!.scopeSpans;
  const startTimeUnixNano = baseNs + 123_456_789n;
  const spanSent = {
    ...scopeSent!.spans[0]!,
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano + 1n,
  };
  const request = encodeTraces({
    resourceSpans: [{ ...sent!, scopeSpans: [{ ...scopeSent!, spans: [spanSent] }] }],
  });
  const traceId = bytesToHex(spanSent.traceId);
  const spanId = bytesToHex(spanSent.spanId);

  beforeAll(() => stored.accept(request));

  test('comes back as OTLP/JSON exactly as it was sent', async () => {
    const answer = await stored.get(`/api/v1/traces/${traceId}`);
    expect(answer.statusCode).toBe(200);
    const { resourceSpans } = answer.json();
    expect(resourceSpans).toHaveLength(1);
    const [resourceSpan] = resourceSpans;
    const { scopeSpans } = resourceSpan;
    const [span] = scopeSpans[0].spans;
    expect(resourceSpan).toMatchObject({
      resource: {
        attributes: expectedAttributes(sent!.resource.attributes),
        droppedAttributesCount: sent!.resource.droppedAttributesCount,
      },
      schemaUrl: sent!.schemaUrl,
    });
    expect(scopeSpans[0]).toMatchObject({
      scope: {
        name: 'lib',
        version: '1.2.3',
        attributes: expectedAttributes(scopeSent!.scope.attributes),
        droppedAttributesCount: scopeSent!.scope.droppedAttributesCount,
      },
      schemaUrl: scopeSent!.schemaUrl,
    });
    expect(span).toEqual({
      traceId,
      spanId,
      parentSpanId: '0000000000000003',
      traceState: 'a=1,b=2',
      flags: 0x301,
      name: 'everything',
      kind: 5,
      startTimeUnixNano: String(spanSent.startTimeUnixNano),
      endTimeUnixNano: String(spanSent.endTimeUnixNano),
      status: { code: 2, message: 'boom' },
      attributes: expectedAttributes(spanSent.attributes),
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 3,
      events: [
        {
          timeUnixNano: String(spanSent.events[0]!.timeUnixNano),
          name: 'e',
          attributes: expectedAttributes(spanSent.events[0]!.attributes),
          droppedAttributesCount: 4,
        },
        { timeUnixNano: '0' },
      ],
      links: [
        {
          traceId: bytesToHex(spanSent.links[0]!.traceId),
          spanId: bytesToHex(spanSent.links[0]!.spanId),
          traceState: 'l=1',
          flags: 1,
          attributes: expectedAttributes(spanSent.links[0]!.attributes),
          droppedAttributesCount: 5,
        },
      ],
    });
  });

  test('comes back in full for the details of the screen', async () => {
    const span = await ask(`/api/v1/traces/${traceId}/spans/${spanId}`, spanAnswer);
    expect(span).toMatchObject({
      traceId,
      spanId,
      service: 'shop',
      kind: 'consumer',
      status: 'error',
      durationNs: 1,
      marks: ['attributes_cut', 'value_cut'],
      listener: 'otlp_http',
    });
    const types = Object.fromEntries(span.attributes.map(({ key, type }) => [key, type]));
    expect(types).toMatchObject({
      text: 'string',
      int: 'int',
      double: 'double',
      yes: 'bool',
      list: 'array',
      pairs: 'kvlist',
      raw: 'bytes',
      empty: 'empty',
    });
    expect(span.attributes.find(({ key }) => key === 'list')).toMatchObject({
      value: [
        { type: 'string', value: 'a' },
        { type: 'int', value: '0' },
        { type: 'array', value: [] },
      ],
    });
    expect(span.attributes.find(({ key }) => key === 'raw')).toMatchObject({ value: 'AP8KJ1w=' });
    const { services } = await ask('/api/v1/services', servicesAnswer);
    expect(span.look).toBe(services.find(({ name }) => name === 'shop')!.look);
  });
});

describe('reads by id see their own writes', () => {
  const at = BigInt(nowMs - 30_000) * 1_000_000n;

  test.each(['', '/summary', '/columns', '/spans/'])('/traces/:id%s', async (path) => {
    const [span] = someSpans(100 + path.length, 1, at);
    const spanId = path === '/spans/' ? bytesToHex(span!.spanId!) : '';
    stored.accept(requestBytes('late', [span!]));
    const answer = await stored.get(`/api/v1/traces/${bytesToHex(span!.traceId!)}${path}${spanId}`);
    expect(answer.statusCode).toBe(200);
    if (path !== '/spans/') expect(answer.headers['clew-fresh']).toBe('true');
  });

  test('nothing is loaded when nothing waits', async () => {
    const before = stored.loads();
    await stored.get(`/api/v1/traces/${checkoutId}`);
    expect(stored.loads()).toBe(before);
  });
});

test('a trace longer than the limit is cut and says so', async () => {
  const small = await openStored({ values: { 'ui.trace_json_spans_max': 100 } });
  try {
    const spans = someSpans(7, 150, BigInt(nowMs) * 1_000_000n, 150);
    small.accept(requestBytes('long', spans));
    const id = bytesToHex(spans[0]!.traceId!);
    const answer = await small.get(`/api/v1/traces/${id}`);
    expect(answer.headers['clew-complete']).toBe('false');
    expect(answer.json().resourceSpans[0].scopeSpans[0].spans).toHaveLength(100);
  } finally {
    await small.close();
  }
});

test('while the engine is away the answer is 503 with a time to come back, and then it is back', async () => {
  process.kill(stored.engine.pid()!, 'SIGKILL');
  await expect.poll(() => stored.engine.state()).not.toBe('ready');
  const away = await stored.get('/api/v1/search');
  expect(away.statusCode).toBe(503);
  expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
  expect(away.json().error.code).toBe('engine-unavailable');
  expect((await stored.get('/ready')).statusCode).toBe(503);
  await expect.poll(() => stored.engine.state(), { timeout: 10_000 }).toBe('ready');
  expect((await stored.get('/api/v1/search')).statusCode).toBe(200);
});
