import { attributesOf, encodeTraces, type Given, type TracesData } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, it } from 'vitest';
import { postSpansOf } from '../test/jaeger-spans.ts';
import { jaegerJson } from './export-jaeger.ts';
import { jaegerSpanMessages } from './export-jaeger-proto.ts';
import { zipkinJson } from './export-zipkin.ts';
import { zipkinSpanLists } from './export-zipkin-proto.ts';
import { jaegerJsonToOtlp } from './jaeger-json.ts';
import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { otlpJsonToProtobuf } from './otlp-json.ts';
import { otlpJson } from './to-otlp-json.ts';
import { zipkinJsonToOtlp } from './zipkin-json.ts';
import { zipkinProtoToOtlp } from './zipkin-proto.ts';

const id = (fill: number, size: number) => new Uint8Array(size).fill(fill);
const START = 1_770_000_000_123_456_000n;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What all forms keep: text attributes, whole microseconds. */
const kept: Given<TracesData> = {
  resourceSpans: [
    {
      resource: { attributes: attributesOf({ 'service.name': 'cart', 'host.name': 'h1' }) },
      scopeSpans: [
        {
          scope: { name: 'shop', version: '2' },
          spans: [
            {
              traceId: id(1, 16),
              spanId: id(2, 8),
              traceState: 'a=b',
              name: 'GET /cart',
              kind: 2,
              startTimeUnixNano: START,
              endTimeUnixNano: START + 5_000_000n,
              attributes: attributesOf({ 'http.route': '/cart', note: 'größer' }),
              events: [{ name: 'cache miss', timeUnixNano: START + 1_000n }],
            },
            {
              traceId: id(1, 16),
              spanId: id(3, 8),
              parentSpanId: id(2, 8),
              name: 'charge',
              kind: 1,
              startTimeUnixNano: START + 1_000_000n,
              endTimeUnixNano: START + 2_000_000n,
              status: { code: 2, message: 'card refused' },
            },
          ],
        },
      ],
    },
  ],
};

/** What only some of them keep. */
const rich: Given<TracesData> = {
  resourceSpans: [
    {
      resource: { attributes: attributesOf({ 'service.name': 'db' }) },
      scopeSpans: [
        {
          spans: [
            {
              traceId: id(4, 16),
              spanId: id(5, 8),
              name: 'q',
              kind: 3,
              startTimeUnixNano: START + 1n,
              endTimeUnixNano: START + 1_000_007n,
              attributes: attributesOf({
                rows: 3,
                ratio: 0.5,
                isCached: true,
                list: ['a', 1n],
                large: 2n ** 62n,
                key: Uint8Array.of(1, 2),
              }),
              events: [{ name: 'e', timeUnixNano: START, attributes: attributesOf({ n: 1 }) }],
              links: [
                { traceId: id(6, 16), spanId: id(7, 8), attributes: attributesOf({ why: 'x' }) },
              ],
            },
          ],
        },
      ],
    },
  ],
};

const peers: readonly Readonly<Record<string, string | number>>[] = [
  { 'peer.service': 'db', 'network.peer.address': '10.0.0.7', 'network.peer.port': 5432 },
  { 'network.peer.address': '2001:db8::1' },
  { 'network.peer.address': 'cache.local', 'network.peer.port': 6379 },
  { 'network.peer.port': 'ephemeral', 'zipkin.shared': 'no' },
];

const addressed: Given<TracesData> = {
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: peers.map((peer, at) => ({
            traceId: id(8, 16),
            spanId: id(9 + at, 8),
            name: 'q',
            kind: 3,
            startTimeUnixNano: START,
            endTimeUnixNano: START + 1_000_000n,
            attributes: attributesOf(peer),
          })),
        },
      ],
    },
  ],
};

/** Spans by id with resource and scope, attributes by key. */
function comparable(bytes: Uint8Array) {
  return decodeTraces(bytes).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        span: {
          ...span,
          attributes: [...span.attributes].sort((a, b) => a.key.localeCompare(b.key)),
        },
        scope,
        resource: [...resource.attributes].sort((a, b) => a.key.localeCompare(b.key)),
      })),
    ),
  );
}

