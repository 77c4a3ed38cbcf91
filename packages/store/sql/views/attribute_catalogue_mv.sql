-- Feeds attribute_catalogue. Unfolding every attribute of every span costs 3.3 µs/span, most of the
-- load's budget, so a block's first 1 000 spans are taken whole (a quiet system is catalogued
-- exactly, and a new key shows at once) and of the rest one trace in 64, counted 64 times.
-- Every map is cast to one shape and unfolded in two steps, with few lambdas: planning the
-- view, not running it, is what a small load pays for.
create materialized view if not exists attribute_catalogue_mv to attribute_catalogue as
select
  tenant,
  day,
  level.1 as scope,
  attribute.1 as key,
  level.2 as type,
  service,
  sum(weight) as uses,
  toDateTime(min(ts)) as first_seen,
  toDateTime(max(ts)) as last_seen,
  groupUniqArrayState(20)(value) as samples,
  uniqCombined64State(12)(value) as distinct_values
from (
  select
    tenant,
    day,
    service,
    ts,
    weight,
    level,
    arrayJoin(level.3) as attribute,
    -- Raw bytes of arrays, key lists and byte strings say nothing to a reader.
    if(level.2 = 'other', '', substringUTF8(attribute.2, 1, 128)) as value
  from (
    select
      tenant,
      toDate(ts) as day,
      service,
      ts,
      if(rowNumberInBlock() < 1000, 1, 64) as weight,
      arrayJoin(arrayFilter(level -> notEmpty(level.3), [
        ('span', 'string', attr_str::Array(Tuple(String, String))),
        ('span', 'int', attr_int::Array(Tuple(String, String))),
        ('span', 'double', attr_num::Array(Tuple(String, String))),
        ('span', 'bool', attr_bool::Array(Tuple(String, String))),
        ('span', 'other', attr_other::Array(Tuple(String, String))),
        ('resource', 'string', res_str::Array(Tuple(String, String))),
        ('resource', 'int', res_int::Array(Tuple(String, String))),
        ('resource', 'double', res_num::Array(Tuple(String, String))),
        ('resource', 'bool', res_bool::Array(Tuple(String, String))),
        ('resource', 'other', res_other::Array(Tuple(String, String))),
        ('scope', 'string', scope_str::Array(Tuple(String, String))),
        ('scope', 'int', scope_int::Array(Tuple(String, String))),
        ('scope', 'double', scope_num::Array(Tuple(String, String))),
        ('scope', 'bool', scope_bool::Array(Tuple(String, String))),
        ('scope', 'other', scope_other::Array(Tuple(String, String))),
        ('event', 'string', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.str))),
        ('event', 'int', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.int))),
        ('event', 'double', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.num))),
        ('event', 'bool', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.bool))),
        ('event', 'other', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), events.other))),
        ('link', 'string', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.str))),
        ('link', 'int', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.int))),
        ('link', 'double', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.num))),
        ('link', 'bool', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.bool))),
        ('link', 'other', arrayFlatten(arrayMap(m -> m::Array(Tuple(String, String)), links.other)))
      ])) as level
    from spans
    where rowNumberInBlock() < 1000 or sipHash64(trace_id) % 64 = 0
  )
)
group by tenant, day, scope, key, type, service
