import { createWriter, type Writer } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binaryStruct, type ThriftStruct } from '../test/thrift-writer.ts';
import { TranslateError } from './translate-error.ts';
import { zipkinJsonToOtlp, zipkinV1JsonToOtlp } from './zipkin-json.ts';
import { ipv6Text, zipkinProtoToOtlp } from './zipkin-proto.ts';
import { zipkinThriftToOtlp } from './zipkin-v1-thrift.ts';

const ARRIVED_MS = 1_795_000_000_000;
const START = 1_794_999_999_000_000;
const ids = { traceId: '5b8efff798038103d269b633813fc60c', id: 'eee19b7ec3c1b174' };

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function read(otlp: Uint8Array) {
  return decodeTraces(otlp).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...span,
        ids: [hex(span.traceId), hex(span.spanId), hex(span.parentSpanId)],
        startUs: Number(span.startTimeUnixNano / 1000n),
        durationUs: Number((span.endTimeUnixNano - span.startTimeUnixNano) / 1000n),
        attributes: plain(span.attributes),
        events: span.events.map(({ name, attributes, droppedAttributesCount, timeUnixNano }) => ({
          name,
          us: Number(timeUnixNano / 1000n),
          attributes: plain(attributes),
          dropped: droppedAttributesCount,
        })),
        resource: plain(resource?.attributes ?? []),
        scope: [scope?.name ?? '', scope?.version ?? ''],
      })),
    ),
  );
}

type Pairs = readonly { readonly key: string; readonly value: object }[];

function plain(pairs: Pairs): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key, 'value' in value ? value.value : null]),
  );
}

const readV2 = (...spans: object[]) => read(zipkinJsonToOtlp(bytesOf(spans), ARRIVED_MS));
const readV1 = (...spans: object[]) => read(zipkinV1JsonToOtlp(bytesOf(spans), ARRIVED_MS));

function one(span: object) {
  const [found] = readV2({ ...ids, timestamp: START, ...span });
  if (found === undefined) throw new Error('no span');
  return found;
}

