/**
 * Counts and sums of spans per step of time and per label, from the spans themselves.
 *
 * Never knows: what a series is called, what is computed from several of them.
 */
import type { Statement } from '@clew/store';
import type { Field, FieldExpression } from '@clew/traceql';
import type { StoredField } from '../metrics/presence.ts';
import type { TimeRange } from '../question.ts';
import { condition } from './condition.ts';
import { conjuncts } from './conjuncts.ts';
import { type Fragment, identifier, int64, join, print, sql, string, uint32 } from './fragment.ts';
import { cellOf, numberOf, type OperandType, operandOf } from './operand.ts';
import { startsWithin } from './scan.ts';

export type SeriesRead = {
  readonly tenant: string;
  readonly range: TimeRange;
  /** Null: the whole range is one step. */
  readonly stepNs: bigint | null;
  readonly where: FieldExpression | null;
  readonly by: readonly StoredField[];
  /** Spans are only counted (null), their number is summed up, or spans are counted per power of two of it. */
  readonly of: { readonly field: Field; readonly as: 'sum' | 'powers' } | null;
  readonly limit: number;
};

/**
 * One row per step, labels and, if asked for, power: `slot` is the number of the step that the span starts in, steps being
 * open at their start and closed at their end; labels are cells `c0` … (operand.ts).
 */
export function seriesStatement(read: SeriesRead): Statement {
  const { of } = read;
  const labels = labelCells(read.by);
  const value = of === null ? null : numberOf(operandOf(of.field, condition));
  const groups = [sql`slot`, ...labels.map((label) => label.name)];
  const powers = of?.as === 'powers';
  const columns = [
    sql`${slotOf(read.stepNs)} as slot`,
    ...labels.map(({ cell, name }) => sql`${cell} as ${name}`),
    ...(powers ? [sql`toInt16(ceil(log2(assumeNotNull(${value!})))) as power`] : []),
    sql`count() as n`,
    ...(value === null || powers ? [] : totals(value)),
  ];
  return print(sql`
    select
      ${join(columns, sql`,\n`)}
    from spans
    where ${join(countedSpans(read), sql`\n  and `)}
    group by ${join(powers ? [...groups, sql`power`] : groups, sql`, `)}
    limit ${uint32(read.limit)}
  `);
}

export function slotOf(stepNs: bigint | null): Fragment {
  if (stepNs === null) return sql`'0'`;
  const step = int64(stepNs);
  return sql`toString(intDiv(toUnixTimestamp64Nano(ts) + ${step} - 1, ${step}))`;
}

export function labelCells(by: readonly StoredField[]) {
  return by.map(({ field, types }, at) => {
    const operand = operandOf(field, condition);
    const values = Object.entries(operand.values).filter(
      ([type]) => types?.includes(type as OperandType) !== false,
    );
    const cell = cellOf({ ...operand, values: Object.fromEntries(values) });
    return { cell, name: identifier(`c${at}`) };
  });
}

/** What holds for every span that is counted. */
export function countedSpans({ tenant, range, where, of }: SeriesRead): readonly Fragment[] {
  const value = of === null ? null : numberOf(operandOf(of.field, condition));
  return [
    sql`tenant = ${string(tenant)}`,
    ...startsWithin(range),
    ...(where === null ? [] : conjuncts(where)),
    ...(value === null ? [] : [sql`isNotNull(${value})`]),
    ...(of?.as === 'powers' ? [sql`${value!} >= 2`] : []),
  ];
}

function totals(value: Fragment): readonly Fragment[] {
  const number = sql`assumeNotNull(${value})`;
  return [sql`sum(${number}) as total`, sql`min(${number}) as least`, sql`max(${number}) as most`];
}
