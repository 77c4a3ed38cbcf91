-- Traces that somebody wants kept. Keep rules read it when hours age out; a trace pinned twice is
-- pinned once. Written by query/src/pin.ts.
create table if not exists pins (
  tenant LowCardinality(String),
  trace_id FixedString(16),
  pinned DateTime64(3, 'UTC')
)
engine = ReplacingMergeTree(pinned)
order by (tenant, trace_id)
settings
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
