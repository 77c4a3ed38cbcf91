-- Step 5 of 10 in a span's walk.   before: collector/src/loader.ts   after: tables/spans.sql
--
-- A segment of frames becomes rows of `spans`: resources → scopes → spans, each level's attributes
-- sorted into typed maps once, before the level below is unfolded. The only slot is the source,
-- filled by src/load.ts: file(…) where the engine is embedded, input(…) where the segment is the
-- body of the request. Never filters and never samples: a row per span, whatever it holds.
insert into spans (
  tenant, ts, duration_ns, trace_id, span_id, parent_span_id, trace_state, flags,
  service, name, kind, status, status_message,
  scope_name, scope_version, res_schema_url, scope_schema_url,
  attr_str, attr_int, attr_num, attr_bool, attr_other,
  res_str, res_int, res_num, res_bool, res_other,
  scope_str, scope_int, scope_num, scope_bool, scope_other,
  events, links,
  dropped_attributes, dropped_events, dropped_links, res_dropped, scope_dropped,
  marks, arrived, listener, segment
)
with
  x -> cast(arrayMap(a -> (a.key, a.value.s), arrayFilter(a -> a.value.value = 's', x)), 'Map(LowCardinality(String), String)') as strings,
  x -> cast(arrayMap(a -> (a.key, a.value.i), arrayFilter(a -> a.value.value = 'i', x)), 'Map(LowCardinality(String), Int64)') as ints,
  x -> cast(arrayMap(a -> (a.key, a.value.d), arrayFilter(a -> a.value.value = 'd', x)), 'Map(LowCardinality(String), Float64)') as doubles,
  x -> cast(arrayMap(a -> (a.key, a.value.b), arrayFilter(a -> a.value.value = 'b', x)), 'Map(LowCardinality(String), Bool)') as bools,
  -- At most one of a, k and y is filled, so their concatenation is that member's bytes.
  x -> cast(arrayMap(a -> (a.key, concat(toString(a.value.value), a.value.a, a.value.k, a.value.y)), arrayFilter(a -> a.value.value in ('no', 'a', 'k', 'y'), x)), 'Map(LowCardinality(String), String)') as others,
  -- Big-endian: the number that the id's hex digits spell. An absent id is 0.
  x -> reinterpretAsUInt64(reverse(x)) as id
select
  tenant,
  fromUnixTimestamp64Nano(toInt64(span.start_time_unix_nano), 'UTC'),
  -- An end before the start is 0, never a wrapped UInt64; admission has marked such a span.
  toUInt64(greatest(span.end_time_unix_nano, span.start_time_unix_nano) - span.start_time_unix_nano),
  toFixedString(span.trace_id, 16),
  id(span.span_id),
  id(span.parent_span_id),
  span.trace_state,
  span.flags,
  resource_maps.1['service.name'],
  span.name,
  -- Numbers that OTLP does not know are 0, as its enums say; the Enum8 cast would fail the segment.
  cast(if(span.kind between 0 and 5, span.kind, 0), 'Enum8(\'unspecified\'=0, \'internal\'=1, \'server\'=2, \'client\'=3, \'producer\'=4, \'consumer\'=5)'),
  cast(if(span.status.code between 0 and 2, span.status.code, 0), 'Enum8(\'unset\'=0, \'ok\'=1, \'error\'=2)'),
  span.status.message,
  scope_head.1,
  scope_head.2,
  res_schema_url,
  scope_schema_url,
  strings(span.attributes), ints(span.attributes), doubles(span.attributes), bools(span.attributes), others(span.attributes),
  resource_maps.1, resource_maps.2, resource_maps.3, resource_maps.4, resource_maps.5,
  scope_maps.1, scope_maps.2, scope_maps.3, scope_maps.4, scope_maps.5,
  arrayMap(e -> (
    fromUnixTimestamp64Nano(toInt64(e.time_unix_nano), 'UTC'), e.name, e.dropped_attributes_count,
    strings(e.attributes), ints(e.attributes), doubles(e.attributes), bools(e.attributes), others(e.attributes)
  ), span.events),
  arrayMap(l -> (
    toFixedString(l.trace_id, 16), id(l.span_id), l.trace_state, l.flags, l.dropped_attributes_count,
    strings(l.attributes), ints(l.attributes), doubles(l.attributes), bools(l.attributes), others(l.attributes)
  ), span.links),
  span.dropped_attributes_count,
  span.dropped_events_count,
  span.dropped_links_count,
  resource_maps.6,
  scope_maps.6,
  span.marks,
  fromUnixTimestamp64Milli(toInt64(arrived_ms), 'UTC'),
  listener,
  {segment:UInt64}
from (
  select
    tenant, arrived_ms, listener, res_schema_url, resource_maps,
    scope_spans.schema_url as scope_schema_url,
    (scope_spans.scope.name, scope_spans.scope.version) as scope_head,
    (strings(scope_spans.scope.attributes), ints(scope_spans.scope.attributes), doubles(scope_spans.scope.attributes), bools(scope_spans.scope.attributes), others(scope_spans.scope.attributes), scope_spans.scope.dropped_attributes_count) as scope_maps,
    arrayJoin(scope_spans.spans) as span
  from (
    select
      tenant, arrived_ms, listener,
      resource_spans.schema_url as res_schema_url,
      (strings(resource_spans.resource.attributes), ints(resource_spans.resource.attributes), doubles(resource_spans.resource.attributes), bools(resource_spans.resource.attributes), others(resource_spans.resource.attributes), resource_spans.resource.dropped_attributes_count) as resource_maps,
      arrayJoin(resource_spans.scope_spans) as scope_spans
    from (
      select
        tenant, arrived_ms, listener,
        arrayJoin(resource_spans) as resource_spans
      from $source$
    )
  )
)
