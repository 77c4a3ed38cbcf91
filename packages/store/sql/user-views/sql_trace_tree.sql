-- The spans of one trace as a tree, walked from the roots (and from spans whose parent is missing):
-- depth, and the path of names down to the span. `sort_key` puts children under their parents in
-- order of start. Deeper than 256 levels is left out; a circle of parents has no root and no rows.
create or replace view sql_trace_tree as
with recursive
  found as (
    select
      span_id, parent_span_id, service, name, kind, status, status_message, ts, duration_ns,
      mapConcat(
        attr_str,
        mapApply((k, v) -> (k, toString(v)), attr_int),
        mapApply((k, v) -> (k, toString(v)), attr_num),
        mapApply((k, v) -> (k, if(v, 'true', 'false')), attr_bool)
      ) as attributes
    from spans
    where tenant = {tenant:String}
      and trace_id = toFixedString(unhex({trace:String}), 16)
      and toStartOfMinute(ts) >= (
        select toStartOfMinute(min(start))
        from trace_ix
        where tenant = {tenant:String} and trace_id = toFixedString(unhex({trace:String}), 16)
      )
      and toStartOfMinute(ts) <= (
        select toStartOfMinute(max(end))
        from trace_ix
        where tenant = {tenant:String} and trace_id = toFixedString(unhex({trace:String}), 16)
      )
    limit 1 by span_id, service
    limit 100000
  ),
  tree as (
    select
      span_id, parent_span_id, service, name, kind, status, status_message, ts, duration_ns, attributes,
      toUInt16(0) as depth,
      [concat(toString(service), ': ', toString(name))] as path,
      [(ts, span_id)] as sort_key,
      toUInt8(1) as is_there
    from found
    where parent_span_id = 0 or parent_span_id not in (select span_id from found)
    union all
    select
      found.span_id, found.parent_span_id, found.service, found.name, found.kind, found.status,
      found.status_message, found.ts, found.duration_ns, found.attributes,
      toUInt16(tree.depth + 1) as depth,
      arrayPushBack(tree.path, concat(toString(found.service), ': ', toString(found.name))) as path,
      arrayPushBack(tree.sort_key, (found.ts, found.span_id)) as sort_key,
      toUInt8(1) as is_there
    from found
    global any left join tree on found.parent_span_id = tree.span_id
    where tree.is_there = 1 and found.parent_span_id != 0 and tree.depth < 256
  )
select
  lower({trace:String}) as trace_id,
  lower(leftPad(hex(span_id), 16, '0')) as span_id,
  if(parent_span_id = 0, '', lower(leftPad(hex(parent_span_id), 16, '0'))) as parent_id,
  depth,
  concat(repeat('  ', depth), toString(service), ': ', toString(name)) as tree,
  service,
  name,
  kind,
  status,
  status_message,
  ts as start_time,
  ts + toIntervalNanosecond(duration_ns) as end_time,
  duration_ns,
  duration_ns / 1e6 as duration_ms,
  (status = 'error')::Bool as is_error,
  attributes,
  path,
  sort_key
from tree
