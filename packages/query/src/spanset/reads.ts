/**
 * What must be read of each span to answer a query: conditions and values that the engine works out, each once; and how
 * the rest, which looks at the tree of the trace, is worked out from them.
 *
 * Never knows: SQL, pipelines.
 */
import {
  type Field,
  type FieldExpression,
  type Intrinsic,
  printField,
  type Static,
} from '@clew/traceql';
import { QuestionError } from '../errors.ts';
import { fieldsOf, isOfTree } from '../fields.ts';
import { compareValues, compute, readCell, type Value } from '../value.ts';
import type { TraceRows } from './trace-rows.ts';

export type Test = (trace: TraceRows, row: number) => boolean;
export type Give = (trace: TraceRows, row: number) => Value | null;

export type Reads = {
  /** A condition (null holds always) as a test of rows that have been read. */
  test(where: FieldExpression | null): Test;
  give(of: FieldExpression): Give;
  /** What the engine is to work out, in the order of `SpanColumns.holds` and `.cells`. */
  readonly conditions: readonly FieldExpression[];
  readonly values: readonly FieldExpression[];
};

export function createReads(): Reads {
  const conditions = createList();
  const values = createList();
  return {
    test: (where) => (where === null ? () => true : testOf(where)),
    give: giveOf,
    conditions: conditions.all,
    values: values.all,
  };

  function testOf(where: FieldExpression): Test {
    if (!isOfTree(where)) {
      const at = conditions.place(where);
      return ({ columns, at: first }, row) => columns.holds[at]![first + row] === 1;
    }
    if (where.kind === 'unary' && where.operator === '!') {
      const inner = testOf(where.of);
      return (trace, row) => !inner(trace, row);
    }
    if (where.kind === 'binary') {
      const test = binaryTest(where);
      if (test !== null) return test;
    }
    const give = giveOf(where);
    return (trace, row) => give(trace, row)?.value === true;
  }

  function binaryTest({ operator, left, right }: FieldExpression & { kind: 'binary' }) {
    if (operator === '&&' || operator === '||') {
      const [a, b] = [testOf(left), testOf(right)];
      return operator === '&&'
        ? (trace: TraceRows, row: number) => a(trace, row) && b(trace, row)
        : (trace: TraceRows, row: number) => a(trace, row) || b(trace, row);
    }
    if (!isComparison(operator)) return null;
    refuseParts({ kind: 'binary', operator, left, right });
    const [a, b] = [giveOf(left), giveOf(right)];
    if (left.kind === 'nil' || right.kind === 'nil') {
      const give = left.kind === 'nil' ? b : a;
      const wanted = operator === '=';
      return (trace: TraceRows, row: number) => (give(trace, row) === null) === wanted;
    }
    return (trace: TraceRows, row: number) => compareValues(operator, a(trace, row), b(trace, row));
  }

  function giveOf(of: FieldExpression): Give {
    if (!isOfTree(of) && of.kind !== 'static' && of.kind !== 'nil') {
      const at = values.place(of);
      return ({ columns, at: first }, row) => readCell(columns.cells[at]![first + row]!);
    }
    switch (of.kind) {
      case 'static':
        return () => staticValue(of);
      case 'intrinsic':
        return giveOfTree(of.name);
      case 'unary':
        if (of.operator === '-') return giveNegated(giveOf(of.of));
        return giveTruth(testOf(of));
      case 'binary': {
        const { operator } = of;
        if (!isArithmetic(operator)) return giveTruth(testOf(of));
        const [a, b] = [giveOf(of.left), giveOf(of.right)];
        return (trace, row) => compute(operator, a(trace, row), b(trace, row));
      }
      default:
        return () => null;
    }
  }
}

/** "Any event" is said where the engine reads events; the tree of the trace is known only here. */
function refuseParts(where: FieldExpression): void {
  const isOfPart = (field: Field): boolean =>
    field.kind === 'attribute'
      ? field.scope === 'event' || field.scope === 'link'
      : /^(event|link):/.test(field.name);
  if (!fieldsOf(where).some(isOfPart)) return;
  const found = `a comparison of events or links with the place in the tree, ${printField(where)},`;
  throw new QuestionError('unsupported-query', { found });
}

function createList() {
  const all: FieldExpression[] = [];
  const places = new Map<string, number>();
  const place = (one: FieldExpression): number => {
    const text = printField(one);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, all.length);
    return all.push(one) - 1;
  };
  return { all, place };
}

const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const;
const arithmetics = ['+', '-', '*', '/', '%', '^'] as const;

function isComparison(operator: string): operator is (typeof comparisons)[number] {
  return (comparisons as readonly string[]).includes(operator);
}

function isArithmetic(operator: string): operator is (typeof arithmetics)[number] {
  return (arithmetics as readonly string[]).includes(operator);
}

export function staticValue({ type, value }: Static): Value {
  return { type, value } as Value;
}

function giveNegated(give: Give): Give {
  return (trace, row) => compute('-', { type: 'int', value: 0n }, give(trace, row));
}

function giveTruth(test: Test): Give {
  return (trace, row) => ({ type: 'boolean', value: test(trace, row) });
}

function giveOfTree(name: Intrinsic): Give {
  const int = (value: number): Value => ({ type: 'int', value: BigInt(value) });
  switch (name) {
    case 'span:childCount':
      return (trace, row) => int(trace.childCount[row]!);
    case 'nestedSetLeft':
      return (trace, row) => int(trace.nested.left[row]!);
    case 'nestedSetRight':
      return (trace, row) => int(trace.nested.right[row]!);
    default:
      return (trace, row) => int(trace.nested.parent[row]!);
  }
}
