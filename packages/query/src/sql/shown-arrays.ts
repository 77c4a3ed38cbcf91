/**
 * Array attributes as lists of cells, for what is shown of a span.
 *
 * Never knows: how a list is written down.
 */
import type { Attribute } from '@clew/traceql';
import { scopeMaps } from './attribute.ts';
import { elementCells } from './elements.ts';
import { type Fragment, join, sql, string } from './fragment.ts';
import { has, sideTest } from './lookup.ts';

/**
 * The elements of the array under the first of the attribute's names that has one; empty where there is none. Of events
 * and links, those of the first that has one.
 */
export function shownArray({ scope, name, also = [] }: Attribute): Fragment {
  const others = also.map(
    ({ name, on }) => sql`if(${sideTest(on)}true, ${arrayUnder(scope, name)}, emptyArrayString())`,
  );
  const own = arrayUnder(scope, name);
  return others.length === 0 ? own : firstOf(sql`[${join([own, ...others], sql`, `)}]`);
}

function arrayUnder(scope: Attribute['scope'], name: string): Fragment {
  const key = string(name);
  if (scope === 'any') {
    const [own, inherited] = [arrayUnder('span', name), arrayUnder('resource', name)];
    return sql`if(${has(scopeMaps.span, key)}, ${own}, ${inherited})`;
  }
  const { place, other } = scopeMaps[scope];
  const cells = elementCells(other, key);
  switch (place) {
    case 'span':
      return cells;
    case 'event':
      return firstOf(sql`arrayMap(e -> ${cells}, events)`);
    case 'link':
      return firstOf(sql`arrayMap(l -> ${cells}, links)`);
  }
}

function firstOf(lists: Fragment): Fragment {
  return sql`arrayFirst(list -> notEmpty(list), ${lists})`;
}
