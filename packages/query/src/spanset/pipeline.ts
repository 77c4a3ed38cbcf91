/**
 * A search over whole traces: its stages as functions from spansets to spansets of one trace.
 *
 * A spanset is some rows of a trace and what `by` and aggregates have said about them. The first stage is given all rows.
 * Meaning: https://grafana.com/docs/tempo/latest/traceql/.
 *
 * Never knows: where rows come from, which of them are asked about.
 */
import {
  type Aggregate,
  printField,
  type ScalarFilter,
  type SearchExpression,
  type SpansetExpression,
  type Stage,
} from '@clew/traceql';
import { QuestionError } from '../errors.ts';
import { asNumber, compareValues, keyOf, type NumberValue, type Value } from '../value.ts';
import { type Give, type Reads, staticValue } from './reads.ts';
import { type RowSet, relate, union } from './relate.ts';
import type { TraceRows } from './trace-rows.ts';

export type Spanset = {
  readonly rows: RowSet;
  /** `by(…)` and aggregates, in the order of their stages; null is `by` of what is missing. */
  readonly said: readonly { readonly name: string; readonly value: Value | null }[];
};

export type EvaluateTrace = (trace: TraceRows, given: readonly Spanset[]) => readonly Spanset[];

export function evaluatorOf(search: SearchExpression, reads: Reads): EvaluateTrace {
  if (search.kind === 'pipeline') {
    const stages = search.stages.map((stage) => stageOf(stage, reads));
    return (trace, given) =>
      stages.reduce<readonly Spanset[]>(
        (sets, stage) => (sets.length === 0 ? sets : stage(trace, sets)),
        given,
      );
  }
  const left = evaluatorOf(search.left, reads);
  const right = evaluatorOf(search.right, reads);
  return (trace, given) => {
    const [a, b] = [rowsOf(left(trace, given)), rowsOf(right(trace, given))];
    return spansets({ rows: relate(search.operator, trace, a, b), said: [] });
  };
}

/** All rows of some spansets, each once. */
function rowsOf(sets: readonly Spanset[]): RowSet {
  return sets.reduce<RowSet>((rows, set) => union(rows, set.rows), []);
}

function spansets(set: Spanset): readonly Spanset[] {
  return set.rows.length === 0 ? [] : [set];
}

function stageOf(stage: Stage, reads: Reads): EvaluateTrace {
  switch (stage.kind) {
    case 'filter':
    case 'spanset-binary': {
      const select = selectorOf(stage, reads);
      return (trace, sets) =>
        sets.flatMap((set) => spansets({ ...set, rows: select(trace, set.rows) }));
    }
    case 'group': {
      const name = `by(${printField(stage.by)})`;
      const give = reads.give(stage.by);
      return (trace, sets) => sets.flatMap((set) => split(trace, set, name, give));
    }
    case 'coalesce':
      return (_, sets) => spansets({ rows: rowsOf(sets), said: [] });
    case 'select':
      return (_, sets) => sets;
    case 'scalar-filter':
      return scalarFilter(stage, reads);
  }
}

type Select = (trace: TraceRows, rows: RowSet) => RowSet;

function selectorOf(spanset: SpansetExpression, reads: Reads): Select {
  if (spanset.kind === 'filter') {
    const test = reads.test(spanset.where);
    return (trace, rows) => rows.filter((row) => test(trace, row));
  }
  const [left, right] = [selectorOf(spanset.left, reads), selectorOf(spanset.right, reads)];
  return (trace, rows) => relate(spanset.operator, trace, left(trace, rows), right(trace, rows));
}

/** One spanset per value, in the order in which the values first appear. */
function split(trace: TraceRows, set: Spanset, name: string, give: Give): readonly Spanset[] {
  const groups = new Map<string, { value: Value | null; rows: number[] }>();
  for (const row of set.rows) {
    const value = give(trace, row);
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { value, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()].map(({ value, rows }) => ({
    rows,
    said: [...set.said, { name, value }],
  }));
}

// ── Aggregates ──────────────────────────────────────────────────────────────────────────────────────────────────────

function scalarFilter({ left, operator, right }: ScalarFilter, reads: Reads): EvaluateTrace {
  if (left.kind !== 'aggregate' || right.kind !== 'static') {
    throw new QuestionError('unsupported-query', { found: 'a comparison of two aggregates' });
  }
  const name = `${left.name}(${left.of === null ? '' : printField(left.of)})`;
  const aggregate = aggregateOf(left, reads);
  const wanted = staticValue(right);
  return (trace, sets) =>
    sets.flatMap((set) => {
      const value = aggregate(trace, set.rows);
      if (value === null || !compareValues(operator, value, wanted)) return [];
      return [{ ...set, said: [...set.said, { name, value }] }];
    });
}

/** Over the rows where the expression is a number; null when there are none. */
function aggregateOf({ name, of }: Aggregate, reads: Reads) {
  if (of === null || name === 'count') {
    return (_: TraceRows, rows: RowSet): Value => ({ type: 'int', value: BigInt(rows.length) });
  }
  const give = reads.give(of);
  return (trace: TraceRows, rows: RowSet): Value | null => {
    const numbers = rows.flatMap((row) => asNumber(give(trace, row)) ?? []);
    return numbers.length === 0 ? null : aggregates[name](numbers);
  };
}

type Numbers = readonly NumberValue[];

const aggregates: Readonly<Record<'min' | 'max' | 'avg' | 'sum', (of: Numbers) => NumberValue>> = {
  min: (of) => of.reduce((least, one) => (one.value < least.value ? one : least)),
  max: (of) => of.reduce((most, one) => (one.value > most.value ? one : most)),
  sum: (of) => sum(of),
  avg: (of) => {
    const { type, value } = sum(of);
    return { type: type === 'int' ? 'float' : type, value: Number(value) / of.length };
  },
};

/** Exact while all are integers; a duration as soon as one of them is. */
function sum(of: Numbers): NumberValue {
  const isDuration = of.some((one) => one.type === 'duration');
  if (of.every((one) => typeof one.value === 'bigint')) {
    const value = of.reduce((all, one) => all + BigInt(one.value), 0n);
    return { type: isDuration ? 'duration' : 'int', value: BigInt.asIntN(64, value) };
  }
  const value = of.reduce((all, one) => all + Number(one.value), 0);
  return { type: isDuration ? 'duration' : 'float', value };
}
