create table if not exists schema_version_local on cluster 'prod' (
  version UInt32,
  name String,
  applied DateTime64(3, 'UTC')
)
engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/schema_version_local', '{replica}', applied)
order by version
settings
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists schema_version on cluster 'prod' as schema_version_local
engine = Distributed('prod', currentDatabase(), 'schema_version_local', sipHash64(version));

create table if not exists spans_local on cluster 'prod' (
  tenant LowCardinality(String),
  ts DateTime64(9, 'UTC') codec(Delta(8), ZSTD(1)),
  duration_ns UInt64 codec(T64, ZSTD(1)),
  trace_id FixedString(16) codec(ZSTD(1)),
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
  marks UInt32 codec(ZSTD(1)),
  arrived DateTime64(3, 'UTC') codec(Delta(8), ZSTD(1)),
  listener LowCardinality(String),
  segment UInt64 codec(ZSTD(1)),
  index ix_keys mapKeys(attr_str) type bloom_filter(0.001) granularity 1,
  index ix_values mapValues(attr_str) type bloom_filter(0.001) granularity 1,
  index ix_int_keys mapKeys(attr_int) type bloom_filter(0.001) granularity 1,
  index ix_num_keys mapKeys(attr_num) type bloom_filter(0.001) granularity 1,
  index ix_bool_keys mapKeys(attr_bool) type bloom_filter(0.001) granularity 1,
  index ix_other_keys mapKeys(attr_other) type bloom_filter(0.001) granularity 1,
  index ix_int_values mapValues(attr_int) type bloom_filter(0.001) granularity 1,
  index ix_res_keys mapKeys(res_str) type bloom_filter(0.001) granularity 1,
  index ix_res_int_keys mapKeys(res_int) type bloom_filter(0.001) granularity 1,
  index ix_res_num_keys mapKeys(res_num) type bloom_filter(0.001) granularity 1,
  index ix_res_bool_keys mapKeys(res_bool) type bloom_filter(0.001) granularity 1,
  index ix_res_other_keys mapKeys(res_other) type bloom_filter(0.001) granularity 1,
  index ix_segment segment type minmax granularity 1,
  index ix_duration duration_ns type minmax granularity 1,
  index ix_status status type set(3) granularity 1
)
engine = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/spans_local', '{replica}')
partition by toStartOfHour(ts)
primary key (tenant, toStartOfMinute(ts), trace_id)
order by (tenant, toStartOfMinute(ts), trace_id, ts)
settings
  index_granularity = 2048,
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1,
  merge_selector_base = 32,
  map_serialization_version = 'with_buckets',
  map_serialization_version_for_zero_level_parts = 'basic';

create table if not exists spans on cluster 'prod' as spans_local
engine = Distributed('prod', currentDatabase(), 'spans_local', sipHash64(trace_id));

create table if not exists trace_ix_local on cluster 'prod' (
  tenant LowCardinality(String),
  trace_id FixedString(16),
  start SimpleAggregateFunction(min, DateTime('UTC')),
  end SimpleAggregateFunction(max, DateTime('UTC'))
)
engine = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/trace_ix_local', '{replica}')
partition by toDate(start)
order by (tenant, trace_id)
ttl end + interval 90 day
settings
  index_granularity = 1024,
  ttl_only_drop_parts = 1,
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists trace_ix on cluster 'prod' as trace_ix_local
engine = Distributed('prod', currentDatabase(), 'trace_ix_local', sipHash64(trace_id));

