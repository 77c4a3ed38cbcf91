/**
 * A span with everything that was sent, as columns for JSON: 64-bit integers and doubles as text, bytes as base64.
 *
 * Never knows: which spans are read.
 */
import { column, type MapType, member } from './columns.ts';
import { type Fragment, sql } from './fragment.ts';
import { parentSpanIdText, spanIdText, startNsText } from './select.ts';

/**
 * The resource and scope of a span as a number. They are long and few: sent once per trace instead of once per span,
 * they are what makes a large trace readable in a second or two.
 */
export const originKey = sql`
  toString(sipHash64(toString((
    res_str, res_int, res_num, res_bool, res_other, res_dropped, res_schema_url,
    scope_name, scope_version,
    scope_str, scope_int, scope_num, scope_bool, scope_other, scope_dropped, scope_schema_url
  ))))
`;

export const wholeSpan = sql`
  ${spanIdText},
  ${parentSpanIdText},
  trace_state as traceState,
  flags,
  service,
  name,
  kind,
  status,
  status_message as statusMessage,
  ${startNsText},
  toString(toUnixTimestamp64Nano(ts) + duration_ns) as endNs,
  toFloat64(duration_ns) as durationNs,
  ${attributesOf((type) => column(`attr_${type}`))} as attributes,
  dropped_attributes as droppedAttributes,
  arrayMap(e -> (
    toString(toUnixTimestamp64Nano(e.ts)),
    e.name,
    ${attributesOf((type) => member('e', type))},
    e.dropped
  ), events) as eventList,
  dropped_events as droppedEvents,
  arrayMap(l -> (
    lower(hex(l.trace_id)),
    lower(leftPad(hex(l.span_id), 16, '0')),
    l.trace_state,
    l.flags,
    ${attributesOf((type) => member('l', type))},
    l.dropped
  ), links) as linkList,
  dropped_links as droppedLinks,
  ${originKey} as origin,
  marks,
  toFloat64(toUnixTimestamp64Milli(arrived)) as arrivedMs,
  listener
`;

export const origin = sql`
  any((
    ${attributesOf((type) => column(`res_${type}`))},
    res_dropped,
    res_schema_url
  )) as resource,
  any((
    scope_name,
    scope_version,
    ${attributesOf((type) => column(`scope_${type}`))},
    scope_dropped,
    scope_schema_url
  )) as scope
`;

/** Typed maps as arrays of pairs: JSON objects would merge repeated keys. Doubles as text, or NaN would be null. */
function attributesOf(map: (type: MapType) => Fragment): Fragment {
  const pairs = (type: MapType, value: Fragment) =>
    sql`arrayMap((k, v) -> (toString(k), ${value}), mapKeys(${map(type)}), mapValues(${map(type)}))`;
  return sql`
    (
      ${pairs('str', sql`v`)},
      ${pairs('int', sql`toString(v)`)},
      ${pairs('num', sql`toString(v)`)},
      ${pairs('bool', sql`v`)},
      ${pairs('other', sql`base64Encode(v)`)}
    )
  `;
}
