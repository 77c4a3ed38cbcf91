-- Every span with the way down to it: the names from the root to the span, in the traces that start
-- within the range. The walk upwards ends at a missing parent, and after 64 steps.
create or replace view sql_paths as
select
  lower(hex(id)) as trace_id,
  lower(leftPad(hex(span.1), 16, '0')) as span_id,
  span.3 as service,
  span.4 as name,
  span.5 as start_time,
  span.6 as duration_ns,
  duration_ns / 1e6 as duration_ms,
  span.7 as status,
  arrayReverse(
    arrayFold(
      (way, step) -> if(
        way.2 = 0 or indexOf(ids, way.2) = 0,
        way,
        (
          arrayPushBack(way.1, concat(toString(members[indexOf(ids, way.2)].3), ': ', toString(members[indexOf(ids, way.2)].4))),
          members[indexOf(ids, way.2)].2
        )
      ),
      range(64),
      ([concat(toString(span.3), ': ', toString(span.4))], span.2)
    ).1
  ) as path,
  length(path) - 1 as depth,
  id as trace_key
from (
  select id, groupArray(10000)(member) as members, members.1 as ids
  from (
    select trace_id as id, (span_id, parent_span_id, toString(service), toString(name), ts, duration_ns, status) as member
    from spans
    where tenant = {tenant:String}
      and ts >= {since:DateTime64(9, 'UTC')}
      and ts < {until:DateTime64(9, 'UTC')}
  )
  group by id
)
array join members as span
