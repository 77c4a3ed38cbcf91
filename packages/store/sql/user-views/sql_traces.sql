-- One row per trace, from its spans that start within the range. The root is the earliest span
-- without a parent, or the earliest span while that has not arrived.
create or replace view sql_traces as
select
  lower(hex(id)) as trace_id,
  min(ts) as start_time,
  max(span_end) as end_time,
  toUInt64(dateDiff('nanosecond', start_time, end_time)) as duration_ns,
  duration_ns / 1e6 as duration_ms,
  argMin(service, (parent_span_id != 0, ts, span_id)) as root_service,
  argMin(name, (parent_span_id != 0, ts, span_id)) as root_name,
  argMin(status, (parent_span_id != 0, ts, span_id)) as root_status,
  countIf(parent_span_id = 0) as roots,
  uniqExact(span_id) as spans,
  uniqExactIf(span_id, status = 'error') as errors,
  arraySort(groupUniqArray(service)) as services,
  id as trace_key
from (
  select trace_id as id, ts, ts + toIntervalNanosecond(duration_ns) as span_end, service, name, status, span_id, parent_span_id
  from spans
  where tenant = {tenant:String}
    and ts >= {since:DateTime64(9, 'UTC')}
    and ts < {until:DateTime64(9, 'UTC')}
)
group by id