create table if not exists span_metrics_local on cluster 'prod' (
  tenant LowCardinality(String),
  minute DateTime('UTC'),
  service LowCardinality(String),
  name LowCardinality(String),
  kind Enum8('unspecified'=0, 'internal'=1, 'server'=2, 'client'=3, 'producer'=4, 'consumer'=5),
  status Enum8('unset'=0, 'ok'=1, 'error'=2),
  bucket Int16,
  n UInt64,
  sum_ns UInt64,
  projection by_power (
    select tenant, minute, service, kind, status, toInt16(intDiv(bucket, 8) + 1), sum(n), sum(sum_ns)
    group by tenant, minute, service, kind, status, toInt16(intDiv(bucket, 8) + 1)
  )
)
engine = ReplicatedSummingMergeTree('/clickhouse/tables/{shard}/{database}/span_metrics_local', '{replica}', (n, sum_ns))
partition by toDate(minute)
order by (tenant, service, name, kind, status, minute, bucket)
ttl minute + interval 90 day
settings
  deduplicate_merge_projection_mode = 'rebuild',
  lightweight_mutation_projection_mode = 'rebuild',
  ttl_only_drop_parts = 1,
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists span_metrics on cluster 'prod' as span_metrics_local
engine = Distributed('prod', currentDatabase(), 'span_metrics_local', sipHash64(service));

create table if not exists operations_local on cluster 'prod' (
  tenant LowCardinality(String),
  hour DateTime('UTC'),
  service LowCardinality(String),
  name LowCardinality(String),
  kind Enum8('unspecified'=0, 'internal'=1, 'server'=2, 'client'=3, 'producer'=4, 'consumer'=5),
  first_seen SimpleAggregateFunction(min, DateTime('UTC')),
  last_seen SimpleAggregateFunction(max, DateTime('UTC')),
  seen SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64)
)
engine = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/operations_local', '{replica}')
partition by toDate(hour)
order by (tenant, service, name, kind, hour)
ttl hour + interval 90 day
settings
  ttl_only_drop_parts = 1,
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists operations on cluster 'prod' as operations_local
engine = Distributed('prod', currentDatabase(), 'operations_local', sipHash64(service));

create table if not exists attribute_catalogue_local on cluster 'prod' (
  tenant LowCardinality(String),
  day Date,
  scope Enum8('span'=1, 'resource'=2, 'scope'=3, 'event'=4, 'link'=5),
  key String,
  type Enum8('string'=1, 'int'=2, 'double'=3, 'bool'=4, 'other'=5),
  service LowCardinality(String),
  uses SimpleAggregateFunction(sum, UInt64),
  first_seen SimpleAggregateFunction(min, DateTime('UTC')),
  last_seen SimpleAggregateFunction(max, DateTime('UTC')),
  samples AggregateFunction(groupUniqArray(20), String),
  distinct_values AggregateFunction(uniqCombined64(12), String)
)
engine = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/attribute_catalogue_local', '{replica}')
partition by day
order by (tenant, scope, key, type, service, day)
ttl day + interval 90 day
settings
  ttl_only_drop_parts = 1,
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists attribute_catalogue on cluster 'prod' as attribute_catalogue_local
engine = Distributed('prod', currentDatabase(), 'attribute_catalogue_local', sipHash64(service));

create table if not exists ingest_ledger_local on cluster 'prod' (
  tenant LowCardinality(String),
  minute DateTime('UTC'),
  outcome Enum8('accepted'=1, 'refused'=2, 'truncated'=3, 'dropped'=4, 'quarantined'=5),
  reason LowCardinality(String),
  listener LowCardinality(String),
  requests UInt64,
  spans UInt64,
  bytes UInt64
)
engine = ReplicatedSummingMergeTree('/clickhouse/tables/{shard}/{database}/ingest_ledger_local', '{replica}', (requests, spans, bytes))
partition by toDate(minute)
order by (tenant, minute, outcome, reason, listener)
ttl minute + interval 90 day
settings
  ttl_only_drop_parts = 1,
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists ingest_ledger on cluster 'prod' as ingest_ledger_local
engine = Distributed('prod', currentDatabase(), 'ingest_ledger_local', sipHash64(tenant, minute));

create table if not exists service_looks_local on cluster 'prod' (
  tenant LowCardinality(String),
  service String,
  slot UInt16,
  assigned DateTime64(3, 'UTC')
)
engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/service_looks_local', '{replica}', assigned)
order by (tenant, service)
settings
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists service_looks on cluster 'prod' as service_looks_local
engine = Distributed('prod', currentDatabase(), 'service_looks_local', sipHash64(service));

