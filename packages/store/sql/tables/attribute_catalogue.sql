-- Which attribute keys exist, of which type, on which service, with a few values: for completion,
-- for the choice of the typed map, and for picking the most selective predicate. `uses` is an
-- unbiased estimate, not a count: see views/attribute_catalogue_mv.sql.
create table if not exists attribute_catalogue (
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
engine = AggregatingMergeTree
partition by day
order by (tenant, scope, key, type, service, day)
ttl day + interval 90 day
settings
  ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
