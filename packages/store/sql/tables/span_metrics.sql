-- Rate, errors, every quantile and the heatmap, per minute: counts in log-scale duration buckets,
-- bucket = floor(8 · log2(ns)), so neighbouring buckets are 9 % apart. Filled by
-- views/span_metrics_mv.sql.
create table if not exists span_metrics (
  tenant LowCardinality(String),
  minute DateTime('UTC'),
  service LowCardinality(String),
  name LowCardinality(String),
  kind Enum8('unspecified'=0, 'internal'=1, 'server'=2, 'client'=3, 'producer'=4, 'consumer'=5),
  status Enum8('unset'=0, 'ok'=1, 'error'=2),
  bucket Int16,
  n UInt64,
  sum_ns UInt64,
  -- What most charts ask for, without names and with one bucket per power of two: a tenth of the rows or less, ordered by
  -- time. The engine takes it wherever a question needs no more.
  projection by_power (
    select tenant, minute, service, kind, status, toInt16(intDiv(bucket, 8) + 1), sum(n), sum(sum_ns)
    group by tenant, minute, service, kind, status, toInt16(intDiv(bucket, 8) + 1)
  )
)
engine = SummingMergeTree((n, sum_ns))
partition by toDate(minute)
order by (tenant, service, name, kind, status, minute, bucket)
ttl minute + interval 90 day
settings
  deduplicate_merge_projection_mode = 'rebuild',
  lightweight_mutation_projection_mode = 'rebuild',
  ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
