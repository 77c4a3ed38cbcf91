/**
 * The statement that counts spans per slot of minutes and per label: `span_metrics` only, no span is read.
 *
 * Never knows: what a face calls a label.
 */
import type { Statement } from '@clew/store';
import type { NameTest, SpanCountsFilter, SpanLabel } from '../metrics/counts.ts';
import { type Fragment, int64, join, print, sql, string, strings, uint32 } from './fragment.ts';
import { startTime } from './scan.ts';

export type SpanCountsRead = SpanCountsFilter & { readonly tenant: string; readonly limit: number };

const columns: Readonly<Record<SpanLabel, Fragment>> = {
  service: sql`toString(service)`,
  name: sql`toString(name)`,
  kind: sql`toString(kind)`,
  status: sql`toString(status)`,
};

export function spanCountsStatement(read: SpanCountsRead): Statement {
  const { tenant, range, by, durations } = read;
  const label = (name: SpanLabel) => (by.includes(name) ? columns[name] : sql`''`);
  const wanted = [
    sql`tenant = ${string(tenant)}`,
    sql`minute >= ${startTime(range.fromNs)}`,
    sql`minute < ${startTime(range.toNs)}`,
    ...nameTests(sql`service`, read.service),
    ...nameTests(sql`name`, read.name),
    ...oneOf(sql`kind`, read.kinds),
    ...oneOf(sql`status`, read.statuses),
  ];
  return print(sql`
    select
      ${label('service')} as serviceLabel,
      ${label('name')} as nameLabel,
      ${label('kind')} as kindLabel,
      ${label('status')} as statusLabel,
      ${slotOfMinute(sql`toUnixTimestamp(minute)`, read)} as slot,
      toFloat64(sum(n)) as spans,
      toFloat64(sum(sum_ns)) / 1e9 as seconds,
      ${durations ? sql`sumMap([bucket], [toFloat64(n)])` : sql`([], [])`} as durations
    from span_metrics
    where ${join(wanted, sql`\n  and `)}
    group by serviceLabel, nameLabel, kindLabel, statusLabel, slot
    limit ${uint32(read.limit)}
  `);
}

/** @param seconds epoch seconds */
export function slotOfMinute(
  seconds: Fragment,
  { range, slotMinutes }: Pick<SpanCountsFilter, 'range' | 'slotMinutes'>,
): Fragment {
  const origin = int64(range.fromNs / 1_000_000_000n);
  return sql`toFloat64(intDiv(${seconds} - ${origin}, ${uint32(slotMinutes * 60)}))`;
}

export function nameTests(
  name: Fragment,
  tests: readonly NameTest[] | undefined,
): readonly Fragment[] {
  return (tests ?? []).map((test) => nameTest(name, test));
}

function nameTest(name: Fragment, { operator, value }: NameTest): Fragment {
  const pattern = string(`(?s)^(?:${value})$`);
  switch (operator) {
    case '=':
      return sql`${name} = ${string(value)}`;
    case '!=':
      return sql`${name} != ${string(value)}`;
    case '=~':
      return sql`match(${name}, ${pattern})`;
    case '!~':
      return sql`not match(${name}, ${pattern})`;
  }
}

export function oneOf(name: Fragment, of: readonly string[] | undefined): readonly Fragment[] {
  return of === undefined ? [] : [sql`has(${strings(of)}, toString(${name}))`];
}
