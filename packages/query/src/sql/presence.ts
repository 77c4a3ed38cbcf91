/**
 * Which typed maps have an attribute at all.
 *
 * Never knows: what is made of it.
 */
import type { Statement } from '@clew/store';
import type { TimeRange } from '../question.ts';
import { cataloguedWithin } from './attribute-names.ts';
import { column, type MapType } from './columns.ts';
import { type Fragment, join, or, print, sql, string } from './fragment.ts';
import { startsWithin } from './scan.ts';

export type PresenceRead = { readonly tenant: string; readonly range: TimeRange };

/** One map of spans, and an attribute that may be in it. */
export type MapOf = {
  readonly scope: 'span' | 'resource';
  readonly name: string;
  readonly type: MapType;
};

/** One row per scope, name and type that the catalogue has seen on the days of the range. */
export function cataloguedTypesStatement(
  { tenant, range }: PresenceRead,
  names: readonly string[],
): Statement {
  return print(sql`
    select scope, key, type
    from attribute_catalogue
    where ${cataloguedWithin({ tenant, range, service: null })}
      and scope in ('span', 'resource')
      and ${or(names.map((name) => sql`key = ${string(name)}`))}
    group by scope, key, type
  `);
}

/** A row when a span of the range has any of the attributes. Keys of every map have an index, so each is looked for by itself. */
export function anyOfStatement(read: PresenceRead, maps: readonly MapOf[]): Statement {
  const looked = maps.map(
    (map) => sql`
      (
        select 1 as found
        from spans
        where tenant = ${string(read.tenant)}
          and ${join([...startsWithin(read.range), contains(map)], sql`\n  and `)}
        limit 1
      )
    `,
  );
  return print(sql`
    select found
    from (
      ${join(looked, sql`\nunion all\n`)}
    )
    limit 1
  `);
}

const prefixes = { span: 'attr', resource: 'res' } as const;

function contains({ scope, name, type }: MapOf): Fragment {
  return sql`mapContains(${column(`${prefixes[scope]}_${type}`)}, ${string(name)})`;
}
