import type { Attribute, Span } from '@clew/query';
import { type AnyValue, encodeAnyValue, type Given } from '@clew/wire';
import { describe, expect, test } from 'vitest';
import { otlpJson } from './otlp-json.ts';

const plain: Span = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: '',
  traceState: '',
  flags: 0,
  service: 'cart',
  name: '',
  kind: 'unspecified',
  status: 'unset',
  statusMessage: '',
  startNs: '1769860800000000001',
  endNs: '1769860800000000002',
  durationNs: 1,
  attributes: [],
  droppedAttributes: 0,
  events: [],
  droppedEvents: 0,
  links: [],
  droppedLinks: 0,
  resource: { attributes: [], droppedAttributes: 0, schemaUrl: '' },
  scope: { name: '', version: '', attributes: [], droppedAttributes: 0, schemaUrl: '' },
  marks: 0,
  arrivedMs: 0,
  listener: 'otlp_http',
};

const textOf = (...spans: Span[]) => [...otlpJson(spans)].join('');
const onlySpan = (span: Partial<Span>) =>
  JSON.parse(textOf({ ...plain, ...span })).resourceSpans[0].scopeSpans[0].spans[0];

/** The member that an AnyValue holds, without its tag and length: what the store keeps of arrays and lists. */
function storedBytes(value: Given<AnyValue>): Uint8Array {
  return encodeAnyValue(value as AnyValue).subarray(2);
}

test('a span of defaults holds ids, name, kind, times and nothing else', () => {
  expect(onlySpan({})).toEqual({
    traceId: plain.traceId,
    spanId: plain.spanId,
    name: '',
    kind: 0,
    startTimeUnixNano: '1769860800000000001',
    endTimeUnixNano: '1769860800000000002',
    status: {},
  });
  expect(textOf()).toBe('{"resourceSpans":[]}');
});

test('everything a span can hold', () => {
  const attributes: Attribute[] = [{ key: 'k', type: 'string', value: 'v' }];
  const json = [{ key: 'k', value: { stringValue: 'v' } }];
  expect(
    onlySpan({
      parentSpanId: '00f067aa0ba902b7',
      traceState: 'a=b',
      flags: 257,
      name: 'GET "/"',
      kind: 'consumer',
      status: 'error',
      statusMessage: 'no\nmilk',
      attributes,
      droppedAttributes: 1,
      events: [{ timeNs: '5', name: 'e', attributes, droppedAttributes: 2 }],
      droppedEvents: 3,
      links: [
        {
          traceId: plain.traceId,
          spanId: plain.spanId,
          traceState: 'c=d',
          flags: 1,
          attributes,
          droppedAttributes: 4,
        },
      ],
      droppedLinks: 5,
    }),
  ).toEqual({
    traceId: plain.traceId,
    spanId: plain.spanId,
    parentSpanId: '00f067aa0ba902b7',
    traceState: 'a=b',
    flags: 257,
    name: 'GET "/"',
    kind: 5,
    startTimeUnixNano: plain.startNs,
    endTimeUnixNano: plain.endNs,
    attributes: json,
    droppedAttributesCount: 1,
    events: [{ timeUnixNano: '5', name: 'e', attributes: json, droppedAttributesCount: 2 }],
    droppedEventsCount: 3,
    links: [
      {
        traceId: plain.traceId,
        spanId: plain.spanId,
        traceState: 'c=d',
        flags: 1,
        attributes: json,
        droppedAttributesCount: 4,
      },
    ],
    droppedLinksCount: 5,
    status: { message: 'no\nmilk', code: 2 },
  });
});

