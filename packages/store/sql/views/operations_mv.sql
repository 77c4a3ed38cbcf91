-- Feeds operations with one row per service, operation, kind and hour of every loaded block.
create materialized view if not exists operations_mv to operations as
select
  tenant,
  toStartOfHour(ts) as hour,
  service,
  name,
  kind,
  toDateTime(min(ts)) as first_seen,
  toDateTime(max(ts)) as last_seen,
  count() as seen,
  countIf(status = 'error') as errors
from spans
group by tenant, hour, service, name, kind
