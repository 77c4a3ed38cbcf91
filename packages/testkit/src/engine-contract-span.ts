/**
 * One span with everything that OTLP can say, and the row of `spans` that it must become.
 */
import { type AnyValue, encodeAnyValue, encodeTraces, type KeyValue } from '@clew/wire';

const start = 1_763_640_000_123_456_789n;

const values: Record<string, AnyValue> = {
  text: { type: 'string', value: 'žluťoučký 🐎' },
  'text.empty': { type: 'string', value: '' },
  int: { type: 'int', value: -9_223_372_036_854_775_808n },
  'int.zero': { type: 'int', value: 0n },
  double: { type: 'double', value: 1.5e-300 },
  'double.zero': { type: 'double', value: 0 },
  yes: { type: 'bool', value: true },
  no: { type: 'bool', value: false },
  empty: { type: 'empty' },
  list: {
    type: 'array',
    value: [
      { type: 'string', value: 'a' },
      { type: 'int', value: 0n },
      { type: 'array', value: [] },
    ],
  },
  'list.empty': { type: 'array', value: [] },
  pairs: { type: 'kvlist', value: [{ key: 'deep', value: { type: 'kvlist', value: [] } }] },
  raw: { type: 'bytes', value: Uint8Array.from([0, 255, 10, 39, 92]) },
  'raw.empty': { type: 'bytes', value: new Uint8Array(0) },
};

/** The same values under the same keys on every level that has attributes. */
function attributes(level: string): KeyValue[] {
  return [
    { key: 'level', value: { type: 'string', value: level } },
    ...Object.entries(values).map(([key, value]) => ({ key, value })),
  ];
}

export const everythingRequest = encodeTraces({
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { type: 'string', value: 'shop' } },
          ...attributes('resource'),
        ],
        droppedAttributesCount: 11,
      },
      schemaUrl: 'https://example.com/resource',
      scopeSpans: [
        {
          scope: {
            name: 'lib',
            version: '1.2.3',
            attributes: attributes('scope'),
            droppedAttributesCount: 12,
          },
          schemaUrl: 'https://example.com/scope',
          spans: [
            {
              traceId: bytes('00f067aa0ba902b70102030405060708'),
              spanId: bytes('ff01000000000002'),
              parentSpanId: bytes('0000000000000003'),
              traceState: 'a=1,b=2',
              flags: 0x301,
              name: 'everything',
              kind: 5,
              startTimeUnixNano: start,
              endTimeUnixNano: start + 1n,
              status: { code: 2, message: 'boom' },
              attributes: attributes('span'),
              droppedAttributesCount: 1,
              droppedEventsCount: 2,
              droppedLinksCount: 3,
              marks: 5,
              events: [
                {
                  timeUnixNano: start,
                  name: 'e',
                  attributes: attributes('event'),
                  droppedAttributesCount: 4,
                },
                { timeUnixNano: 0n, name: '', attributes: [] },
              ],
              links: [
                {
                  traceId: bytes('0102030405060708090a0b0c0d0e0f10'),
                  spanId: bytes('0102030405060708'),
                  traceState: 'l=1',
                  flags: 1,
                  attributes: attributes('link'),
                  droppedAttributesCount: 5,
                },
              ],
            },
          ],
        },
      ],
    },
  ],
});

const maps = (prefix: string, name: string) =>
  `(${prefix}str, ${prefix}int, ${prefix}num, ${prefix}bool, mapApply((k, v) -> (k, hex(v)), ${prefix}other)) as ${name}`;

/** Bytes in hex, because JSON has none. */
export const everythingStatement = `
  select
    tenant, toString(ts) as ts, duration_ns, lower(hex(trace_id)) as trace_id, lower(hex(span_id)) as span_id,
    parent_span_id, trace_state, flags, service, name, kind, status, status_message, scope_name, scope_version,
    res_schema_url, scope_schema_url, dropped_attributes, dropped_events, dropped_links, res_dropped,
    scope_dropped, marks, toString(arrived) as arrived, listener,
    ${maps('attr_', 'span')}, ${maps('res_', 'resource')}, ${maps('scope_', 'scope')},
    arrayMap(e -> (toString(e.ts), e.name, e.dropped, (e.str, e.int, e.num, e.bool, mapApply((k, v) -> (k, hex(v)), e.other))), events) as events,
    arrayMap(l -> (lower(hex(l.trace_id)), lower(hex(l.span_id)), l.trace_state, l.flags, l.dropped, (l.str, l.int, l.num, l.bool, mapApply((k, v) -> (k, hex(v)), l.other))), links) as links
  from spans
  where segment = {segment:UInt64}
`;

export const everythingExpected = {
  tenant: 'acme',
  ts: '2025-11-20 12:00:00.123456789',
  duration_ns: '1',
  trace_id: '00f067aa0ba902b70102030405060708',
  span_id: 'ff01000000000002',
  parent_span_id: '3',
  trace_state: 'a=1,b=2',
  flags: 0x301,
  service: 'shop',
  name: 'everything',
  kind: 'consumer',
  status: 'error',
  status_message: 'boom',
  scope_name: 'lib',
  scope_version: '1.2.3',
  res_schema_url: 'https://example.com/resource',
  scope_schema_url: 'https://example.com/scope',
  dropped_attributes: 1,
  dropped_events: 2,
  dropped_links: 3,
  res_dropped: 11,
  scope_dropped: 12,
  marks: 5,
  arrived: '2025-11-20 12:00:00.456',
  listener: 'otlp_grpc',
  span: expectedMaps('span'),
  resource: expectedMaps('resource', { 'service.name': 'shop' }),
  scope: expectedMaps('scope'),
  events: [
    ['2025-11-20 12:00:00.123456789', 'e', 4, expectedMaps('event')],
    ['1970-01-01 00:00:00.000000000', '', 0, [{}, {}, {}, {}, {}]],
  ],
  links: [
    ['0102030405060708090a0b0c0d0e0f10', '0102030405060708', 'l=1', 1, 5, expectedMaps('link')],
  ],
};

/** The five typed maps of one level. */
function expectedMaps(level: string, more: Record<string, string> = {}) {
  return [
    { ...more, level, text: 'žluťoučký 🐎', 'text.empty': '' },
    { int: '-9223372036854775808', 'int.zero': '0' },
    { double: 1.5e-300, 'double.zero': 0 },
    { yes: true, no: false },
    {
      empty: hexOf('no'),
      list: hexOf('a', member('list')),
      'list.empty': hexOf('a'),
      pairs: hexOf('k', member('pairs')),
      raw: hexOf('y', Uint8Array.from([0, 255, 10, 39, 92])),
      'raw.empty': hexOf('y'),
    },
  ];
}

/** The bytes inside a member of AnyValue: what follows its tag and its one-byte length. */
function member(key: string): Uint8Array {
  return encodeAnyValue(values[key] as AnyValue).subarray(2);
}

function hexOf(kind: string, rest: Uint8Array = new Uint8Array(0)): string {
  return Buffer.concat([Buffer.from(kind), rest])
    .toString('hex')
    .toUpperCase();
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
