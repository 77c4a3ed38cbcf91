/**
 * The reference for tests: OTLP's schema and a kept protobuf library that decodes by it.
 *
 * Never knows: anything of ours.
 */

import Long from 'long';
import protobuf from 'protobufjs';

// Under the test runner the library does not find it by itself, and would round 64-bit numbers.
protobuf.util.Long = Long;
protobuf.configure();

/** The trace part of opentelemetry-proto 1.x, in one file and without packages. */
export const protoText = `
syntax = "proto3";
message TracesData { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans {
  Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3;
}
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans {
  InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3;
}
message InstrumentationScope {
  string name = 1; string version = 2; repeated KeyValue attributes = 3;
  uint32 dropped_attributes_count = 4;
}
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
  string name = 5; SpanKind kind = 6; fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10; repeated Event events = 11;
  uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14;
  Status status = 15; fixed32 flags = 16;
}
enum SpanKind {
  SPAN_KIND_UNSPECIFIED = 0; SPAN_KIND_INTERNAL = 1; SPAN_KIND_SERVER = 2; SPAN_KIND_CLIENT = 3;
  SPAN_KIND_PRODUCER = 4; SPAN_KIND_CONSUMER = 5;
}
message Event {
  fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3;
  uint32 dropped_attributes_count = 4;
}
message Link {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
  uint32 dropped_attributes_count = 5; fixed32 flags = 6;
}
message Status { string message = 2; StatusCode code = 3; }
enum StatusCode { STATUS_CODE_UNSET = 0; STATUS_CODE_OK = 1; STATUS_CODE_ERROR = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`;

export const root = protobuf.parse(protoText, { keepCase: true }).root;
const tracesType = root.lookupType('TracesData');

export interface ReferenceTraces {
  readonly resource_spans: readonly {
    readonly scope_spans: readonly { readonly spans: readonly unknown[] }[];
  }[];
}

/** What the library makes of the bytes, or the error that it throws. */
export function referenceDecode(bytes: Uint8Array): ReferenceTraces | Error {
  try {
    const message = tracesType.decode(bytes);
    return tracesType.toObject(message, {
      arrays: true,
      longs: String,
      bytes: Array,
    }) as unknown as ReferenceTraces;
  } catch (error) {
    return error as Error;
  }
}

export function referenceSpans(traces: ReferenceTraces): number {
  let spans = 0;
  for (const resourceSpans of traces.resource_spans) {
    for (const scopeSpans of resourceSpans.scope_spans) spans += scopeSpans.spans.length;
  }
  return spans;
}
