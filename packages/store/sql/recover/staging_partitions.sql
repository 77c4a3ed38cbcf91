-- The hours that the staging table holds.
select distinct partition_id as partition
from system.parts
where database = currentDatabase() and table = 'spans_restored' and active
order by partition
