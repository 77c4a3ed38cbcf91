-- Feeds trace_ix with one row per trace of every loaded block.
create materialized view if not exists trace_ix_mv to trace_ix as
select
  tenant,
  trace_id,
  toDateTime(min(ts)) as start,
  toDateTime(max(ts)) as end
from spans
group by tenant, trace_id