describe('a span', () => {
  it('keeps ids, name, kind and times', () => {
    const span = one({ parentId: 'b7ad6b7169203331', name: 'Get /', kind: 'CLIENT', duration: 7 });
    expect(span).toMatchObject({ name: 'Get /', kind: 3, startUs: START, durationUs: 7 });
    expect(span.ids).toEqual([ids.traceId, ids.id, 'b7ad6b7169203331']);
  });

  it.each([
    [{ traceId: 'ABC', id: '1' }, ['00000000000000000000000000000abc', '0000000000000001', '']],
    [{ parentId: ids.id }, [ids.traceId, ids.id, '']],
    [{ id: 'xyz' }, [ids.traceId, '00', '']],
    [{ traceId: '0'.repeat(33) }, ['00', ids.id, '']],
    [{ id: '' }, [ids.traceId, '00', '']],
  ])('of %j has the ids %j', (more, expected) => {
    expect(one(more).ids).toEqual(expected);
  });

  it.each([
    ['SERVER', {}, 2, {}],
    ['PRODUCER', {}, 4, {}],
    ['CONSUMER', {}, 5, {}],
    [undefined, {}, 0, {}],
    [undefined, { 'span.kind': 'internal' }, 1, {}],
    ['PROXY', {}, 0, { 'zipkin.kind': 'PROXY' }],
  ])('of kind %s with %j', (kind, tags, number, attributes) => {
    expect(one({ kind, tags })).toMatchObject({ kind: number, attributes });
  });

  it('without a start begins with its first annotation, or when it arrived', () => {
    const annotations = [
      { timestamp: START + 9, value: 'b' },
      { timestamp: START + 5, value: 'a' },
    ];
    const marked = { 'otel.zipkin.absentField.startTime': true };
    const noTime = { timestamp: undefined };
    expect(one({ ...noTime, annotations })).toMatchObject({
      startUs: START + 5,
      attributes: marked,
    });
    expect(one({ ...noTime, duration: 10 })).toMatchObject({
      startUs: ARRIVED_MS * 1000 - 10,
      durationUs: 10,
    });
  });

  it('has both its endpoints', () => {
    const span = one({
      localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1', ipv6: '::1', port: 80 },
      remoteEndpoint: { serviceName: 'db', ipv6: '2001:db8::1', port: 5432 },
    });
    expect(span.resource).toEqual({ 'service.name': 'web' });
    expect(span.attributes).toEqual({
      'network.local.address': '10.0.0.1',
      'zipkin.local.ipv6': '::1',
      'network.local.port': 80n,
      'peer.service': 'db',
      'network.peer.address': '2001:db8::1',
      'network.peer.port': 5432n,
    });
  });

  it('keeps what it says itself where an endpoint says it too', () => {
    const tags = { 'peer.service': 'mine', 'network.peer.port': '1' };
    const span = one({ tags, remoteEndpoint: { serviceName: 'theirs', port: 2 } });
    expect(span.attributes).toEqual(tags);
  });

  it.each<[string, Record<string, unknown>, number, string, object]>([
    ['nothing', {}, 0, '', {}],
    ['an error without words', { error: '' }, 2, '', {}],
    ['error true', { error: 'true' }, 2, '', {}],
    ['error false, which is one', { error: 'false' }, 2, '', {}],
    ['an error with words', { error: 'gone' }, 2, 'gone', {}],
    ['a boolean', { error: true }, 2, '', {}],
    ['a code', { 'otel.status_code': 'OK' }, 1, '', {}],
    ['a code of old', { 'otel.status_code': 'STATUS_CODE_ERROR' }, 2, '', {}],
    ['an error before the code', { 'otel.status_code': 'OK', error: 'x' }, 2, 'x', {}],
    [
      'a description',
      { 'otel.status_code': 'ERROR', 'otel.status_description': 'd', error: 'e' },
      2,
      'd',
      { error: 'e' },
    ],
    ['a strange code', { 'otel.status_code': 'HM' }, 0, '', { 'otel.status_code': 'HM' }],
  ])('with %s has its status', (_what, tags, code, text, attributes) => {
    expect(one({ tags })).toMatchObject({ status: { code, message: text } });
    expect(one({ tags }).attributes).toEqual(attributes);
  });

  it('has state, scope, links, counts and resource from their tags', () => {
    const span = one({
      tags: {
        'w3c.tracestate': 'a=1',
        'otel.library.name': 'old',
        'otel.scope.name': 'shop',
        'otel.library.version': '2',
        'otlp.link.0': `${ids.traceId}|${ids.id}|b=2|{"why":"retry","n":2}|3`,
        'otlp.link.1': 'no link',
        'otel.dropped_attributes_count': '4',
        'host.name': 'a1',
        'telemetry.sdk.name': 'x',
        hosts: 'no resource',
      },
    });
    expect(span).toMatchObject({
      traceState: 'a=1',
      scope: ['shop', '2'],
      droppedAttributesCount: 4,
      resource: { 'host.name': 'a1', 'telemetry.sdk.name': 'x' },
      attributes: { 'otlp.link': 'no link', hosts: 'no resource' },
    });
    const [link] = span.links;
    expect(link).toMatchObject({ traceState: 'b=2', droppedAttributesCount: 3 });
    expect(plain(link?.attributes ?? [])).toEqual({ why: 'retry', n: 2n });
  });

  it('says that it was shared and debugged', () => {
    expect(one({ shared: true, debug: true }).attributes).toEqual({
      'zipkin.shared': true,
      'zipkin.debug': true,
    });
  });

  it('may say null for whatever it does not know', () => {
    const nothing = {
      kind: null,
      tags: null,
      annotations: null,
      localEndpoint: null,
      shared: null,
    };
    expect(one(nothing)).toMatchObject({ kind: 0, attributes: {}, events: [] });
  });
});

