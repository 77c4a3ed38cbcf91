import { bytesToHex } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, it } from 'vitest';
import { only, pack, plain, START, span, translate } from '../test/datadog-spans.ts';

describe('a span', () => {
  it.each([
    [{ type: 'web' }, 'GET /cart', 2],
    [{ type: 'sql', name: 'pg.query', resource: 'SELECT 1' }, 'pg.query', 3],
    [{ type: 'redis', name: 'redis.command', resource: 'GET' }, 'redis.command', 3],
    [{ type: 'http', resource: '' }, 'web.request', 3],
    [{ type: null, meta: { 'span.kind': 'consumer' } }, 'GET /cart', 5],
    [{ type: 'web', meta: { 'span.kind': 'internal' } }, 'GET /cart', 1],
    [{ type: 'worker' }, 'GET /cart', 1],
  ])('%j is called %j and is of kind %i', (more, name, kind) => {
    expect(only(more)).toMatchObject({ name, kind });
  });

  it('keeps operation and resource under the names that Datadog bridges read', () => {
    const attributes = plain(only({ type: 'sql', resource: 'SELECT 1' }).attributes);
    expect(attributes).toMatchObject({
      'operation.name': 'web.request',
      'resource.name': 'SELECT 1',
      'span.type': 'sql',
    });
  });

  it('tells errors as status, exception event and error.type', () => {
    const meta = { 'error.type': 'E', 'error.message': 'no', 'error.stack': 'E: no\n  at f' };
    const failed = only({ error: 1, meta });
    expect(failed.status).toEqual({ code: 2, message: 'no' });
    expect(failed.events).toHaveLength(1);
    expect(failed.events[0]).toMatchObject({ name: 'exception', timeUnixNano: START + 5_000_000n });
    expect(plain(failed.events[0]!.attributes)).toEqual({
      'exception.type': 'E',
      'exception.message': 'no',
      'exception.stacktrace': 'E: no\n  at f',
    });
    expect(plain(failed.attributes)).toMatchObject({ 'error.type': 'E' });
    expect(plain(failed.attributes)).not.toHaveProperty('error.stack');
    expect(only({ error: 0, meta }).status).toEqual({ code: 0, message: '' });
  });

  it('keeps a kind that is none as what it is', () => {
    const { kind, attributes } = only({ meta: { 'span.kind': 'broker' } });
    expect(kind).toBe(2);
    expect(plain(attributes)).toMatchObject({ 'span.kind': 'broker' });
    expect(plain(only({ meta: { 'span.kind': 'client' } }).attributes)).not.toHaveProperty([
      'span.kind',
    ]);
  });

  it('does not tell an exception twice that is an event already', () => {
    const exception = { 'exception.type': 'E', 'exception.message': 'no' };
    const events = JSON.stringify([
      { name: 'exception', time_unix_nano: 1, attributes: exception },
    ]);
    const meta = { events, 'error.type': 'E', 'error.message': 'no' };
    expect(only({ error: 1, meta }).events).toHaveLength(1);
  });

  it('has metrics as doubles, but known integers as integers', () => {
    const metrics = { n: 3, ratio: 0.5, 'http.status_code': 404, _sampling_priority_v1: 2 };
    const { attributes } = only({ metrics, meta: { 'grpc.status.code': '13', port: '80' } });
    const byKey = new Map(attributes.map(({ key, value }) => [key, value]));
    expect(byKey.get('n')).toEqual({ type: 'double', value: 3 });
    expect(byKey.get('http.status_code')).toEqual({ type: 'int', value: 404n });
    expect(byKey.get('grpc.status.code')).toEqual({ type: 'int', value: 13n });
    expect(byKey.get('port')).toEqual({ type: 'string', value: '80' });
    expect(byKey.get('sampling.priority')).toEqual({ type: 'int', value: 2n });
  });

  it('keeps what meta_struct packs, as values or else as bytes', () => {
    const { attributes } = only({
      meta_struct: { good: pack({ a: [1, 'x'] }), bad: Uint8Array.of(0xc1, 1) },
    });
    const byKey = new Map(attributes.map(({ key, value }) => [key, value]));
    expect(byKey.get('good')).toMatchObject({ type: 'kvlist' });
    expect(byKey.get('bad')).toEqual({ type: 'bytes', value: Uint8Array.of(0xc1, 1) });
  });

  it('reads links of both places, and keeps a cut-off tag as it came', () => {
    const links = only({
      span_links: [
        { trace_id: 5n, trace_id_high: 6n, span_id: 7n, attributes: { a: 'b' }, flags: 0x80000001 },
      ],
    }).links;
    expect(links[0]).toMatchObject({ flags: 1 });
    expect(bytesToHex(links[0]!.traceId)).toBe('00000000000000060000000000000005');
    const cut = '[{"trace_id":"6b01...';
    const kept = only({ meta: { '_dd.span_links': cut, events: '[{"na...' } });
    expect(kept.links).toEqual([]);
    expect(plain(kept.attributes)).toMatchObject({ '_dd.span_links': cut, events: '[{"na...' });
  });

  it('reads times of events exactly and leaves their attributes numbers', () => {
    const events =
      '[{"name":"e","time_unix_nano":1770000000123456789,"attributes":{"n":2,"big":9007199254740993}}]';
    const [event] = only({ meta: { events } }).events;
    expect(event!.timeUnixNano).toBe(1_770_000_000_123_456_789n);
    expect(plain(event!.attributes)).toMatchObject({ n: 2n });
  });
});

describe('the resource', () => {
  it('is told by tags and headers, and by the chunk where only its first span says it', () => {
    const meta = { env: 'prod', version: '1', 'runtime-id': 'r', language: 'javascript' };
    const chunk = [
      span({ meta, metrics: { process_id: 42 } }),
      span({ span_id: 3n }),
      span({ span_id: 4n, service: 'db' }),
    ];
    const { resourceSpans } = decodeTraces(translate([chunk]));
    expect(resourceSpans.map(({ resource }) => plain(resource.attributes))).toEqual([
      {
        'service.name': 'cart',
        'service.version': '1',
        'service.instance.id': 'r',
        'deployment.environment.name': 'prod',
        'process.pid': 42n,
        'telemetry.sdk.name': 'Datadog',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.version': '5.132.0',
      },
      expect.objectContaining({ 'service.name': 'db', 'deployment.environment.name': 'prod' }),
    ]);
    expect(resourceSpans[1]!.resource.attributes.map(({ key }) => key)).not.toContain(
      'service.version',
    );
  });

  it('has many services in few messages', () => {
    const chunk = Array.from({ length: 400 }, (_, at) => span({ service: `s${at % 20}` }));
    expect(decodeTraces(translate([chunk])).resourceSpans).toHaveLength(20);
  });
});