describe('import(export(x)) = x', () => {
  it.each([
    ['kept', kept],
    ['rich', rich],
  ])('OTLP/JSON, exactly (%s)', (_name, traces) => {
    const bytes = encodeTraces(traces);
    expect(otlpJsonToProtobuf(otlpJson(bytes))).toEqual(bytes);
  });

  it('Zipkin keeps ids, names, times, kinds, status, text attributes, events, scope and resource', () => {
    const bytes = encodeTraces(kept);
    const back = zipkinJsonToOtlp(bytesOf(zipkinJson(bytes)), 0);
    expect(comparable(back)).toEqual(comparable(bytes));
  });

  it('Zipkin keeps a stack as long as what is stored of it', () => {
    const stack = '\tat f(a.js: 3)\n'.repeat(2000);
    const attributes = attributesOf({ 'exception.stacktrace': stack });
    const span = {
      traceId: id(1, 16),
      spanId: id(2, 8),
      events: [{ name: 'exception', attributes }],
    };
    const bytes = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const [back] = comparable(zipkinJsonToOtlp(bytesOf(zipkinJson(bytes)), 0));
    expect(back!.span.events[0]).toMatchObject({ name: 'exception', attributes });
  });

  it('Zipkin in protobuf means the same as in JSON', () => {
    for (const traces of [kept, rich, addressed]) {
      const bytes = encodeTraces(traces);
      const lists = Buffer.concat([...zipkinSpanLists(bytes)]);
      expect(comparable(zipkinProtoToOtlp(lists, 0, false))).toEqual(
        comparable(zipkinJsonToOtlp(bytesOf(zipkinJson(bytes)), 0)),
      );
    }
  });

  it('Zipkin keeps addresses in endpoints, and a host name as a tag', () => {
    const bytes = encodeTraces(addressed);
    const spans = JSON.parse(zipkinJson(bytes)) as Record<string, unknown>[];
    expect(spans.map(({ remoteEndpoint }) => remoteEndpoint)).toEqual([
      { serviceName: 'db', ipv4: '10.0.0.7', port: 5432 },
      { ipv6: '2001:db8::1' },
      { port: 6379 },
      undefined,
    ]);
    expect(spans[3]).toMatchObject({ tags: peers[3] });
    expect(spans[2]!['tags']).toMatchObject({ 'network.peer.address': 'cache.local' });
    expect(comparable(zipkinJsonToOtlp(bytesOf(JSON.stringify(spans)), 0))[2]!.span).toMatchObject({
      attributes: attributesOf({
        'network.peer.address': 'cache.local',
        'network.peer.port': 6379,
      }),
    });
  });

  it('Zipkin makes text of typed attributes, and keeps links and attributes of events', () => {
    const back = decodeTraces(zipkinJsonToOtlp(bytesOf(zipkinJson(encodeTraces(rich))), 0));
    const span = back.resourceSpans[0]!.scopeSpans[0]!.spans[0]!;
    expect(span.attributes).toEqual(
      attributesOf({
        rows: '3',
        ratio: '0.5',
        isCached: 'true',
        list: '["a",1]',
        large: '4611686018427387904',
        key: 'AQI=',
      }),
    );
    expect(span.events[0]).toMatchObject({ name: 'e', attributes: attributesOf({ n: 1 }) });
    expect(span.links[0]).toMatchObject({
      traceId: id(6, 16),
      spanId: id(7, 8),
      attributes: attributesOf({ why: 'x' }),
    });
    expect(span.startTimeUnixNano).toBe(START);
  });

  it('Jaeger keeps ids, names, times, kinds, status, attributes, events, scope and resource', () => {
    const bytes = encodeTraces(kept);
    expect(comparable(jaegerJsonToOtlp(jaegerJson(bytes)))).toEqual(comparable(bytes));
  });

  it('Jaeger in protobuf keeps the same, and nanoseconds', () => {
    for (const traces of [kept, rich]) {
      const bytes = encodeTraces(traces);
      const messages = [...jaegerSpanMessages(bytes)].map(({ value }) => value);
      const back = comparable(jaegerPostSpansToOtlp(postSpansOf(messages)));
      if (traces === kept) expect(back).toEqual(comparable(bytes));
      expect(back[0]!.span.endTimeUnixNano).toBe(comparable(bytes)[0]!.span.endTimeUnixNano);
      expect(back[0]!.span.links.length).toBe(comparable(bytes)[0]!.span.links.length);
    }
  });

  it('Jaeger keeps what it has members for: sampled, debug, warnings', () => {
    const attributes = attributesOf({ 'jaeger.debug': true, 'jaeger.warnings': ['late'] });
    const span = { traceId: id(1, 16), spanId: id(2, 8), name: 'q', flags: 0x301, attributes };
    const bytes = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    expect(JSON.parse(jaegerJson(bytes)).data[0].spans[0]).toMatchObject({
      flags: 3,
      tags: [],
      warnings: ['late'],
    });
    const back = comparable(jaegerJsonToOtlp(jaegerJson(bytes)))[0]!.span;
    expect(back).toMatchObject({ flags: 1, attributes });
    const odd = attributesOf({ 'jaeger.debug': 'no', 'jaeger.warnings': 'late' });
    const other = { ...span, attributes: odd };
    const copy = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [other] }] }] });
    expect(comparable(jaegerJsonToOtlp(jaegerJson(copy)))[0]!.span.attributes).toEqual(odd);
  });

  it('Jaeger keeps the types of scalars, and links without their attributes', () => {
    const back = decodeTraces(jaegerJsonToOtlp(jaegerJson(encodeTraces(rich))));
    const span = back.resourceSpans[0]!.scopeSpans[0]!.spans[0]!;
    expect(span.attributes).toEqual(
      attributesOf({
        rows: 3,
        ratio: 0.5,
        isCached: true,
        list: '["a",1]',
        large: 2n ** 62n,
        key: Uint8Array.of(1, 2),
      }),
    );
    expect(span.links[0]).toMatchObject({
      traceId: id(6, 16),
      attributes: attributesOf({ 'opentracing.ref_type': 'follows_from' }),
    });
  });
});

