/**
 * Counts and sums of spans per step of time and per label, from `span_metrics`: no span is read.
 *
 * Conditions and labels are printed as for spans: the columns that they may look at have the same names here.
 * Never knows: which questions can be answered so.
 */
import type { Statement } from '@clew/store';
import { conjuncts } from './conjuncts.ts';
import { type Fragment, int64, join, print, sql, string, uint32 } from './fragment.ts';
import { startTime } from './scan.ts';
import { labelCells, type SeriesRead } from './series.ts';

/** Rows as `seriesStatement` gives them. The range is whole minutes, and so is a step. */
export function rollupStatement(read: SeriesRead): Statement {
  const { tenant, range, stepNs, where, by, of } = read;
  const labels = labelCells(by);
  const powers = of?.as === 'powers';
  const columns = [
    sql`${minuteSlot(stepNs)} as slot`,
    ...labels.map(({ cell, name }) => sql`${cell} as ${name}`),
    ...(powers ? [sql`${power} as power`] : []),
    sql`sum(n) as spans`,
    ...(of?.as === 'sum' ? [sql`toFloat64(sum(sum_ns)) as total`] : []),
  ];
  const wanted = [
    sql`tenant = ${string(tenant)}`,
    sql`minute >= ${startTime(range.fromNs)}`,
    sql`minute < ${startTime(range.toNs)}`,
    ...(where === null ? [] : conjuncts(where)),
    ...(powers ? [sql`${power} >= 2`] : []),
  ];
  const groups = [sql`slot`, ...labels.map(({ name }) => name), ...(powers ? [sql`power`] : [])];
  return print(sql`
    select
      ${join(columns, sql`,\n`)}
    from span_metrics
    where ${join(wanted, sql`\n  and `)}
    group by ${join(groups, sql`, `)}
    limit ${uint32(read.limit)}
  `);
}

/**
 * Eight buckets to a power of two; spans of bucket 8p to 8p + 7 last at most 2^(p + 1) ns. Written as the table's projection
 * writes it: only so does the engine know it.
 */
const power = sql`toInt16(intDiv(bucket, 8) + 1)`;

/** The spans of a minute start within it, so they belong to the step that the minute's end belongs to. */
function minuteSlot(stepNs: bigint | null): Fragment {
  if (stepNs === null) return sql`'0'`;
  const seconds = int64(stepNs / 1_000_000_000n);
  return sql`toString(intDiv(toUnixTimestamp(minute) + 60 + ${seconds} - 1, ${seconds}))`;
}
