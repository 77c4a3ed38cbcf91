/**
 * How an attribute is found: in the typed maps of its scope, span before resource where the scope is open.
 *
 * `map['key']` of an absent key reads as '' or 0, so every test asks `mapContains` first.
 *
 * Never knows: which test is made.
 */
import type { Attribute, OtherName, Static } from '@clew/traceql';
import { dedicatedColumns, type Maps, type Place, scopeMaps } from './attribute.ts';
import { type Fragment, int64, join, or, sql, string, strings } from './fragment.ts';

export type LookupTests = {
  readonly inMaps: (maps: Maps, key: Fragment) => Fragment;
  /** For an attribute that has a column of its own; left out, its maps are read. */
  readonly inColumn?: (column: Fragment) => Fragment;
  /** The maps of a scope in which a value can pass. */
  readonly mapsOf: (maps: Maps) => readonly Fragment[];
  /** The value, where only one passes. */
  readonly equal?: Static;
};

/**
 * True when the attribute passes the test, under any of its names. Unscoped, a value of the span shadows one of the
 * resource, whatever its type.
 */
export function lookup(attribute: Attribute, tests: LookupTests): Fragment {
  const { scope, name, also = [] } = attribute;
  const others = also.map(({ name, on }) => sql`${sideTest(on)}${lookupName(scope, name, tests)}`);
  const exact = or([lookupName(scope, name, tests), ...others]);
  return hinted(attribute, exact, (side) => hintIn(side, attribute, tests));
}

/**
 * A condition of many terms, with what follows from it in front: few terms, which the skip indexes can answer.
 *
 * The engine gives up on all indexes where a statement's conditions have more than 32 terms and connectives; an attribute
 * has nine for each of its names. So the condition itself is made one term, by an addition that no index looks into.
 */
function hinted(
  { scope, also = [] }: Attribute,
  exact: Fragment,
  hintOf: (scope: ClosedScope) => Fragment,
): Fragment {
  const sides: readonly ClosedScope[] = scope === 'any' ? ['span', 'resource'] : [scope];
  const isShort = sides.length === 1 && also.length === 0;
  if (isShort || sides.some((side) => scopeMaps[side].place !== 'span')) return exact;
  return sql`(${or(sides.map(hintOf))} and (${exact}) + 0 = 1)`;
}

function hintIn(scope: ClosedScope, { name, also = [] }: Attribute, tests: LookupTests): Fragment {
  const names = [name, ...also.map((other) => other.name)];
  const keys = keysOf(names);
  const columns = names.flatMap((each) => dedicatedColumns[`${scope}.${each}`] ?? []);
  const { inColumn } = tests;
  const maps = tests.mapsOf(scopeMaps[scope]).map((map) => hasOne(map, keys));
  const { string: text, int } = scopeMaps[scope];
  const { equal } = tests;
  if (scope === 'span' && equal?.type === 'string') {
    maps[0] = sql`(${hasOne(text, keys)} and has(mapValues(${text}), ${string(equal.value)}))`;
  } else if (scope === 'span' && equal?.type === 'int') {
    maps[0] = sql`(${hasOne(int, keys)} and has(mapValues(${int}), ${int64(equal.value)}))`;
  }
  const all = [...maps, ...(inColumn ? columns.map(inColumn) : [])];
  return all.length === 0 ? sql`false` : or(all);
}

type Keys = { readonly only: Fragment } | { readonly any: Fragment };

function keysOf(names: readonly string[]): Keys {
  return names.length === 1 ? { only: string(names[0]!) } : { any: strings(names) };
}

/** True when a map has one of the keys. */
function hasOne(map: Fragment, keys: Keys): Fragment {
  return 'only' in keys
    ? sql`mapContains(${map}, ${keys.only})`
    : sql`hasAny(mapKeys(${map}), ${keys.any})`;
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
  return sql`(${join(
    typed(maps).map((map) => sql`mapContains(${map}, ${key})`),
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
  if (absent) return anyOf(maps.place, sql`not ${there}`);
  const keys = keysOf([name, ...also.map((other) => other.name)]);
  return anyOf(
    maps.place,
    hinted(attribute, there, (side) => or(typed(scopeMaps[side]).map((map) => hasOne(map, keys)))),
  );
}

/** True when the attribute is there under this very name. */
export function hasName(scope: Attribute['scope'], name: string): Fragment {
  const key = string(name);
  if (scope !== 'any') return has(scopeMaps[scope], key);
  return or([has(scopeMaps.span, key), has(scopeMaps.resource, key)]);
}

/** True when any typed map has the key. */
export function has(maps: Maps, key: Fragment): Fragment {
  return or(typed(maps).map((map) => sql`mapContains(${map}, ${key})`));
}

function typed(maps: Maps): readonly Fragment[] {
  return [maps.string, maps.int, maps.double, maps.bool, maps.other];
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
