-- Feeds span_metrics. A span of 0 ns counts as 1 ns, because log2(0) has no bucket.
create materialized view if not exists span_metrics_mv to span_metrics as
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
from spans
group by tenant, minute, service, name, kind, status, bucket
