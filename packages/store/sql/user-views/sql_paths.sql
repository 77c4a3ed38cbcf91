-- Every span with the way down to it: the names from the root to the span, in the traces that start
-- within the range. Walked level by level from the roots and from spans whose parent is not in the
-- range, to 64 levels; a level costs one join of the range's spans with those found on the level above.
-- `any left`: a parent that was sent twice is one parent, so that no level doubles the next.
create or replace view sql_paths as
with recursive
  found as (
    select trace_id as id, span_id, parent_span_id, service, name, ts, duration_ns, status
    from spans
    where tenant = {tenant:String}
      and ts >= {since:DateTime64(9, 'UTC')}
      and ts < {until:DateTime64(9, 'UTC')}
  ),
  walked as (
    select
      id, span_id, service, name, ts, duration_ns, status,
      [concat(toString(service), ': ', toString(name))] as path,
      toUInt8(1) as is_there
    from found
    where parent_span_id = 0
      or (id, parent_span_id) global not in (select id, span_id from found)
    union all
    select
      found.id, found.span_id, found.service, found.name, found.ts, found.duration_ns, found.status,
      arrayPushBack(walked.path, concat(toString(found.service), ': ', toString(found.name))) as path,
      toUInt8(1) as is_there
    from found
    global any left join walked on found.id = walked.id and found.parent_span_id = walked.span_id
    where walked.is_there = 1
      and found.parent_span_id != 0
      and length(walked.path) < 64
  )
select
  lower(hex(id)) as trace_id,
  lower(leftPad(hex(walked.span_id), 16, '0')) as span_id,
  service,
  name,
  ts as start_time,
  duration_ns,
  duration_ns / 1e6 as duration_ms,
  status,
  path,
  toUInt16(length(path) - 1) as depth,
  id as trace_key
from walked
