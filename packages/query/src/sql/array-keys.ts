/**
 * The names under which some span of a tenant has a value that is no plain one: an array, a key list, bytes.
 *
 * Never knows: which of these it is.
 */
import type { Statement } from '@clew/store';
import { print, sql, string, uint32 } from './fragment.ts';

export function arrayKeysStatement(tenant: string, limit: number): Statement {
  return print(sql`
    select scope, key
    from attribute_catalogue
    where tenant = ${string(tenant)} and type = 'other'
    group by scope, key
    limit ${uint32(limit)}
  `);
}
