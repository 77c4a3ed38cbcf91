-- Trace id → the minutes in which its spans start, so that a trace by id reads one or two granules
-- of `spans`. Filled by views/trace_ix_mv.sql. Small granules, because every question is a point.
create table if not exists trace_ix (
  tenant LowCardinality(String),
  trace_id FixedString(16),
  start SimpleAggregateFunction(min, DateTime('UTC')),
  end SimpleAggregateFunction(max, DateTime('UTC'))
)
engine = AggregatingMergeTree
partition by toDate(start)
order by (tenant, trace_id)
ttl end + interval 90 day
settings
  index_granularity = 1024,
  ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
