/**
 * Field numbers of OTLP traces, and of the few fields that are our own.
 *
 * They are the whole schema that this package needs. The schema text in `store` must agree with
 * this table; a unit test compares them. Never knows: what a field means.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-proto (trace/v1, common/v1, resource/v1).
 */

/** Message → field → number, named as in the `.proto` files. Our own fields start at 1000. */
export const fields = {
  TracesData: { resource_spans: 1, tenant: 1000, arrived_ms: 1001, listener: 1002, crc32: 1003 },
  ResourceSpans: { resource: 1, scope_spans: 2, schema_url: 3 },
  Resource: { attributes: 1, dropped_attributes_count: 2 },
  ScopeSpans: { scope: 1, spans: 2, schema_url: 3 },
  InstrumentationScope: { name: 1, version: 2, attributes: 3, dropped_attributes_count: 4 },
  Span: {
    trace_id: 1,
    span_id: 2,
    trace_state: 3,
    parent_span_id: 4,
    name: 5,
    kind: 6,
    start_time_unix_nano: 7,
    end_time_unix_nano: 8,
    attributes: 9,
    dropped_attributes_count: 10,
    events: 11,
    dropped_events_count: 12,
    links: 13,
    dropped_links_count: 14,
    status: 15,
    flags: 16,
    marks: 1000,
  },
  Event: { time_unix_nano: 1, name: 2, attributes: 3, dropped_attributes_count: 4 },
  Link: {
    trace_id: 1,
    span_id: 2,
    trace_state: 3,
    attributes: 4,
    dropped_attributes_count: 5,
    flags: 6,
  },
  Status: { message: 2, code: 3 },
  KeyValue: { key: 1, value: 2 },
  AnyValue: {
    string_value: 1,
    bool_value: 2,
    int_value: 3,
    double_value: 4,
    array_value: 5,
    kvlist_value: 6,
    bytes_value: 7,
  },
  ArrayValue: { values: 1 },
  KeyValueList: { values: 1 },
} as const;

/** Protobuf wire types that OTLP uses; 3 and 4 (groups) are refused, 6 and 7 do not exist. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/** First and last of the field numbers on `TracesData` that only the collector may write. */
export const RESERVED_FIRST = 1000;
export const RESERVED_LAST = 1003;
