-- The colour slot of a service, chosen once by the server so that every screen and every person
-- sees the same colour for it. Read with FINAL; the row written last holds.
create table if not exists service_looks (
  tenant LowCardinality(String),
  service String,
  slot UInt16,
  assigned DateTime64(3, 'UTC')
)
engine = ReplacingMergeTree(assigned)
order by (tenant, service)
settings
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
