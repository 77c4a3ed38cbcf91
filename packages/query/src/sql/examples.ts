/**
 * Single spans out of those that a metrics query counts.
 *
 * Never knows: how many are shown.
 */
import type { Statement } from '@clew/store';
import { spanIdHex } from './attribute.ts';
import { column } from './columns.ts';
import { condition } from './condition.ts';
import { join, print, sql, strings, uint32 } from './fragment.ts';
import { numberOf, operandOf } from './operand.ts';
import { countedSpans, labelCells, type SeriesRead, slotOf } from './series.ts';

/**
 * One row per step and labels: the columns of `Example`.
 * @param minutes epoch seconds of the minutes that are looked into
 */
export function examplesStatement(
  read: SeriesRead,
  minutes: readonly number[],
  limit: number,
): Statement {
  const labels = labelCells(read.by);
  const number =
    read.of === null ? sql`null` : sql`toFloat64(${numberOf(operandOf(read.of.field, condition))})`;
  const columns = [
    sql`lower(hex(${column('trace_id')})) as traceId`,
    sql`${spanIdHex(column('span_id'))} as spanId`,
    sql`toString(toUnixTimestamp64Nano(ts)) as startNs`,
    sql`${slotOf(read.stepNs)} as slot`,
    sql`${number} as number`,
    ...labels.map(({ cell, name }) => sql`${cell} as ${name}`),
  ];
  const each = [sql`slot`, ...labels.map(({ name }) => name)];
  const within = sql`
    toStartOfMinute(ts) global in (
      select toDateTime(toUInt32(arrayJoin(${strings(minutes.map(String))})), 'UTC')
    )
  `;
  return print(sql`
    select
      ${join(columns, sql`,\n`)}
    from spans
    where ${join([...countedSpans(read), within], sql`\n  and `)}
    limit 1 by ${join(each, sql`, `)}
    limit ${uint32(limit)}
  `);
}
