/**
 * Statements of `compare()`: how many spans are selected, and which values the attributes of some spans have.
 *
 * Never knows: how many spans are looked at, and why.
 */
import type { Statement } from '@clew/store';
import type { FieldExpression } from '@clew/traceql';
import type { TimeRange } from '../question.ts';
import { spanIdHex } from './attribute.ts';
import { column, type MapType, member } from './columns.ts';
import { condition } from './condition.ts';
import { conjuncts } from './conjuncts.ts';
import { and, type Fragment, join, print, sql, string, strings, uint32 } from './fragment.ts';
import { minutesWithin, ofTraces, startsWithin, startTime } from './scan.ts';
import { slotOf } from './series.ts';

export type CompareRead = {
  readonly tenant: string;
  readonly range: TimeRange;
  readonly where: FieldExpression | null;
  readonly selection: FieldExpression | null;
  /** When a selected span starts; null: at any time. */
  readonly window: TimeRange | null;
};

/** One granule of rows in this many is read; 1: all. */
export type Sampled = { readonly sampling: number };

/** One row: how many spans there are in what is read, and how many of them are selected. */
export function selectedStatement(read: CompareRead & Sampled): Statement {
  return print(sql`
    select
      toFloat64(count()) as spans,
      toFloat64(countIf(${isSelected(read)})) as selected
    from ${spansOf({ ...read, where: comparedSpans(read) })}
  `);
}

type Shown = {
  readonly stepNs: bigint | null;
  /** Most values of an attribute. */
  readonly top: number;
  readonly limit: number;
};

export type ValuesRead = CompareRead & Sampled & Shown & { readonly isSelection: boolean };

/**
 * Of each attribute a row for all its values together (`isTotal`), and one for each of its most frequent: how many spans
 * have it in which step. Rows that stand together are read or left out together, since that is what saves reading.
 */
export function comparedValuesStatement(read: ValuesRead): Statement {
  const selected = isSelected(read);
  const wanted = [...comparedSpans(read), read.isSelection ? selected : sql`not (${selected})`];
  const { sampling } = read;
  const near = rootsNear(read, wanted);
  return valuesStatement(read, { sampling, where: wanted }, { sampling, where: near });
}

/**
 * Roots of the traces of some spans that start in a span's minute or the one before. Of a share of the rows all of them:
 * they are few, and which of them are wanted would cost another walk. Of all rows those the primary key finds.
 */
function rootsNear(read: CompareRead & Sampled, wanted: readonly Fragment[]): readonly Fragment[] {
  const { fromNs, toNs } = read.range;
  const near = [
    sql`tenant = ${string(read.tenant)}`,
    minutesWithin(startTime(fromNs > minuteNs ? fromNs - minuteNs : 0n), startTime(toNs)),
  ];
  if (read.sampling > 1) return near;
  return [
    ...near,
    sql`
      (toStartOfMinute(ts), trace_id) global in (
        select
          toStartOfMinute(ts) - toIntervalMinute(arrayJoin([0, 1])),
          trace_id
        from ${spansOf({ sampling: 1, where: wanted })}
      )
    `,
  ];
}

const minuteNs = 60_000_000_000n;

/** The same of spans by their ids: trace and span, 48 hex digits. */
export function idValuesStatement(
  read: Shown & { readonly tenant: string; readonly ids: readonly string[] },
): Statement {
  const { tenant, ids } = read;
  const traceIds = [...new Set(ids.map((id) => id.slice(0, 32)))];
  const id = sql`concat(lower(hex(${column('trace_id')})), ${spanIdHex(column('span_id'))})`;
  const isOne = sql`${id} global in (select arrayJoin(${strings(ids)}))`;
  const all = ofTraces(tenant, traceIds);
  return valuesStatement(read, { sampling: 1, where: [all, isOne] }, { sampling: 1, where: [all] });
}

