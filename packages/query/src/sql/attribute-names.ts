/**
 * Statements about the names of attributes.
 *
 * Never knows: why the catalogue or the spans are asked.
 */
import type { Statement } from '@clew/store';
import type { FieldExpression } from '@clew/traceql';
import type { TimeRange } from '../question.ts';
import { column, type MapType, member } from './columns.ts';
import { conjuncts } from './conjuncts.ts';
import { type Fragment, join, print, sql, string, uint32 } from './fragment.ts';
import { startsWithin, startTime } from './scan.ts';

export type CatalogueRead = {
  readonly tenant: string;
  readonly range: TimeRange;
  /** Null: of any service. */
  readonly service: string | null;
};

/** The days of a range, of one service or of all. */
export function cataloguedWithin({ tenant, range, service }: CatalogueRead): Fragment {
  const conditions = [
    sql`tenant = ${string(tenant)}`,
    sql`day between toDate(${startTime(range.fromNs)}) and toDate(${startTime(range.toNs)})`,
    ...(service === null ? [] : [sql`service = ${string(service)}`]),
  ];
  return join(conditions, sql`\n  and `);
}

/** One row per scope and name. */
export function cataloguedNamesStatement(read: CatalogueRead & { limit: number }): Statement {
  return print(sql`
    select scope, key
    from attribute_catalogue
    where ${cataloguedWithin(read)}
    group by scope, key
    order by scope, key
    limit ${uint32(read.limit)} by scope
  `);
}

export type SpanNamesRead = {
  readonly tenant: string;
  readonly range: TimeRange;
  readonly where: FieldExpression;
  /** Most spans that are unfolded. */
  readonly spansMax: number;
};

const types = ['str', 'int', 'num', 'bool', 'other'] as const;

/** The names in a bag of attributes, one of whose five maps is `map(type)`. */
function keysOf(map: (type: MapType) => Fragment): Fragment {
  return sql`arrayConcat(${join(
    types.map((type) => sql`mapKeys(${map(type)})`),
    sql`, `,
  )})`;
}

/** One row: how many spans were unfolded, and the names of each scope; more than 10,000 names of one are cut. */
export function spanNamesStatement(read: SpanNamesRead): Statement {
  const { tenant, range, where, spansMax } = read;
  const wanted = [sql`tenant = ${string(tenant)}`, ...startsWithin(range), ...conjuncts(where)];
  return print(sql`
    select
      toFloat64(count()) as spans,
      groupUniqArrayArray(10001)(resource_keys) as resource,
      groupUniqArrayArray(10001)(span_keys) as span,
      groupUniqArrayArray(10001)(event_keys) as event,
      groupUniqArrayArray(10001)(link_keys) as link,
      groupUniqArrayArray(10001)(scope_keys) as instrumentation
    from (
      select
        ${keysOf((type) => column(`res_${type}`))} as resource_keys,
        ${keysOf((type) => column(`attr_${type}`))} as span_keys,
        arrayFlatten(arrayMap(e -> ${keysOf((type) => member('e', type))}, events)) as event_keys,
        arrayFlatten(arrayMap(l -> ${keysOf((type) => member('l', type))}, links)) as link_keys,
        ${keysOf((type) => column(`scope_${type}`))} as scope_keys
      from spans
      where ${join(wanted, sql`\n  and `)}
      limit ${uint32(spansMax)}
    )
  `);
}