describe('forms that are saved', () => {
  it('Jaeger JSON has one entry per trace, spans refer to numbered processes', () => {
    const { data } = JSON.parse(jaegerJson(encodeTraces(kept)));
    expect(data).toHaveLength(1);
    expect(data[0].processes.p1.serviceName).toBe('cart');
    expect(data[0].spans[1]).toMatchObject({
      processID: 'p1',
      references: [{ refType: 'CHILD_OF', spanID: '0202020202020202' }],
      duration: 1000,
    });
  });

  it.each([
    [['CHILD_OF', 'FOLLOWS_FROM'], 0],
    [['FOLLOWS_FROM', 'CHILD_OF'], 1],
    [['FOLLOWS_FROM', 'FOLLOWS_FROM'], 0],
  ])('of references %j of one trace number %i is the parent', (types, parent) => {
    const references = types.map((refType, at) => ({ refType, traceID: 'a', spanID: `b${at}` }));
    const span = { traceID: 'a', spanID: 'c', references };
    const text = JSON.stringify({ data: [{ traceID: 'a', spans: [span] }] });
    const [back] = comparable(jaegerJsonToOtlp(text));
    expect(back!.span.parentSpanId[7]).toBe(0xb0 + parent);
    expect(back!.span.links.map(({ spanId }) => spanId[7])).toEqual([0xb1 - parent]);
  });

  it.each(['{"data":[{"traceID":"1"}]}', '[1]', '{"data":{}}'])('refuses %s', (text) => {
    expect(() => jaegerJsonToOtlp(text)).toThrow(/wanted a trace with spans/);
  });
});
