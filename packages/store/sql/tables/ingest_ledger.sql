-- What happened to everything that clients sent, by minute and reason. The collector writes it,
-- one batch per segment under the segment's token; accepted + refused + dropped = received.
create table if not exists ingest_ledger (
  tenant LowCardinality(String),
  minute DateTime('UTC'),
  outcome Enum8('accepted'=1, 'refused'=2, 'truncated'=3, 'dropped'=4, 'quarantined'=5),
  reason LowCardinality(String),
  listener LowCardinality(String),
  requests UInt64,
  spans UInt64,
  bytes UInt64
)
engine = SummingMergeTree((requests, spans, bytes))
partition by toDate(minute)
order by (tenant, minute, outcome, reason, listener)
ttl minute + interval 90 day
settings
  ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1