/** @param near spans among which are the roots of the wanted spans' traces */
function valuesStatement(read: Shown, wanted: Chosen, near: Chosen): Statement {
  const roots = { ...near, where: [...near.where, sql`parent_span_id = 0`] };
  return print(sql`
    select
      key,
      cell,
      isTotal,
      groupArray((slot, n)) as steps,
      toFloat64(count() over (partition by key) - 1) as valueCount
    from (
      select
        key,
        cell,
        slot,
        toUInt8(grouping(cell)) as isTotal,
        toFloat64(sum(spans)) as n
      from (
        select
          entry.1 as key,
          entry.2 as cell,
          slot,
          count() as spans
        from (
          select
            slot,
            arrayJoin(arrayConcat(entries, ${entriesOfRoot})) as entry
          from (
            select
              trace_id,
              ${slotOf(read.stepNs)} as slot,
              ${entries} as entries
            from ${spansOf(wanted)}
          ) as own
          global left join (
            select
              trace_id,
              argMin((toString(name), toString(service)), (ts, span_id, name)) as root
            from ${spansOf(roots)}
            group by trace_id
          ) as roots using (trace_id)
        )
        where length(cell) <= ${uint32(valueBytesMax)}
          and cell != 's'
        group by key, cell, slot
      )
      group by grouping sets ((key, cell, slot), (key, slot))
    )
    group by key, cell, isTotal
    order by key, isTotal desc, sum(n) desc, cell
    limit ${uint32(read.top + 1)} by key
    limit ${uint32(read.limit)}
  `);
}

/** A longer value, such as a stack trace, is shared by no two spans. An empty text (`s`) says nothing. */
const valueBytesMax = 257;

/** Rows that are read together, the table's index granularity: one wanted among them costs as much as all. */
export const granuleRows = 2048;

/** All of `where` holds for them. */
type Chosen = Sampled & { readonly where: readonly Fragment[] };

/** What is read together is chosen or left out together, before any column is read. */
function spansOf({ sampling, where }: Chosen): Fragment {
  const holds = join(where, sql`\n  and `);
  if (sampling === 1) return sql`spans\nprewhere ${holds}`;
  const granule = sql`_part_index * 1000003 + intDiv(_part_offset, ${uint32(granuleRows)})`;
  const isSampled = sql`intHash64(${granule}) % ${uint32(sampling)} = 0`;
  return sql`spans\nprewhere ${isSampled}\nwhere ${holds}`;
}

function comparedSpans({ tenant, range, where }: CompareRead): readonly Fragment[] {
  return [
    sql`tenant = ${string(tenant)}`,
    ...startsWithin(range),
    ...(where === null ? [] : conjuncts(where)),
  ];
}

function isSelected({ selection, window }: CompareRead): Fragment {
  const starts =
    window === null
      ? []
      : [sql`ts >= ${startTime(window.fromNs)}`, sql`ts < ${startTime(window.toNs)}`];
  return and([...starts, ...(selection === null ? [] : [sql`(${condition(selection)})`])]);
}

/** Empty where no root was found, which says nothing. */
const entriesOfRoot = sql`
  [('rootName', concat('s', root.1)), ('rootServiceName', concat('s', root.2))]
`;

/** Attributes by their TraceQL names, values as cells (operand.ts). */
const entries = sql`
  arrayConcat(
    [
      ('name', concat('s', name)),
      ('kind', concat('k', toString(kind))),
      ('status', concat('t', toString(status))),
      ('statusMessage', concat('s', status_message)),
      ('instrumentation:name', concat('s', scope_name)),
      ('instrumentation:version', concat('s', scope_version))
    ],
    ${maps(sql`'span.'`, (type) => column(`attr_${type}`))},
    ${maps(sql`'resource.'`, (type) => column(`res_${type}`))},
    ${maps(sql`'instrumentation.'`, (type) => column(`scope_${type}`))},
    ${parts(sql`e`, sql`'event.'`, sql`events`, (type) => member('e', type), sql`[('event:name', concat('s', e.name))]`)},
    ${parts(sql`l`, sql`'link.'`, sql`links`, (type) => member('l', type), null)}
  )
`;

/** Attributes of events or links: a span counts once for each value, however many of its events have it. */
function parts(
  each: Fragment,
  scope: Fragment,
  list: Fragment,
  of: (type: MapType) => Fragment,
  more: Fragment | null,
): Fragment {
  const all = more === null ? maps(scope, of) : sql`${more}, ${maps(scope, of)}`;
  return sql`arrayDistinct(arrayFlatten(arrayMap(${each} -> arrayConcat(${all}), ${list})))`;
}

function maps(scope: Fragment, of: (type: MapType) => Fragment): Fragment {
  const entry = (type: MapType, cell: Fragment) =>
    sql`arrayMap((k, v) -> (concat(${scope}, k), ${cell}), mapKeys(${of(type)}), mapValues(${of(type)}))`;
  const all = [
    entry('str', sql`concat('s', v)`),
    entry('int', sql`concat('i', toString(v))`),
    entry('num', sql`concat('f', toString(v))`),
    entry('bool', sql`if(v, 'b1', 'b0')`),
  ];
  return join(all, sql`,\n`);
}
