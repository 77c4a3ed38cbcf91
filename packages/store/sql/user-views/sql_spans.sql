-- Spans for people who write SQL: ids as hex text, times and durations by name, attributes as text.
-- `trace_key` is the id's bytes, for conditions that shall use the primary key; the typed maps are
-- for conditions that shall use the skip indexes and for numbers. Every view of this folder takes
-- its tenant, and its times, as parameters, so that it cannot be read without them.
create or replace view sql_spans as
select
  lower(hex(spans.trace_id)) as trace_id,
  lower(leftPad(hex(spans.span_id), 16, '0')) as span_id,
  if(parent_span_id = 0, '', lower(leftPad(hex(parent_span_id), 16, '0'))) as parent_id,
  service,
  name,
  kind,
  status,
  status_message,
  ts as start_time,
  ts + toIntervalNanosecond(duration_ns) as end_time,
  duration_ns,
  duration_ns / 1e6 as duration_ms,
  (parent_span_id = 0)::Bool as is_root,
  (status = 'error')::Bool as is_error,
  mapConcat(
    attr_str,
    mapApply((k, v) -> (k, toString(v)), attr_int),
    mapApply((k, v) -> (k, toString(v)), attr_num),
    mapApply((k, v) -> (k, if(v, 'true', 'false')), attr_bool)
  ) as attributes,
  mapConcat(
    res_str,
    mapApply((k, v) -> (k, toString(v)), res_int),
    mapApply((k, v) -> (k, toString(v)), res_num),
    mapApply((k, v) -> (k, if(v, 'true', 'false')), res_bool)
  ) as resource,
  scope_name,
  scope_version,
  trace_state,
  length(events) as event_count,
  length(links) as link_count,
  arrived,
  listener,
  ts,
  spans.trace_id as trace_key,
  attr_str,
  attr_int,
  attr_num,
  attr_bool,
  res_str,
  res_int,
  res_num,
  res_bool
from spans
where tenant = {tenant:String}
  and ts >= {since:DateTime64(9, 'UTC')}
  and ts < {until:DateTime64(9, 'UTC')}