describe('values keep type and value', () => {
  const nested: AnyValue = {
    type: 'array',
    value: [
      { type: 'int', value: -9007199254740993n },
      { type: 'empty' },
      { type: 'kvlist', value: [{ key: 'in', value: { type: 'bool', value: false } }] },
    ],
  };
  const nestedJson = {
    values: [
      { intValue: '-9007199254740993' },
      {},
      { kvlistValue: { values: [{ key: 'in', value: { boolValue: false } }] } },
    ],
  };
  const cases: [Attribute, unknown][] = [
    [{ key: 'a', type: 'string', value: '' }, { stringValue: '' }],
    [{ key: 'a', type: 'int', value: '0' }, { intValue: '0' }],
    [{ key: 'a', type: 'int', value: '9223372036854775807' }, { intValue: '9223372036854775807' }],
    [{ key: 'a', type: 'double', value: 0 }, { doubleValue: 0 }],
    [{ key: 'a', type: 'double', value: -0 }, { doubleValue: -0 }],
    [{ key: 'a', type: 'double', value: 5e-324 }, { doubleValue: 5e-324 }],
    [{ key: 'a', type: 'double', value: Number.NaN }, { doubleValue: 'NaN' }],
    [{ key: 'a', type: 'double', value: -Infinity }, { doubleValue: '-Infinity' }],
    [{ key: 'a', type: 'bool', value: false }, { boolValue: false }],
    [{ key: 'a', type: 'bytes', value: Uint8Array.of(0, 255) }, { bytesValue: 'AP8=' }],
    [{ key: 'a', type: 'bytes', value: new Uint8Array(0) }, { bytesValue: '' }],
    [{ key: 'a', type: 'array', value: storedBytes(nested) }, { arrayValue: nestedJson }],
    [{ key: 'a', type: 'array', value: new Uint8Array(0) }, { arrayValue: { values: [] } }],
    [{ key: 'a', type: 'kvlist', value: new Uint8Array(0) }, { kvlistValue: { values: [] } }],
    [{ key: 'a', type: 'empty', value: null }, {}],
    [
      { key: '', type: 'string', value: '\u0000\ud83d\ude00</script>\u2028' },
      { stringValue: '\u0000\ud83d\ude00</script>\u2028' },
    ],
  ];
  test.each(cases)('%j', (attribute, value) => {
    expect(onlySpan({ attributes: [attribute] }).attributes).toEqual([
      { key: attribute.key, value },
    ]);
  });
});

test('spans of one resource and scope stand together, whatever their order', () => {
  const resource = (name: string) => ({
    attributes: [{ key: 'service.name', type: 'string', value: name } as const],
    droppedAttributes: 1,
    schemaUrl: 'https://r',
  });
  const scope = { ...plain.scope, name: 'lib', version: '1', schemaUrl: 'https://s' };
  const span = (id: number, service: string) => ({
    ...plain,
    spanId: id.toString(16).padStart(16, '0'),
    resource: resource(service),
    scope,
  });
  const { resourceSpans } = JSON.parse(textOf(span(1, 'a'), span(2, 'b'), span(3, 'a')));
  expect(resourceSpans).toHaveLength(2);
  expect(resourceSpans[0]).toMatchObject({
    resource: {
      attributes: [{ key: 'service.name', value: { stringValue: 'a' } }],
      droppedAttributesCount: 1,
    },
    schemaUrl: 'https://r',
    scopeSpans: [{ scope: { name: 'lib', version: '1' }, schemaUrl: 'https://s' }],
  });
  const ids = resourceSpans[0].scopeSpans[0].spans.map((each: Span) => each.spanId);
  expect(ids).toEqual(['0000000000000001', '0000000000000003']);
});

test('resources that differ only in the type of a value stay apart', () => {
  const of = (attribute: Attribute) => ({
    ...plain,
    resource: { ...plain.resource, attributes: [attribute] },
  });
  const text = textOf(
    of({ key: 'a', type: 'string', value: '1' }),
    of({ key: 'a', type: 'int', value: '1' }),
  );
  expect(JSON.parse(text).resourceSpans).toHaveLength(2);
});

test('a long trace comes in pieces', () => {
  const pieces = [...otlpJson(Array.from({ length: 1000 }, () => plain))];
  expect(pieces.length).toBeGreaterThan(4);
  expect(JSON.parse(pieces.join('')).resourceSpans[0].scopeSpans[0].spans).toHaveLength(1000);
});
