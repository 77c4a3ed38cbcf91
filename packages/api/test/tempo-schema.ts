/**
 * Tempo's messages for a decoder that is not ours: what is left out of an answer shows as a missing member.
 * https://github.com/grafana/tempo/blob/main/pkg/tempopb/tempo.proto
 */
import protobuf from 'protobufjs';

const schema = `
syntax = "proto3";
package tempopb;

message Trace { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans { Scope scope = 1; repeated OtlpSpan spans = 2; string schema_url = 3; }
message Scope {
  string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
}
message OtlpSpan {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
  repeated Event events = 11; uint32 dropped_events_count = 12;
  repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
}
message Event {
  fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
}
message Link {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
  uint32 dropped_attributes_count = 5; fixed32 flags = 6;
}
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }

message TraceByIDResponse { Trace trace = 1; TraceByIDMetrics metrics = 2; PartialStatus status = 3; string message = 4; }
message TraceByIDMetrics { uint64 inspectedBytes = 1; }
enum PartialStatus { COMPLETE = 0; PARTIAL = 1; }

message SearchRequest {
  map<string, string> Tags = 1; uint32 MinDurationMs = 2; uint32 MaxDurationMs = 3; uint32 Limit = 4;
  uint32 start = 5; uint32 end = 6; string Query = 8; uint32 SpansPerSpanSet = 9;
}
message SearchResponse { repeated TraceSearchMetadata traces = 1; SearchMetrics metrics = 2; }
message TraceSearchMetadata {
  string traceID = 1; string rootServiceName = 2; string rootTraceName = 3; uint64 startTimeUnixNano = 4;
  uint32 durationMs = 5; SpanSet spanSet = 6; repeated SpanSet spanSets = 7; map<string, ServiceStats> serviceStats = 8;
}
message ServiceStats { uint32 spanCount = 1; uint32 errorCount = 2; }
message SpanSet { repeated Span spans = 1; uint32 matched = 2; repeated KeyValue attributes = 3; }
message Span {
  string spanID = 1; string name = 2; uint64 startTimeUnixNano = 3; uint64 durationNanos = 4; repeated KeyValue attributes = 5;
}
message SearchMetrics {
  uint32 inspectedTraces = 1; uint64 inspectedBytes = 2; uint32 totalBlocks = 3; uint32 completedJobs = 4;
  uint32 totalJobs = 5; uint64 totalBlockBytes = 6; uint64 inspectedSpans = 7; uint32 backendReads = 8;
  uint64 backendBytes = 9; map<string, int64> additionalMetrics = 10;
}

message SearchTagsRequest {
  string scope = 1; string query = 2; uint32 start = 3; uint32 end = 4; uint32 maxTagsPerScope = 5; uint32 staleValuesThreshold = 6;
}
message SearchTagsResponse { repeated string tagNames = 1; MetadataMetrics metrics = 2; }
message SearchTagsV2Response { repeated SearchTagsV2Scope scopes = 1; MetadataMetrics metrics = 2; }
message SearchTagsV2Scope { string name = 1; repeated string tags = 2; }
message SearchTagValuesRequest {
  string tagName = 1; string query = 2; uint32 start = 4; uint32 end = 5; uint32 maxTagValues = 6; uint32 staleValueThreshold = 7;
}
message SearchTagValuesResponse { repeated string tagValues = 1; MetadataMetrics metrics = 2; }
message SearchTagValuesV2Response { repeated TagValue tagValues = 1; MetadataMetrics metrics = 2; }
message TagValue { string type = 1; string value = 2; }
message MetadataMetrics { uint64 inspectedBytes = 1; }

message QueryRangeRequest {
  string query = 1; uint64 start = 2; uint64 end = 3; uint64 step = 4; uint32 exemplars = 16; uint32 maxSeries = 17;
}
message QueryInstantRequest { string query = 1; uint64 start = 2; uint64 end = 3; }
message QueryRangeResponse {
  repeated TimeSeries series = 1; SearchMetrics metrics = 2; PartialStatus status = 3; string message = 4;
}
message QueryInstantResponse {
  repeated InstantSeries series = 1; SearchMetrics metrics = 2; PartialStatus status = 3; string message = 4;
}
message InstantSeries { repeated KeyValue labels = 1; double value = 2; }
message TimeSeries { repeated KeyValue labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 4; }
message Sample { double value = 1; int64 timestamp_ms = 2; }
message Exemplar { repeated KeyValue labels = 1; double value = 2; int64 timestamp_ms = 3; }
`;

const { root } = protobuf.parse(schema, { keepCase: true });

/** Members that were not on the wire are missing; 64-bit integers are strings, bytes hex. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the test is about
export function decodeTempo(message: string, bytes: Uint8Array): any {
  const type = root.lookupType(`tempopb.${message}`);
  return hexBytes(
    type.toObject(type.decode(bytes), { longs: String, enums: String, bytes: Buffer }),
  );
}

export function encodeTempo(message: string, members: object): Buffer {
  const type = root.lookupType(`tempopb.${message}`);
  return Buffer.from(type.encode(type.fromObject(members)).finish());
}

/** @throws Error at a member that the message does not have, as Grafana's strict reading of JSON does */
export function checkTempoJson(message: string, json: unknown): void {
  checkMembers(root.lookupType(`tempopb.${message}`), json, message);
}

function checkMembers(type: protobuf.Type, json: unknown, path: string): void {
  for (const [name, value] of Object.entries(json as object)) {
    const field =
      type.fields[name] ??
      type.fieldsArray.find((each) => protobuf.util.camelCase(each.name) === name);
    if (field === undefined) throw new Error(`${path} has no member ${name}`);
    const inner = field.resolve().resolvedType;
    const all = field.map ? Object.values(value) : field.repeated ? value : [value];
    if (field.repeated && !Array.isArray(value)) throw new Error(`${path}.${name} is no list`);
    for (const one of all as unknown[]) checkValue(field, inner, one, `${path}.${name}`);
  }
}

const longs = ['uint64', 'int64', 'fixed64'];

function checkValue(field: protobuf.Field, inner: unknown, value: unknown, path: string): void {
  if (inner instanceof protobuf.Type) {
    checkMembers(inner, value, path);
    return;
  }
  const isText =
    field.type === 'string' || field.type === 'bytes' || inner instanceof protobuf.Enum;
  const wanted =
    isText || longs.includes(field.type) ? 'string' : field.type === 'bool' ? 'boolean' : 'number';
  const isWord =
    field.type === 'double' && ['NaN', 'Infinity', '-Infinity'].includes(String(value));
  if (typeof value !== wanted && !isWord)
    throw new Error(`${path} is ${typeof value}, wanted ${wanted}`);
}

function hexBytes(of: unknown): unknown {
  if (Buffer.isBuffer(of)) return of.toString('hex');
  if (Array.isArray(of)) return of.map(hexBytes);
  if (typeof of !== 'object' || of === null) return of;
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, hexBytes(value)]));
}
