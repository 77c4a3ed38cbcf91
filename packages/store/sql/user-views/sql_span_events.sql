-- One row per event of a span; exceptions are events of the name `exception`.
create or replace view sql_span_events as
select
  lower(hex(id)) as trace_id,
  lower(leftPad(hex(number), 16, '0')) as span_id,
  service,
  operation as span_name,
  event.ts as time,
  event.name as name,
  mapConcat(
    event.str,
    mapApply((k, v) -> (k, toString(v)), event.int),
    mapApply((k, v) -> (k, toString(v)), event.num),
    mapApply((k, v) -> (k, if(v, 'true', 'false')), event.bool)
  ) as attributes,
  id as trace_key
from (
  select trace_id as id, spans.span_id as number, service, spans.name as operation, arrayJoin(events) as event
  from spans
  where tenant = {tenant:String}
    and ts >= {since:DateTime64(9, 'UTC')}
    and ts < {until:DateTime64(9, 'UTC')}
    and notEmpty(events)
)
