-- Feeds attribute_catalogue. Unfolding every attribute of every span costs 3.3 µs/span, most of the
-- load's budget, so a block's first 2 000 spans are taken whole (a quiet system is catalogued
-- exactly, and a new key shows at once) and of the rest one trace in sixteen, counted sixteenfold.
create materialized view if not exists attribute_catalogue_mv to attribute_catalogue as
select
  tenant,
  day,
  attribute.1 as scope,
  attribute.2 as key,
  attribute.3 as type,
  service,
  sum(weight) as uses,
  toDateTime(min(ts)) as first_seen,
  toDateTime(max(ts)) as last_seen,
  groupUniqArrayState(20)(attribute.4) as samples,
  uniqCombined64State(12)(attribute.4) as distinct_values
from (
  select
    tenant,
    toDate(ts) as day,
    service,
    ts,
    weight,
    arrayJoin(arrayConcat(
      arrayMap(x -> ('span', x.1, 'string', substringUTF8(x.2, 1, 128)), attr_str::Array(Tuple(String, String))),
      arrayMap(x -> ('span', x.1, 'int', toString(x.2)), attr_int::Array(Tuple(String, Int64))),
      arrayMap(x -> ('span', x.1, 'double', toString(x.2)), attr_num::Array(Tuple(String, Float64))),
      arrayMap(x -> ('span', x.1, 'bool', if(x.2, 'true', 'false')), attr_bool::Array(Tuple(String, Bool))),
      arrayMap(x -> ('span', x, 'other', ''), mapKeys(attr_other)::Array(String)),
      arrayMap(x -> ('resource', x.1, 'string', substringUTF8(x.2, 1, 128)), res_str::Array(Tuple(String, String))),
      arrayMap(x -> ('resource', x.1, 'int', toString(x.2)), res_int::Array(Tuple(String, Int64))),
      arrayMap(x -> ('resource', x.1, 'double', toString(x.2)), res_num::Array(Tuple(String, Float64))),
      arrayMap(x -> ('resource', x.1, 'bool', if(x.2, 'true', 'false')), res_bool::Array(Tuple(String, Bool))),
      arrayMap(x -> ('resource', x, 'other', ''), mapKeys(res_other)::Array(String)),
      arrayMap(x -> ('scope', x.1, 'string', substringUTF8(x.2, 1, 128)), scope_str::Array(Tuple(String, String))),
      arrayMap(x -> ('scope', x.1, 'int', toString(x.2)), scope_int::Array(Tuple(String, Int64))),
      arrayMap(x -> ('scope', x.1, 'double', toString(x.2)), scope_num::Array(Tuple(String, Float64))),
      arrayMap(x -> ('scope', x.1, 'bool', if(x.2, 'true', 'false')), scope_bool::Array(Tuple(String, Bool))),
      arrayMap(x -> ('scope', x, 'other', ''), mapKeys(scope_other)::Array(String)),
      arrayMap(x -> ('event', x.1, 'string', substringUTF8(x.2, 1, 128)), arrayFlatten(arrayMap(e -> e.str::Array(Tuple(String, String)), events))),
      arrayMap(x -> ('event', x.1, 'int', toString(x.2)), arrayFlatten(arrayMap(e -> e.int::Array(Tuple(String, Int64)), events))),
      arrayMap(x -> ('event', x.1, 'double', toString(x.2)), arrayFlatten(arrayMap(e -> e.num::Array(Tuple(String, Float64)), events))),
      arrayMap(x -> ('event', x.1, 'bool', if(x.2, 'true', 'false')), arrayFlatten(arrayMap(e -> e.bool::Array(Tuple(String, Bool)), events))),
      arrayMap(x -> ('event', x, 'other', ''), arrayFlatten(arrayMap(e -> mapKeys(e.other)::Array(String), events))),
      arrayMap(x -> ('link', x.1, 'string', substringUTF8(x.2, 1, 128)), arrayFlatten(arrayMap(l -> l.str::Array(Tuple(String, String)), links))),
      arrayMap(x -> ('link', x.1, 'int', toString(x.2)), arrayFlatten(arrayMap(l -> l.int::Array(Tuple(String, Int64)), links))),
      arrayMap(x -> ('link', x.1, 'double', toString(x.2)), arrayFlatten(arrayMap(l -> l.num::Array(Tuple(String, Float64)), links))),
      arrayMap(x -> ('link', x.1, 'bool', if(x.2, 'true', 'false')), arrayFlatten(arrayMap(l -> l.bool::Array(Tuple(String, Bool)), links))),
      arrayMap(x -> ('link', x, 'other', ''), arrayFlatten(arrayMap(l -> mapKeys(l.other)::Array(String), links)))
    )) as attribute
  from (
    select
      *,
      if(rowNumberInBlock() < 2000, 1, 16) as weight
    from spans
    where rowNumberInBlock() < 2000 or sipHash64(trace_id) % 16 = 0
  )
)
group by tenant, day, scope, key, type, service
