/**
 * How many spans of a range there are, and of how many each of some conditions holds: one pass over them.
 *
 * Never knows: why it is asked.
 */
import type { Statement } from '@clew/store';
import type { FieldExpression } from '@clew/traceql';
import type { TimeRange } from '../question.ts';
import { conjuncts } from './conjuncts.ts';
import { and, identifier, join, print, sql, string } from './fragment.ts';
import { startsWithin } from './scan.ts';

export type ConditionCountsRead = {
  readonly tenant: string;
  readonly range: TimeRange;
  /** Lists of conditions that must hold together. */
  readonly counted: readonly (readonly FieldExpression[])[];
};

/** One row: `spans`, and `c0`, `c1`, … in the order of `counted`. */
export function conditionCountsStatement(read: ConditionCountsRead): Statement {
  const counts = read.counted.map(
    (wheres, at) =>
      sql`toFloat64(countIf(${and(wheres.flatMap(conjuncts))})) as ${identifier(`c${at}`)}`,
  );
  return print(sql`
    select
      ${join([sql`toFloat64(count()) as spans`, ...counts], sql`,\n`)}
    from spans
    where ${and([sql`tenant = ${string(read.tenant)}`, ...startsWithin(read.range)])}
  `);
}
