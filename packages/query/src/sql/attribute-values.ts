/**
 * Statements about the values of fields.
 *
 * Never knows: why the catalogue or the spans are asked.
 */
import type { Statement } from '@clew/store';
import type { Attribute, Field, FieldExpression } from '@clew/traceql';
import type { TimeRange } from '../question.ts';
import { type Maps, scopeMaps } from './attribute.ts';
import { type CatalogueRead, cataloguedWithin } from './attribute-names.ts';
import { condition } from './condition.ts';
import { conjuncts } from './conjuncts.ts';
import { elementCells } from './elements.ts';
import { type Fragment, join, or, print, sql, string, uint32 } from './fragment.ts';
import { has } from './lookup.ts';
import { cellOf, operandOf } from './operand.ts';
import { startsWithin, startTime } from './scan.ts';

type ListRead = {
  readonly tenant: string;
  readonly range: TimeRange;
  readonly limit: number;
};

/** Services with spans in the hours of a range, the busiest first. */
export function servicesSeenStatement(read: ListRead): Statement {
  return print(sql`
    select service as value
    from operations
    where ${seenWithin(read)}
      and service != ''
    group by service
    order by sum(seen) desc, service
    limit ${uint32(read.limit)}
  `);
}

/** Names of spans in the hours of a range, the most used first. */
export function namesOfSpansStatement(read: ListRead & { service: string | null }): Statement {
  const service = read.service === null ? sql`true` : sql`service = ${string(read.service)}`;
  return print(sql`
    select name as value
    from operations
    where ${seenWithin(read)}
      and ${service}
      and name != ''
    group by name
    order by sum(seen) desc, name
    limit ${uint32(read.limit)}
  `);
}

function seenWithin({ tenant, range }: ListRead): Fragment {
  return sql`
    tenant = ${string(tenant)}
      and hour >= toStartOfHour(${startTime(range.fromNs)})
      and hour <= toStartOfHour(${startTime(range.toNs)})
  `;
}

/** One row per type that an attribute has had: values, and about how many there are. */
export function cataloguedValuesStatement(
  read: CatalogueRead & {
    readonly attributes: readonly { readonly scope: string; readonly key: string }[];
  },
): Statement {
  const named = read.attributes.map(
    ({ scope, key }) => sql`(scope = ${string(scope)} and key = ${string(key)})`,
  );
  return print(sql`
    select
      type,
      arraySort(groupUniqArrayMerge(20)(samples)) as sampleList,
      toFloat64(uniqCombined64Merge(12)(distinct_values)) as distinctCount
    from attribute_catalogue
    where ${cataloguedWithin(read)}
      and ${or(named)}
      and type != 'other'
    group by scope, key, type
    order by sum(uses) desc, type
  `);
}

export type SpanValuesRead = ListRead & {
  readonly where: FieldExpression | null;
  readonly fields: readonly Field[];
  /** Only of spans without a parent. */
  readonly roots: boolean;
};

/** One row per value, as a cell (operand.ts), and how often it is there; the most frequent first. */
export function spanValuesStatement(read: SpanValuesRead): Statement {
  const wanted = [
    sql`tenant = ${string(read.tenant)}`,
    ...startsWithin(read.range),
    ...(read.where === null ? [] : conjuncts(read.where)),
    ...(read.roots ? [sql`parent_span_id = 0`] : []),
    ...isThere(read.fields),
  ];
  return print(sql`
    select
      cell,
      toFloat64(count()) as n
    from (
      select arrayJoin(arrayConcat(${join(read.fields.map(cellsOf), sql`, `)})) as cell
      from spans
      where ${join(wanted, sql`\n  and `)}
    )
    where cell != ''
    group by cell
    order by n desc, cell
    limit ${uint32(read.limit)}
  `);
}

/** Values of a field as a list: of a span one, of its events and links one each, and the elements of its arrays. */
function cellsOf(field: Field): Fragment {
  const { places, ...operand } = operandOf(field, condition);
  const cell = sql`[${cellOf({ ...operand, places: new Set() })}]`;
  const mapped = field.kind === 'attribute' && field.hasArrays ? mapsOf(field) : null;
  const cells =
    mapped === null
      ? cell
      : sql`arrayConcat(${cell}, ${elementCells(mapped.maps.other, string(mapped.name))})`;
  if (places.has('event')) return sql`arrayFlatten(arrayMap(e -> ${cells}, events))`;
  return places.has('link') ? sql`arrayFlatten(arrayMap(l -> ${cells}, links))` : cells;
}

/** Lets the indexes of keys rule out what has none of the attributes. */
function isThere(fields: readonly Field[]): readonly Fragment[] {
  const maps = fields.map((field) => (field.kind === 'attribute' ? mapsOf(field) : null));
  if (maps.some((one) => one === null || one.maps.place !== 'span')) return [];
  return [or(maps.map((one) => has(one!.maps, string(one!.name))))];
}

function mapsOf({ scope, name }: Attribute): { readonly maps: Maps; readonly name: string } | null {
  return scope === 'any' ? null : { maps: scopeMaps[scope], name };
}