create table if not exists pins_local on cluster 'prod' (
  tenant LowCardinality(String),
  trace_id FixedString(16),
  pinned DateTime64(3, 'UTC')
)
engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/pins_local', '{replica}', pinned)
order by (tenant, trace_id)
settings
  replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1;

create table if not exists pins on cluster 'prod' as pins_local
engine = Distributed('prod', currentDatabase(), 'pins_local', sipHash64(trace_id));

create materialized view if not exists trace_ix_mv on cluster 'prod' to trace_ix_local as
select
  tenant,
  trace_id,
  toDateTime(min(ts)) as start,
  toDateTime(max(ts)) as end
from spans_local
group by tenant, trace_id;

create materialized view if not exists span_metrics_mv on cluster 'prod' to span_metrics_local as
select
  tenant,
  toStartOfMinute(ts) as minute,
  service,
  name,
  kind,
  status,
  toInt16(floor(8 * log2(greatest(duration_ns, 1)))) as bucket,
  count() as n,
  sum(duration_ns) as sum_ns
from spans_local
group by tenant, minute, service, name, kind, status, bucket;

create materialized view if not exists operations_mv on cluster 'prod' to operations_local as
select
  tenant,
  toStartOfHour(ts) as hour,
  service,
  name,
  kind,
  toDateTime(min(ts)) as first_seen,
  toDateTime(max(ts)) as last_seen,
  count() as seen,
  countIf(status = 'error') as errors
from spans_local
group by tenant, hour, service, name, kind;

create materialized view if not exists attribute_catalogue_mv on cluster 'prod' to attribute_catalogue_local as
select
  tenant,
  day,
  level.1 as scope,
  attribute.1 as key,
  level.2 as type,
  service,
  sum(weight) as uses,
  toDateTime(min(ts)) as first_seen,
  toDateTime(max(ts)) as last_seen,
  groupUniqArrayState(20)(value) as samples,
  uniqCombined64State(12)(value) as distinct_values
from (
  select
    tenant,
    day,
    service,
    ts,
    weight,
    level,
    arrayJoin(level.3) as attribute,
    if(level.2 = 'other', '', substringUTF8(attribute.2, 1, 128)) as value
  from (
    select
      tenant,
      toDate(ts) as day,
      service,
      ts,
      if(rowNumberInBlock() < 1000, 1, 64) as weight,
      arrayJoin(arrayFilter(level -> notEmpty(level.3), [
        ('span', 'string', attr_str::Array(Tuple(String, String))),
        ('span', 'int', attr_int::Array(Tuple(String, String))),
        ('span', 'double', attr_num::Array(Tuple(String, String))),
        ('span', 'bool', attr_bool::Array(Tuple(String, String))),
        ('span', 'other', attr_other::Array(Tuple(String, String))),
        ('resource', 'string', res_str::Array(Tuple(String, String))),
        ('resource', 'int', res_int::Array(Tuple(String, String))),
        ('resource', 'double', res_num::Array(Tuple(String, String))),
        ('resource', 'bool', res_bool::Array(Tuple(String, String))),
        ('resource', 'other', res_other::Array(Tuple(String, String))),
        ('scope', 'string', scope_str::Array(Tuple(String, String))),
        ('scope', 'int', scope_int::Array(Tuple(String, String))),
        ('scope', 'double', scope_num::Array(Tuple(String, String))),
        ('scope', 'bool', scope_bool::Array(Tuple(String, String))),
        ('scope', 'other', scope_other::Array(Tuple(String, String))),
        ('event', 'string', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.str))),
        ('event', 'int', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.int))),
        ('event', 'double', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.num))),
        ('event', 'bool', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.bool))),
        ('event', 'other', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.other))),
        ('link', 'string', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.str))),
        ('link', 'int', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.int))),
        ('link', 'double', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.num))),
        ('link', 'bool', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.bool))),
        ('link', 'other', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.other)))
      ])) as level
    from spans_local
    where rowNumberInBlock() < 1000 or sipHash64(trace_id) % 64 = 0
  )
)
group by tenant, day, scope, key, type, service;
