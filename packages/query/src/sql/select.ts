/**
 * What a row shows. Aliases are the names of the fields of the answer, so rows need no renaming.
 *
 * Never knows: where the rows come from.
 */
import { spanIdHex } from './attribute.ts';
import { column } from './columns.ts';
import { type Fragment, sql } from './fragment.ts';

export const traceIdText = sql`lower(hex(trace_id)) as traceId`;

export const spanIdText = sql`${spanIdHex(column('span_id'))} as spanId`;

export const parentSpanIdText = sql`
  if(parent_span_id = 0, '', ${spanIdHex(column('parent_span_id'))}) as parentSpanId
`;

/** 64-bit integers are text in every row: JSON numbers would lose digits. */
export const startNsText = sql`toString(toUnixTimestamp64Nano(ts)) as startNs`;

export const selections: Readonly<Record<'span' | 'trace', readonly Fragment[]>> = {
  span: [
    traceIdText,
    spanIdText,
    parentSpanIdText,
    sql`service`,
    sql`name`,
    sql`kind`,
    sql`status`,
    sql`status_message as statusMessage`,
    startNsText,
    sql`toFloat64(duration_ns) as durationNs`,
  ],
  trace: [traceIdText, sql`toString(toUnixTimestamp64Nano(max(ts))) as newestNs`],
};
