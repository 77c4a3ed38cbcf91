-- Traces that operations began within a span of time: root spans by service and name. Adaptive
-- sampling asks it once an interval. span_metrics knows no roots, and a server span below a kept
-- parent says nothing about the rate of its own service; so spans are counted, by their sort key
-- only the minutes concerned. The busiest come first, for where there are too many names the rest
-- is told the rate of the unknown.
select
  service,
  name,
  toUInt32(count()) as roots
from spans
where tenant = {tenant:String}
  and ts >= fromUnixTimestamp64Milli({from_ms:Int64})
  and ts < fromUnixTimestamp64Milli({to_ms:Int64})
  and parent_span_id = 0
group by service, name
order by roots desc, service, name
limit {rows_max:UInt32}
