-- Which migrations have been applied: one row per file of sql/migrations, written after its last
-- statement succeeded. Migrations are idempotent, so a crash in between repeats one, harmlessly.
create table if not exists schema_version (
  version UInt32,
  name String,
  applied DateTime64(3, 'UTC')
)
engine = ReplacingMergeTree(applied)
order by version
settings
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
