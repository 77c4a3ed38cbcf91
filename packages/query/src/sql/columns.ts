/**
 * Identifiers of `spans` as fragments, from the store's registry: a renamed column does not compile.
 *
 * Never knows: what a column means.
 */
import type { ColumnName } from '@clew/store';
import { type Fragment, identifier } from './fragment.ts';

export function column(name: ColumnName<'spans'>): Fragment {
  return identifier(name);
}

/** The five typed maps that every bag of attributes is stored in. */
export type MapType = 'str' | 'int' | 'num' | 'bool' | 'other';

/** A typed map of an event (`e`) or a link (`l`) inside a lambda over them. */
export function member(of: 'e' | 'l', type: MapType): Fragment {
  return identifier(`${of}.${type}`);
}
