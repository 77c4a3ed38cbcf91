-- Step 6 of 10 in a span's walk.   before: load/spans.sql   after: query/src/query.ts
--
-- One row per span, everything that was sent, for the hot window. Sorted by trace inside minutes:
-- trace by id, structural questions, settling and keep rules read neighbouring rows; what this
-- order is bad at (rates, lists, needles) is answered by span_metrics, traces and the skip indexes.
-- Hours leave by DROP PARTITION only, after their keep rules ran; hence no TTL.
-- Never knows: where the row came from beyond `segment`, and whether its trace is whole.
create table if not exists spans (
  tenant LowCardinality(String),
  ts DateTime64(9, 'UTC') codec(Delta(8), ZSTD(1)),
  duration_ns UInt64 codec(T64, ZSTD(1)),
  trace_id FixedString(16) codec(ZSTD(1)),
  -- Ids of spans are the big-endian value of their 8 bytes; 0 = no parent. A span id is noise: no codec.
  span_id UInt64 codec(NONE),
  parent_span_id UInt64 codec(ZSTD(1)),
  trace_state String codec(ZSTD(1)),
  flags UInt32 codec(ZSTD(1)),
  service LowCardinality(String),
  name LowCardinality(String),
  kind Enum8('unspecified'=0, 'internal'=1, 'server'=2, 'client'=3, 'producer'=4, 'consumer'=5),
  status Enum8('unset'=0, 'ok'=1, 'error'=2),
  status_message String codec(ZSTD(1)),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  res_schema_url LowCardinality(String),
  scope_schema_url LowCardinality(String),
  -- One map per type keeps types and costs less than one map of strings. The *_other maps hold
  -- 'a' (array), 'k' (key list) or 'y' (bytes) followed by the member's raw protobuf bytes, or 'no'.
  attr_str Map(LowCardinality(String), String) codec(ZSTD(1)),
  attr_int Map(LowCardinality(String), Int64) codec(ZSTD(1)),
  attr_num Map(LowCardinality(String), Float64) codec(ZSTD(1)),
  attr_bool Map(LowCardinality(String), Bool) codec(ZSTD(1)),
  attr_other Map(LowCardinality(String), String) codec(ZSTD(1)),
  res_str Map(LowCardinality(String), String) codec(ZSTD(1)),
  res_int Map(LowCardinality(String), Int64) codec(ZSTD(1)),
  res_num Map(LowCardinality(String), Float64) codec(ZSTD(1)),
  res_bool Map(LowCardinality(String), Bool) codec(ZSTD(1)),
  res_other Map(LowCardinality(String), String) codec(ZSTD(1)),
  scope_str Map(LowCardinality(String), String) codec(ZSTD(1)),
  scope_int Map(LowCardinality(String), Int64) codec(ZSTD(1)),
  scope_num Map(LowCardinality(String), Float64) codec(ZSTD(1)),
  scope_bool Map(LowCardinality(String), Bool) codec(ZSTD(1)),
  scope_other Map(LowCardinality(String), String) codec(ZSTD(1)),
  events Array(Tuple(
    ts DateTime64(9, 'UTC'),
    name LowCardinality(String),
    dropped UInt32,
    str Map(LowCardinality(String), String),
    int Map(LowCardinality(String), Int64),
    num Map(LowCardinality(String), Float64),
    bool Map(LowCardinality(String), Bool),
    other Map(LowCardinality(String), String)
  )) codec(ZSTD(3)),
  links Array(Tuple(
    trace_id FixedString(16),
    span_id UInt64,
    trace_state String,
    flags UInt32,
    dropped UInt32,
    str Map(LowCardinality(String), String),
    int Map(LowCardinality(String), Int64),
    num Map(LowCardinality(String), Float64),
    bool Map(LowCardinality(String), Bool),
    other Map(LowCardinality(String), String)
  )) codec(ZSTD(1)),
  dropped_attributes UInt32 codec(ZSTD(1)),
  dropped_events UInt32 codec(ZSTD(1)),
  dropped_links UInt32 codec(ZSTD(1)),
  res_dropped UInt32 codec(ZSTD(1)),
  scope_dropped UInt32 codec(ZSTD(1)),
  -- Bit set: what admission cut, clamped or flagged; the bits are named by wire's `marks`.
  marks UInt32 codec(ZSTD(1)),
  arrived DateTime64(3, 'UTC') codec(Delta(8), ZSTD(1)),
  listener LowCardinality(String),
  -- The segment that brought the row: recovery counts, deletes and replays by it.
  segment UInt64 codec(ZSTD(1)),
  -- All of one granularity: the engine drops every index of a disjunction whose indexes differ in it. One granule in a
  -- thousand is read for nothing; one in a hundred, for a byte less per span, makes a search over a day twice as slow.
  index ix_keys mapKeys(attr_str) type bloom_filter(0.001) granularity 1,
  index ix_values mapValues(attr_str) type bloom_filter(0.001) granularity 1,
  index ix_int_keys mapKeys(attr_int) type bloom_filter(0.001) granularity 1,
  index ix_num_keys mapKeys(attr_num) type bloom_filter(0.001) granularity 1,
  index ix_bool_keys mapKeys(attr_bool) type bloom_filter(0.001) granularity 1,
  index ix_other_keys mapKeys(attr_other) type bloom_filter(0.001) granularity 1,
  index ix_int_values mapValues(attr_int) type bloom_filter(0.001) granularity 1,
  -- An unscoped attribute may be the resource's: without these that side could never be ruled out.
  index ix_res_keys mapKeys(res_str) type bloom_filter(0.001) granularity 1,
  index ix_res_int_keys mapKeys(res_int) type bloom_filter(0.001) granularity 1,
  index ix_res_num_keys mapKeys(res_num) type bloom_filter(0.001) granularity 1,
  index ix_res_bool_keys mapKeys(res_bool) type bloom_filter(0.001) granularity 1,
  index ix_res_other_keys mapKeys(res_other) type bloom_filter(0.001) granularity 1,
  -- Parts hold neighbouring segments, so this finds the rows of one without reading the rest.
  index ix_segment segment type minmax granularity 1,
  index ix_duration duration_ns type minmax granularity 1,
  index ix_status status type set(3) granularity 1
)
engine = MergeTree
partition by toStartOfHour(ts)
-- `ts` is in the order but not in the primary key: with it there, a filter on ts prunes nothing.
primary key (tenant, toStartOfMinute(ts), trace_id)
order by (tenant, toStartOfMinute(ts), trace_id, ts)
settings
  -- A trace is some rows, and so is a match: smaller granules cost 4 bytes of disk per span, no time of loading, and a
  -- question reads a quarter of the rows around what it wants.
  index_granularity = 2048,
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1,
  -- Fewer, wider merges: parts are put together by thirty-two instead of by five, so a row is rewritten half as often. A row
  -- costs 2.4 µs to merge, a part some tenths of a millisecond to ask.
  merge_selector_base = 32,
  map_serialization_version = 'with_buckets',
  map_serialization_version_for_zero_level_parts = 'basic'
