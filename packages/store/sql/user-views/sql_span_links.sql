-- One row per link of a span to a span of another trace (or of the same).
create or replace view sql_span_links as
select
  lower(hex(id)) as trace_id,
  lower(leftPad(hex(number), 16, '0')) as span_id,
  service,
  operation as span_name,
  lower(hex(link.trace_id)) as linked_trace_id,
  lower(leftPad(hex(link.span_id), 16, '0')) as linked_span_id,
  mapConcat(
    link.str,
    mapApply((k, v) -> (k, toString(v)), link.int),
    mapApply((k, v) -> (k, toString(v)), link.num),
    mapApply((k, v) -> (k, if(v, 'true', 'false')), link.bool)
  ) as attributes,
  id as trace_key
from (
  select trace_id as id, spans.span_id as number, service, spans.name as operation, arrayJoin(links) as link
  from spans
  where tenant = {tenant:String}
    and ts >= {since:DateTime64(9, 'UTC')}
    and ts < {until:DateTime64(9, 'UTC')}
    and notEmpty(links)
)
