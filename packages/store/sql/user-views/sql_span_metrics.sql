-- Counts per minute in log-scale duration buckets, kept longer than spans and cheaper to read: the
-- durations of bucket b lie between 2^(b/8) and 2^((b+1)/8) ns. Quantiles:
-- quantileExactWeighted(0.95)(bucket_ms, spans).
create or replace view sql_span_metrics as
select
  minute,
  service,
  name,
  kind,
  status,
  (status = 'error')::Bool as is_error,
  bucket,
  exp2((bucket + 0.5) / 8) / 1e6 as bucket_ms,
  n as spans,
  sum_ns / 1e6 as sum_ms
from span_metrics
where tenant = {tenant:String}
  and minute >= toStartOfMinute({since:DateTime64(9, 'UTC')})
  and minute < {until:DateTime64(9, 'UTC')}
