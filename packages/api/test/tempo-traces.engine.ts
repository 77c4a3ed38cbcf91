/** Tempo's traces by their ids, and what says that it is there, against the real engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baseNs, checkoutId, oddTrace, openTempo, type TempoFace } from './tempo-face.ts';

let face: TempoFace;
beforeAll(async () => {
  face = await openTempo();
});
afterAll(() => face.stored.close());

test('says that it is there', async () => {
  for (const [path, body] of [
    ['/api/echo', 'echo\n'],
    ['/ready', 'ready\n'],
    ['/status/version', 'clew 0.0.0-test'],
    ['/status', 'GET /api/search'],
  ] as const) {
    const answer = await face.get(path);
    expect([path, answer.statusCode]).toEqual([path, 200]);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.body).toContain(body);
  }
  const { version } = await face.json('/api/status/buildinfo');
  expect(version.split('.').map(Number)[1]).toBeGreaterThanOrEqual(7);
  expect(await face.refusal('/api/nothing')).toEqual([404, '404 page not found\n']);
  expect(await face.refusal('/status/nothing')).toEqual([404, '404 page not found\n']);
});

test('takes a tenant header and answers the same', async () => {
  const answer = await face.get('/api/echo', { 'x-scope-orgid': 'team-a' });
  expect(answer.statusCode).toBe(200);
});

describe('a trace by id', () => {
  test('v2 as protobuf has what Grafana looks into without asking', async () => {
    const { trace, metrics, status } = await face.proto(
      `/api/v2/traces/${checkoutId}`,
      'TraceByIDResponse',
    );
    expect([metrics, status]).toEqual([{}, undefined]);
    const spans = [];
    for (const { resource, scope_spans } of trace.resourceSpans) {
      expect(resource.attributes.length).toBeGreaterThan(0);
      for (const { scope, spans: own } of scope_spans) {
        expect(scope).toMatchObject({ name: 'notation' });
        for (const span of own) expect(span.status).toBeTypeOf('object');
        spans.push(...own);
      }
    }
    expect(spans).toHaveLength(6);
    const failed = spans.find((span) => span.status.code === 2);
    expect(failed).toMatchObject({
      trace_id: checkoutId,
      name: 'POST /charge',
      kind: 2,
      start_time_unix_nano: String(baseNs + 80_000_000n),
      status: { message: 'card issuer timed out' },
    });
    expect(failed.events[0].name).toBe('exception');
  });

  test('v1 is the bare trace', async () => {
    const bare = await face.proto(`/api/traces/${checkoutId.toUpperCase()}`, 'Trace');
    expect(bare.resourceSpans.length).toBe(5);
    const { batches, ...rest } = await face.json(`/api/traces/${checkoutId}`);
    expect(rest).toEqual({});
    const [span] = batches[0].scopeSpans[0].spans;
    expect(span).toMatchObject({
      traceId: Buffer.from(checkoutId, 'hex').toString('base64'),
      spanId: 'AAAAAAAAAAE=',
      kind: 'SPAN_KIND_SERVER',
      startTimeUnixNano: String(baseNs),
      status: {},
    });
    expect(span.parentSpanId).toBeUndefined();
  });

  test('v2 as JSON has names for enums and base64 for ids', async () => {
    const { trace, metrics } = await face.json(`/api/v2/traces/${checkoutId}`);
    expect(metrics).toEqual({});
    const payment = trace.resourceSpans.find((each: { resource: object }) =>
      JSON.stringify(each.resource).includes('"payment"'),
    );
    const [failed] = payment.scopeSpans[0].spans;
    expect(failed.status).toEqual({ message: 'card issuer timed out', code: 'STATUS_CODE_ERROR' });
    expect(failed.attributes).toContainEqual({ key: 'attempt', value: { intValue: '1' } });
  });

  test('that nobody sent', async () => {
    const v1 = await face.get('/api/traces/ffff');
    expect([v1.statusCode, v1.body]).toEqual([404, '']);
    expect(await face.json('/api/v2/traces/ffff')).toEqual({ trace: {}, metrics: {} });
    const found = await face.proto('/api/v2/traces/0', 'TraceByIDResponse');
    expect(found).toEqual({ trace: {}, metrics: {} });
    expect((await face.get('/api/traces/0')).statusCode).toBe(404);
  });

  test('that is no id', async () => {
    const hex = 'trace IDs can only contain hex characters: invalid character';
    expect(await face.refusal('/api/traces/zz')).toEqual([400, `${hex} 'z' at position 1`]);
    expect(await face.refusal('/api/v2/traces/0a-b')).toEqual([400, `${hex} '-' at position 3`]);
    const long = "trace IDs can't be larger than 128 bits";
    expect(await face.refusal(`/api/v2/traces/${'1'.repeat(33)}`)).toEqual([400, long]);
    expect((await face.refusal('/api/traces/1?start=x'))[0]).toBe(400);
  });

  test('holds whatever was sent a moment ago, however odd', async () => {
    const { request, traceId } = oddTrace();
    face.stored.accept(request);
    const loads = face.stored.loads();
    const { trace } = await face.proto(`/api/v2/traces/${traceId}`, 'TraceByIDResponse');
    const [group] = trace.resourceSpans;
    expect(group.resource.attributes).toEqual([
      { key: 'service.name', value: { string_value: 'unknown_service' } },
    ]);
    expect(group.scope_spans[0].scope).toEqual({});
    const [span] = group.scope_spans[0].spans;
    expect(span.status).toEqual({});
    expect(span.end_time_unix_nano >= span.start_time_unix_nano).toBe(true);
    expect(face.stored.loads()).toBe(loads + 1);
    const inJson = await face.json(`/api/v2/traces/${traceId}`);
    const [jsonSpan] = inJson.trace.resourceSpans[0].scopeSpans[0].spans;
    expect(
      jsonSpan.attributes.map(({ value }: { value: object }) => Object.keys(value)[0]),
    ).toEqual(['arrayValue', 'stringValue', 'bytesValue', 'kvlistValue', 'doubleValue']);
    expect(span.attributes.map(({ value }: { value: object }) => Object.keys(value)[0])).toEqual([
      'array_value',
      'string_value',
      'bytes_value',
      'kvlist_value',
      'double_value',
    ]);
  });
});
