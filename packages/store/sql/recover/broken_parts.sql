-- Parts that the engine set aside because their files were torn, which it does silently at start.
select
  table,
  partition_id as partition,
  name,
  reason,
  toString(bytes_on_disk) as bytes
from system.detached_parts
where database = currentDatabase() and reason ilike '%broken%'
order by table, name