describe('an annotation', () => {
  it.each<[string, string, object, number]>([
    ['plain', 'plain', {}, 0],
    ['"a b": {"n": 1, "x": [true, "y"]}', 'a b', { n: 1n, x: expect.anything() }, 0],
    ['{"a": {"n": 1.5}}', 'a', { n: 1.5 }, 0],
    ['a|{"n":"x"}|3', 'a', { n: 'x' }, 3],
    ['{"a": 1}', '{"a": 1}', {}, 0],
    ['{"a": {}, "b": {}}', '{"a": {}, "b": {}}', {}, 0],
    ['"a": {broken}', '"a": {broken}', {}, 0],
    ['a|b|3', 'a|b|3', {}, 0],
    ['{"a": {"deep": {"er": 1}}}', 'a', { deep: '{"er":1}' }, 0],
  ])('%s', (value, name, attributes, dropped) => {
    const { events } = one({ annotations: [{ timestamp: START + 1, value }] });
    expect(events).toEqual([{ name, us: START + 1, attributes, dropped }]);
  });
});

describe('spans of several senders', () => {
  it('are grouped by service, resource and scope', () => {
    const span = (serviceName: string, tags = {}) => ({
      ...ids,
      localEndpoint: { serviceName },
      tags,
    });
    const otlp = zipkinJsonToOtlp(
      bytesOf([span('a'), span('b'), span('a'), span('a', { 'host.name': 'x' })]),
      ARRIVED_MS,
    );
    const groups = decodeTraces(otlp).resourceSpans.map(
      ({ scopeSpans }) => scopeSpans[0]?.spans.length,
    );
    expect(groups).toEqual([2, 1, 1]);
  });
});

