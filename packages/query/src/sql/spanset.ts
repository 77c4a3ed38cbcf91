/**
 * Spans of known traces as narrow columns: ids, and what a query asks of each span. From these the spansets are made.
 *
 * Facts of the whole trace are joined to its spans only when a query looks at them.
 *
 * Never knows: spansets.
 */
import type { Statement } from '@clew/store';
import type { Field, FieldExpression } from '@clew/traceql';
import { isOfTrace, type Part } from '../fields.ts';
import type { TimeRange } from '../question.ts';
import { condition } from './condition.ts';
import {
  and,
  type Fragment,
  identifier,
  join,
  or,
  print,
  sql,
  strings,
  uint32,
} from './fragment.ts';
import { cellOf, cellsAt, operandOf } from './operand.ts';
import { ofTraces, startTime } from './scan.ts';
import { selections, traceIdText } from './select.ts';
import { shownArray } from './shown-arrays.ts';

export type SpansetRead = {
  readonly tenant: string;
  readonly traceIds: readonly string[];
  readonly range: TimeRange;
  readonly conditions: readonly FieldExpression[];
  readonly values: readonly FieldExpression[];
  /** Values at each event, each link, or each pair of them. */
  readonly lists?: readonly ListRead[];
  /** Only spans of which one of these holds are read; null reads whole traces. */
  readonly only: readonly FieldExpression[] | null;
  readonly limit: number;
};

export type ListRead = { readonly of: FieldExpression; readonly parts: readonly Part[] };

/**
 * Rows in the order of trace, start, span id; a client's repeat of a span is one row. Columns `b0` … are 1 where a
 * condition holds, `c0` … are values as cells, `l0` … lists of cells. Ids are split into halves, which JSON numbers hold exactly.
 */
export function spansetStatement(read: SpansetRead): Statement {
  const { lists = [] } = read;
  const looked = [...read.conditions, ...read.values, ...lists.map(({ of }) => of)];
  const from = looked.some(isOfTrace) ? sql`spans as own\n${wholeTraces(read)}` : sql`spans`;
  const columns = [
    ...placeColumns,
    asked(read.range),
    ...read.conditions.map(holds),
    ...read.values.map(cell),
    ...lists.map(listOfCells),
  ];
  const only = read.only === null ? [] : [or(read.only.map((where) => sql`(${condition(where)})`))];
  return print(sql`
    select
      ${join(columns, sql`,\n`)}
    from ${from}
    where ${and([ofTraces(read.tenant, read.traceIds), ...only])}
    order by trace_id, ts, span_id, kind, name, duration_ns
    limit 1 by trace_id, ts, span_id, kind, name, duration_ns
    limit ${uint32(read.limit)}
  `);
}

const placeColumns = [
  traceIdText,
  sql`toUInt32(bitShiftRight(span_id, 32)) as idHigh`,
  sql`toUInt32(bitAnd(span_id, 4294967295)) as idLow`,
  sql`toUInt32(bitShiftRight(parent_span_id, 32)) as parentHigh`,
  sql`toUInt32(bitAnd(parent_span_id, 4294967295)) as parentLow`,
  sql`toInt8(kind) as kindNumber`,
  sql`toUnixTimestamp(ts) as seconds`,
  sql`toUInt32(toUnixTimestamp64Nano(ts) % 1000000000) as nanoseconds`,
];

function asked({ fromNs, toNs }: TimeRange): Fragment {
  return sql`toUInt8(ts >= ${startTime(fromNs)} and ts < ${startTime(toNs)}) as isAsked`;
}

function holds(where: FieldExpression, at: number): Fragment {
  return sql`toUInt8(${condition(where)}) as ${identifier(`b${at}`)}`;
}

function cell(of: FieldExpression, at: number): Fragment {
  return sql`${cellOf(operandOf(of, condition))} as ${identifier(`c${at}`)}`;
}

function listOfCells({ of, parts }: ListRead, at: number): Fragment {
  return sql`${cellsAt(operandOf(of, condition), parts)} as ${identifier(`l${at}`)}`;
}

/** Facts of each trace beside each of its spans. `global`: on a cluster they are worked out once, not per shard. */
function wholeTraces(read: SpansetRead): Fragment {
  return sql`
    global inner join (
      select
        trace_id,
        max(toUnixTimestamp64Nano(ts) + duration_ns) - min(toUnixTimestamp64Nano(ts)) as trace_duration_ns,
        argMin(toString(service), (parent_span_id != 0, ts, span_id, name)) as root_service,
        argMin(toString(name), (parent_span_id != 0, ts, span_id, name)) as root_name
      from spans
      where ${ofTraces(read.tenant, read.traceIds)}
      group by trace_id
    ) as whole using (trace_id)
  `;
}

export type DetailsRead = {
  readonly tenant: string;
  readonly traceIds: readonly string[];
  readonly spanIds: readonly string[];
  readonly values: readonly Field[];
};

/**
 * What a list shows of some spans; other spans of these traces that have one of these ids come too. `c0` … are values as
 * cells; `a0` … the elements of what may be an array.
 */
export function detailsStatement(read: DetailsRead): Statement {
  return print(sql`
    select
      ${join([...selections.span, ...read.values.map(cell), ...read.values.flatMap(array)], sql`,\n`)}
    from spans
    where ${ofTraces(read.tenant, read.traceIds)}
      and span_id in (
        select reinterpretAsUInt64(reverse(unhex(arrayJoin(${strings(read.spanIds)}))))
      )
  `);
}

function array(field: Field, at: number): readonly Fragment[] {
  if (field.kind !== 'attribute' || !field.hasArrays) return [];
  return [sql`${shownArray(field)} as ${identifier(`a${at}`)}`];
}
