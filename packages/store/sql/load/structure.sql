-- The columns in which the engine's Protobuf reader hands over one frame (one TracesData message of
-- proto/otlp-traces.proto). Both sources of load/spans.sql, file() and input(), take this text.
-- The numbers of `value` are the field numbers of AnyValue's oneof: with
-- input_format_protobuf_oneof_presence that column says which member was set, so that 0, false and ''
-- stay what they were.
resource_spans Array(Tuple(
  resource Tuple(
    attributes Array(Tuple(key String, value Tuple(s String, b Bool, i Int64, d Float64, a String, k String, y String, value Enum8('no'=0, 's'=1, 'b'=2, 'i'=3, 'd'=4, 'a'=5, 'k'=6, 'y'=7)))),
    dropped_attributes_count UInt32
  ),
  scope_spans Array(Tuple(
    scope Tuple(
      name String,
      version String,
      attributes Array(Tuple(key String, value Tuple(s String, b Bool, i Int64, d Float64, a String, k String, y String, value Enum8('no'=0, 's'=1, 'b'=2, 'i'=3, 'd'=4, 'a'=5, 'k'=6, 'y'=7)))),
      dropped_attributes_count UInt32
    ),
    spans Array(Tuple(
      trace_id String,
      span_id String,
      trace_state String,
      parent_span_id String,
      name String,
      kind Int32,
      start_time_unix_nano UInt64,
      end_time_unix_nano UInt64,
      attributes Array(Tuple(key String, value Tuple(s String, b Bool, i Int64, d Float64, a String, k String, y String, value Enum8('no'=0, 's'=1, 'b'=2, 'i'=3, 'd'=4, 'a'=5, 'k'=6, 'y'=7)))),
      dropped_attributes_count UInt32,
      events Array(Tuple(
        time_unix_nano UInt64,
        name String,
        attributes Array(Tuple(key String, value Tuple(s String, b Bool, i Int64, d Float64, a String, k String, y String, value Enum8('no'=0, 's'=1, 'b'=2, 'i'=3, 'd'=4, 'a'=5, 'k'=6, 'y'=7)))),
        dropped_attributes_count UInt32
      )),
      dropped_events_count UInt32,
      links Array(Tuple(
        trace_id String,
        span_id String,
        trace_state String,
        attributes Array(Tuple(key String, value Tuple(s String, b Bool, i Int64, d Float64, a String, k String, y String, value Enum8('no'=0, 's'=1, 'b'=2, 'i'=3, 'd'=4, 'a'=5, 'k'=6, 'y'=7)))),
        dropped_attributes_count UInt32,
        flags UInt32
      )),
      dropped_links_count UInt32,
      status Tuple(message String, code Int32),
      flags UInt32,
      marks UInt32
    )),
    schema_url String
  )),
  schema_url String
)),
tenant String,
arrived_ms UInt64,
listener String,
crc32 UInt32
