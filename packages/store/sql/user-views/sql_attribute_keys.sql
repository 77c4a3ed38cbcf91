-- Which attribute keys there are, of which type, on which service, with a few values. `uses` is an
-- estimate.
create or replace view sql_attribute_keys as
select
  scope,
  key,
  type,
  service,
  sum(found.uses) as uses,
  uniqCombined64Merge(12)(found.distinct_values) as distinct_values,
  arraySort(groupUniqArrayMerge(20)(found.samples)) as samples,
  max(found.last_seen) as last_seen
from (
  select scope, key, type, service, attribute_catalogue.uses as uses, distinct_values, samples, attribute_catalogue.last_seen as last_seen
  from attribute_catalogue
  where tenant = {tenant:String}
    and day >= toDate32({since:DateTime64(9, 'UTC')})
    and day <= toDate32({until:DateTime64(9, 'UTC')} - toIntervalNanosecond(1))
) as found
group by scope, key, type, service