describe('a span of the first version', () => {
  const web = { serviceName: 'web' };
  const stock = { serviceName: 'stock', ipv4: '10.0.0.2', port: 80 };
  const at = (value: string, us: number, endpoint?: object) => ({
    value,
    timestamp: START + us,
    endpoint,
  });
  const shape = (spans: ReturnType<typeof readV1>) =>
    spans.map(({ kind, startUs, durationUs, resource, attributes }) => [
      resource['service.name'],
      kind,
      startUs - START,
      durationUs,
      attributes['zipkin.shared'] ?? false,
    ]);

  it('of a client, with its other side', () => {
    const [span] = readV1({
      ...ids,
      annotations: [at('cs', 0, web), at('cr', 9, web), at('retry', 5, web)],
      binaryAnnotations: [
        { key: 'sa', value: true, endpoint: stock },
        { key: 'sku', value: 'a-1', endpoint: web },
        { key: 'n', value: 5, type: 'I32', endpoint: web },
      ],
    });
    expect(shape([span!])).toEqual([['web', 3, 0, 9, false]]);
    expect(span?.attributes).toMatchObject({ 'peer.service': 'stock', sku: 'a-1', n: '5' });
    expect(span?.events.map(({ name }) => name)).toEqual(['retry']);
  });

  it('of a server alone, without times of its own, is shared', () => {
    const spans = readV1({ ...ids, annotations: [at('sr', 0, web), at('ss', 9, web)] });
    expect(shape(spans)).toEqual([['web', 2, 0, 9, true]]);
  });

  it('of a server that began the trace is not', () => {
    const annotations = [at('sr', 0, web), at('ss', 9, web)];
    const spans = readV1({ ...ids, timestamp: START, duration: 9, annotations });
    expect(shape(spans)).toEqual([['web', 2, 0, 9, false]]);
  });

  it('of both sides becomes two', () => {
    const annotations = [
      at('cs', 0, web),
      at('sr', 2, stock),
      at('ss', 6, stock),
      at('cr', 9, web),
    ];
    const spans = readV1({ ...ids, timestamp: START, duration: 9, annotations });
    expect(shape(spans)).toEqual([
      ['web', 3, 0, 9, false],
      ['stock', 2, 2, 4, true],
    ]);
  });

  it('of a service that calls itself becomes two as well', () => {
    const annotations = [at('cs', 0, web), at('sr', 2, web), at('ss', 6, web), at('cr', 9, web)];
    expect(shape(readV1({ ...ids, annotations }))).toEqual([
      ['web', 3, 0, 9, false],
      ['web', 2, 2, 4, true],
    ]);
  });

  it('of a message becomes two when both sides tell', () => {
    const annotations = [at('ms', 0, web), at('mr', 5, stock)];
    expect(shape(readV1({ ...ids, annotations }))).toEqual([
      ['web', 4, 0, 0, false],
      ['stock', 5, 5, 0, true],
    ]);
  });

  it('that is local has the name of its component', () => {
    const binaryAnnotations = [{ key: 'lc', value: 'cache', endpoint: web }];
    const [span] = readV1({ ...ids, timestamp: START, duration: 3, binaryAnnotations });
    expect(span).toMatchObject({ kind: 0, durationUs: 3, attributes: { lc: 'cache' } });
    expect(span?.resource).toEqual({ 'service.name': 'web' });
  });

  it('is never copied for each of many services', () => {
    const annotations = Array.from({ length: 1000 }, (_, n) =>
      at('x', n, { serviceName: `s${n}` }),
    );
    expect(readV1({ ...ids, annotations }).length).toBeLessThanOrEqual(4);
  });

  it('means the same in Thrift', () => {
    const endpoint: ThriftStruct = [
      [1, { i32: 0x0a000002 }],
      [3, { text: 'stock' }],
    ];
    const annotation = (value: string, us: number): ThriftStruct => [
      [1, { i64: BigInt(START + us) }],
      [2, { text: value }],
      [3, { struct: endpoint }],
    ];
    const span: ThriftStruct = [
      [1, { i64: BigInt.asIntN(64, 0xd269b633813fc60cn) }],
      [3, { text: 'get' }],
      [4, { i64: BigInt.asIntN(64, BigInt(`0x${ids.id}`)) }],
      [6, { structs: [annotation('sr', 0), annotation('ss', 9)] }],
      [
        8,
        {
          structs: [
            [
              [1, { text: 'n' }],
              [2, { bytes: Uint8Array.of(0xff, 0xfe) }],
              [3, { i32: 2 }],
            ],
          ],
        },
      ],
      [9, { bool: true }],
      [12, { i64: BigInt.asIntN(64, 0x5b8efff798038103n) }],
    ];
    const body = Uint8Array.from([12, 0, 0, 0, 1, ...binaryStruct(span)]);
    const where = { serviceName: 'stock', ipv4: '10.0.0.2' };
    const json = {
      ...ids,
      name: 'get',
      debug: true,
      annotations: [at('sr', 0, where), at('ss', 9, where)],
      binaryAnnotations: [{ key: 'n', value: -2, type: 'I16' }],
    };
    expect(read(zipkinThriftToOtlp(body, ARRIVED_MS))).toEqual(readV1(json));
  });
});

