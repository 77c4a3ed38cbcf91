/**
 * The vocabulary: which column holds an intrinsic, which typed maps hold the attributes of a scope.
 *
 * Data, not branches: a new intrinsic is a row. Those of whole traces are columns that only spanset.ts adds to the row;
 * those that follow from the tree of spans are null here, and worked out outside the engine.
 *
 * Never knows: operators.
 */
import type { AttributeScope, Intrinsic, Static } from '@clew/traceql';
import { column, type MapType, member } from './columns.ts';
import { type Fragment, sql } from './fragment.ts';

/** What a field is read from: the span itself, or any of its events or links (`e`, `l` are the lambda's names). */
export type Place = 'span' | 'event' | 'link';

export type FieldType = 'string' | 'number' | 'status' | 'kind';

export type IntrinsicColumn = {
  readonly place: Place;
  readonly type: FieldType;
  readonly value: Fragment;
};

const span = (type: FieldType, value: Fragment): IntrinsicColumn => ({
  place: 'span',
  type,
  value,
});

/** A span id as its 16 hex digits. */
export const spanIdHex = (id: Fragment) => sql`lower(leftPad(hex(${id}), 16, '0'))`;

export const intrinsicColumns: Readonly<Record<Intrinsic, IntrinsicColumn | null>> = {
  duration: span('number', column('duration_ns')),
  name: span('string', column('name')),
  status: span('status', column('status')),
  statusMessage: span('string', column('status_message')),
  kind: span('kind', column('kind')),
  'span:id': span('string', spanIdHex(column('span_id'))),
  'span:parentID': span(
    'string',
    sql`if(${column('parent_span_id')} = 0, '', ${spanIdHex(column('parent_span_id'))})`,
  ),
  'trace:id': span('string', sql`lower(hex(${column('trace_id')}))`),
  'instrumentation:name': span('string', column('scope_name')),
  'instrumentation:version': span('string', column('scope_version')),
  'event:name': { place: 'event', type: 'string', value: sql`e.name` },
  'event:timeSinceStart': {
    place: 'event',
    type: 'number',
    value: sql`(toUnixTimestamp64Nano(e.ts) - toUnixTimestamp64Nano(${column('ts')}))`,
  },
  'link:traceID': { place: 'link', type: 'string', value: sql`lower(hex(l.trace_id))` },
  'link:spanID': { place: 'link', type: 'string', value: spanIdHex(sql`l.span_id`) },
  'span:childCount': null,
  traceDuration: span('number', sql`trace_duration_ns`),
  rootName: span('string', sql`root_name`),
  rootServiceName: span('string', sql`root_service`),
  nestedSetLeft: null,
  nestedSetRight: null,
  nestedSetParent: null,
  parent: null,
};

/** The typed maps of one scope, by name and by the type of constant that can equal a value in them. */
export type Maps = {
  readonly place: Place;
  readonly string: Fragment;
  readonly int: Fragment;
  readonly double: Fragment;
  readonly bool: Fragment;
  readonly other: Fragment;
  readonly of: Readonly<Record<Static['type'], readonly Fragment[]>>;
};

function maps(place: Place, named: (type: MapType) => Fragment): Maps {
  const [text, int, double, flag] = [named('str'), named('int'), named('num'), named('bool')];
  // Integers and doubles compare by value, whichever way the sender wrote them.
  const numbers = [int, double];
  const of = {
    string: [text],
    int: numbers,
    float: numbers,
    duration: numbers,
    boolean: [flag],
    status: [],
    kind: [],
  };
  return { place, string: text, int, double, bool: flag, other: named('other'), of };
}

export const scopeMaps: Readonly<Record<Exclude<AttributeScope, 'any'>, Maps>> = {
  span: maps('span', (type) => column(`attr_${type}`)),
  resource: maps('span', (type) => column(`res_${type}`)),
  instrumentation: maps('span', (type) => column(`scope_${type}`)),
  event: maps('event', (type) => member('e', type)),
  link: maps('link', (type) => member('l', type)),
};

/**
 * Attributes with a column of their own, by scope and name. The column reads '' where the attribute is missing,
 * as Tempo's dedicated column does; hence `resource.service.name` is never nil.
 */
export const dedicatedColumns: Readonly<Record<string, Fragment>> = {
  'resource.service.name': column('service'),
};
