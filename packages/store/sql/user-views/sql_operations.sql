-- What every service does: one row per service, operation, kind and hour.
create or replace view sql_operations as
select
  hour,
  service,
  name,
  kind,
  sum(seen) as spans,
  sum(failed) as errors,
  min(first) as first_seen,
  max(last) as last_seen
from (
  select hour, service, name, kind, operations.seen as seen, operations.errors as failed, operations.first_seen as first, operations.last_seen as last
  from operations
  where tenant = {tenant:String}
    and hour >= toStartOfHour({since:DateTime64(9, 'UTC')})
    and hour < {until:DateTime64(9, 'UTC')}
)
group by hour, service, name, kind