describe('the protobuf form', () => {
  const id = fc.uint8Array({ minLength: 8, maxLength: 8 });
  const us = fc.integer({ min: 1, max: 2 ** 51 });
  const text = fc.string({ minLength: 1, unit: 'grapheme' });
  const span = fc.record({
    traceId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    id,
    parentId: id,
    kind: fc.constantFrom('', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
    name: text,
    timestamp: us,
    duration: us,
    service: text,
    annotations: fc.array(fc.record({ timestamp: us, value: text }), { maxLength: 4 }),
    tags: fc.dictionary(text, text, { maxKeys: 8 }),
    debug: fc.boolean(),
    shared: fc.boolean(),
  });

  it('means the same as JSON', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 5 }), (spans) => {
        const to = createWriter();
        for (const each of spans) message(to, 1, () => writeProto(to, each));
        const json = spans.map(({ service, ...each }) => ({
          ...each,
          traceId: hex(each.traceId),
          id: hex(each.id),
          parentId: hex(each.parentId),
          kind: each.kind || undefined,
          localEndpoint: { serviceName: service, ipv4: '10.0.0.1', port: 80 },
        }));
        expect(read(zipkinProtoToOtlp(to.finish(), ARRIVED_MS, false))).toEqual(readV2(...json));
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  function message(to: Writer, field: number, write: () => void): void {
    const mark = to.begin(field);
    write();
    to.end(mark);
  }

  type Made = typeof span extends fc.Arbitrary<infer T> ? T : never;

  function writeProto(to: Writer, made: Made): void {
    to.bytes(1, made.traceId);
    to.bytes(2, made.parentId);
    to.bytes(3, made.id);
    to.varint(4, ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'].indexOf(made.kind));
    to.string(5, made.name);
    to.fixed64(6, BigInt(made.timestamp));
    to.varint(7, made.duration);
    message(to, 8, () => {
      to.string(1, made.service);
      to.bytes(2, Uint8Array.of(10, 0, 0, 1));
      to.varint(4, 80);
    });
    for (const { timestamp, value } of made.annotations) {
      message(to, 10, () => {
        to.fixed64(1, BigInt(timestamp));
        to.string(2, value);
      });
    }
    for (const [key, value] of Object.entries(made.tags)) {
      message(to, 11, () => {
        to.string(1, key);
        to.string(2, value);
      });
    }
    to.bool(12, made.debug);
    to.bool(13, made.shared);
  }

  it.each([
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010db8000100020003000400050006', '2001:db8:1:2:3:4:5:6'],
    ['00000000000000000000000000000000', '::'],
    ['00', ''],
  ])('shows the address %s as %s', (bytes, address) => {
    expect(ipv6Text(Buffer.from(bytes, 'hex'))).toBe(address);
  });
});

describe('a body that is none', () => {
  it.each<[unknown, RegExp]>([
    [{}, /Expected a JSON_V2 encoded list/],
    [[5], /\[0\]: found 5, wanted an object/],
    [[null], /\[0\]: found null/],
    [[{}, { tags: { a: [] } }], /\[1\]\.tags\.a: found an array, wanted a string/],
    [[{ timestamp: -1 }], /\[0\]\.timestamp: found -1/],
    [[{ annotations: {} }], /\[0\]\.annotations: found an object, wanted a list/],
    [[{ annotations: [{ value: 1 }] }], /annotations\[0\]\.value: found 1, wanted a string/],
    [[{ localEndpoint: { port: 'x' } }], /localEndpoint\.port: found "x"/],
  ])('%j is refused in words', (body, words) => {
    const translate = () => zipkinJsonToOtlp(bytesOf(body), ARRIVED_MS);
    expect(translate).toThrow(TranslateError);
    expect(translate).toThrow(words);
  });

  it('is refused when it would take far more memory than its length', () => {
    const bomb = new TextEncoder().encode(`[${'{},'.repeat(2_500_000)}{}]`);
    expect(() => zipkinJsonToOtlp(bomb, ARRIVED_MS)).toThrow(/more than 4000000 values/);
    const nested = new TextEncoder().encode('['.repeat(5_000_000));
    expect(() => zipkinJsonToOtlp(nested, ARRIVED_MS)).toThrow(/more than 4000000 values/);
  });

  it('is refused when it holds more spans than a request may', () => {
    const many = new TextEncoder().encode(`[${'{},'.repeat(50_000)}{}]`);
    expect(() => zipkinJsonToOtlp(many, ARRIVED_MS)).toThrow(/more than 50000 spans/);
  });
});
