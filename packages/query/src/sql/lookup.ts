/**
 * How an attribute is found: in the typed maps of its scope, span before resource where the scope is open.
 *
 * `map['key']` of an absent key reads as '' or 0, so every test asks `mapContains` first.
 *
 * Never knows: which test is made.
 */
import type { Attribute, OtherName } from '@clew/traceql';
import { dedicatedColumns, type Maps, type Place, scopeMaps } from './attribute.ts';
import { type Fragment, join, or, sql, string } from './fragment.ts';

export type LookupTests = {
  readonly inMaps: (maps: Maps, key: Fragment) => Fragment;
  /** For an attribute that has a column of its own; left out, its maps are read. */
  readonly inColumn?: (column: Fragment) => Fragment;
};

/**
 * True when the attribute passes the test, under any of its names. Unscoped, a value of the span shadows one of the
 * resource, whatever its type.
 */
export function lookup(attribute: Attribute, tests: LookupTests): Fragment {
  const also = (attribute.also ?? []).map(
    ({ name, on }) => sql`${sideTest(on)}${lookupName(attribute.scope, name, tests)}`,
  );
  return or([lookupName(attribute.scope, attribute.name, tests), ...also]);
}

function lookupName(scope: Attribute['scope'], name: string, tests: LookupTests): Fragment {
  const key = string(name);
  if (scope !== 'any') return inScope(scope, key, name, tests);
  const onSpan = inScope('span', key, name, tests);
  const onResource = inScope('resource', key, name, tests);
  return sql`(${onSpan} or ${lacks(scopeMaps.span, key)} and ${onResource})`;
}

/**
 * True when no typed map has the key. No index can answer that, so it is one term: the engine gives up on the skip indexes
 * of a condition that has many.
 */
function lacks(maps: Maps, key: Fragment): Fragment {
  const all = [maps.string, maps.int, maps.double, maps.bool, maps.other];
  return sql`(${join(
    all.map((map) => sql`mapContains(${map}, ${key})`),
    sql` + `,
  )}) = 0`;
}

/** The kinds of span on which a name means the same, as a condition in front of another. */
export function sideTest(on: OtherName['on']): Fragment {
  if (on === undefined) return sql``;
  return on === 'caller'
    ? sql`kind in ('client', 'producer') and `
    : sql`kind in ('server', 'consumer') and `;
}

type ClosedScope = keyof typeof scopeMaps;

function inScope(scope: ClosedScope, key: Fragment, name: string, tests: LookupTests): Fragment {
  const column = dedicatedColumns[`${scope}.${name}`];
  if (column !== undefined && tests.inColumn !== undefined) return tests.inColumn(column);
  const maps = scopeMaps[scope];
  return anyOf(maps.place, tests.inMaps(maps, key));
}

/** True when the attribute is missing (`absent`), or there. Of events and links: when one of them lacks it, or has it. */
export function lookupAbsence(attribute: Attribute, absent: boolean): Fragment {
  const { scope, name, also = [] } = attribute;
  const maps = scopeMaps[scope === 'any' ? 'span' : scope];
  const there = or([
    hasName(scope, name),
    ...also.map((other) => sql`${sideTest(other.on)}${hasName(scope, other.name)}`),
  ]);
  return anyOf(maps.place, absent ? sql`not ${there}` : there);
}

/** True when the attribute is there under this very name. */
export function hasName(scope: Attribute['scope'], name: string): Fragment {
  const key = string(name);
  if (scope !== 'any') return has(scopeMaps[scope], key);
  return or([has(scopeMaps.span, key), has(scopeMaps.resource, key)]);
}

/** True when any typed map has the key. */
export function has(maps: Maps, key: Fragment): Fragment {
  const all = [maps.string, maps.int, maps.double, maps.bool, maps.other];
  return or(all.map((map) => sql`mapContains(${map}, ${key})`));
}

/** True when one of the typed maps has the key and its value passes; no map to look into is false. */
export function typedTests(
  maps: readonly Fragment[],
  key: Fragment,
  test: (value: Fragment) => Fragment,
): Fragment {
  const tests = maps.map(
    (map) => sql`(mapContains(${map}, ${key}) and ${test(sql`${map}[${key}]`)})`,
  );
  return tests.length === 0 ? sql`false` : or(tests);
}

/** True when the test holds for the span, or for any of its events or links. */
export function anyOf(place: Place, test: Fragment): Fragment {
  switch (place) {
    case 'span':
      return test;
    case 'event':
      return sql`arrayExists(e -> ${test}, events)`;
    case 'link':
      return sql`arrayExists(l -> ${test}, links)`;
  }
}
