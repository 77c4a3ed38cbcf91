-- Every service and operation seen, per hour, so that a list can be asked for a range of time, a
-- service that is gone leaves it, and a lost hour can be rebuilt from the hour's spans. Filled by
-- views/operations_mv.sql; readers group the hours together.
create table if not exists operations (
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
engine = AggregatingMergeTree
partition by toDate(hour)
order by (tenant, service, name, kind, hour)
ttl hour + interval 90 day
settings
  ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
