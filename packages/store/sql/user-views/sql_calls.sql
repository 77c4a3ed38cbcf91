-- One row per pair of parent and child span: who called whom, and how long either took. The parents
-- may start a quarter of an hour before the range. `any`: a parent that was sent twice is one.
-- `global`: on a cluster the parents are read once, not once per shard.
create or replace view sql_calls as
select
  lower(hex(child.id)) as trace_id,
  lower(leftPad(hex(child.parent_span_id), 16, '0')) as parent_id,
  parent.service as parent_service,
  parent.name as parent_name,
  parent.kind as parent_kind,
  parent.duration_ns / 1e6 as parent_duration_ms,
  lower(leftPad(hex(child.span_id), 16, '0')) as span_id,
  child.service as service,
  child.name as name,
  child.kind as kind,
  child.status as status,
  (child.status = 'error')::Bool as is_error,
  child.ts as start_time,
  child.duration_ns as duration_ns,
  child.duration_ns / 1e6 as duration_ms,
  (parent.service != child.service)::Bool as is_remote,
  child.id as trace_key
from (
  select trace_id as id, span_id, parent_span_id, service, name, kind, status, ts, duration_ns
  from spans
  where tenant = {tenant:String}
    and ts >= {since:DateTime64(9, 'UTC')}
    and ts < {until:DateTime64(9, 'UTC')}
    and parent_span_id != 0
) as child
global any left join (
  select trace_id as id, span_id, service, name, kind, duration_ns
  from spans
  where tenant = {tenant:String}
    and ts >= {since:DateTime64(9, 'UTC')} - toIntervalMinute(15)
    and ts < {until:DateTime64(9, 'UTC')}
) as parent on child.id = parent.id and child.parent_span_id = parent.span_id
where parent.span_id != 0
