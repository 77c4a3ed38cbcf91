/**
 * What must be read of each span to answer a query: conditions and values that the engine works out, each once; and how
 * the rest, which looks at the tree of the trace, is worked out from them.
 *
 * What looks at events or links as well as at the tree is worked out at each of them, so lists of values are read for it.
 *
 * Never knows: SQL, pipelines.
 */
import { type FieldExpression, type Intrinsic, printField, type Static } from '@clew/traceql';
import { isArithmetic, isOfTree, type Part, partsOf } from '../fields.ts';
import { compareValues, compute, readCell, type Value } from '../value.ts';
import type { TraceRows } from './trace-rows.ts';

export type Test = (trace: TraceRows, row: number) => boolean;
export type Give = (trace: TraceRows, row: number) => Value | null;

/** At one event, one link, or one pair of them, by number. */
type TestAt = (trace: TraceRows, row: number, place: number) => boolean;
type GiveAt = (trace: TraceRows, row: number, place: number) => Value | null;

export type Reads = {
  /** A condition (null holds always) as a test of rows that have been read. */
  test(where: FieldExpression | null): Test;
  give(of: FieldExpression): Give;
  /** What the engine is to work out, in the order of `SpanColumns.holds`, `.cells` and `.lists`. */
  readonly conditions: readonly FieldExpression[];
  readonly values: readonly FieldExpression[];
  readonly lists: readonly List[];
};

type List = { readonly of: FieldExpression; readonly parts: readonly Part[] };

export function createReads(): Reads {
  const conditions = createList<FieldExpression>(printField);
  const values = createList<FieldExpression>(printField);
  const lists = createList<List>(({ of, parts }) => `${parts} ${printField(of)}`);
  return {
    test: (where) => (where === null ? () => true : testOf(where)),
    give: giveOf,
    conditions: conditions.all,
    values: values.all,
    lists: lists.all,
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
    const parts = partsOf(left, right);
    const [a, b] = [giveAt(left, parts), giveAt(right, parts)];
    if (left.kind === 'nil' || right.kind === 'nil') {
      const give = left.kind === 'nil' ? b : a;
      const wanted = operator === '=';
      return atAny(parts, (trace, row, place) => (give(trace, row, place) === null) === wanted);
    }
    return atAny(parts, (trace, row, place) =>
      compareValues(operator, a(trace, row, place), b(trace, row, place)),
    );
  }

  /** Of events and links, the first that gives a value. */
  function giveOf(of: FieldExpression): Give {
    const parts = isOfTree(of) ? partsOf(of) : [];
    const give = giveAt(of, parts);
    if (parts.length === 0) return (trace, row) => give(trace, row, 0);
    const countPlaces = placesOf(parts);
    return (trace, row) => {
      const places = countPlaces(trace, row);
      for (let place = 0; place < places; place++) {
        const value = give(trace, row, place);
        if (value !== null) return value;
      }
      return null;
    };
  }

  /** @param parts which events or links are looked at one by one */
  function giveAt(of: FieldExpression, parts: readonly Part[]): GiveAt {
    if (!isOfTree(of) && of.kind !== 'static' && of.kind !== 'nil') return read(of, parts);
    switch (of.kind) {
      case 'static':
        return () => staticValue(of);
      case 'intrinsic':
        return giveOfTree(of.name);
      case 'unary':
        if (of.operator === '-') return giveNegated(giveAt(of.of, parts));
        return giveTruth(testOf(of));
      case 'binary': {
        const { operator } = of;
        if (!isArithmetic(operator)) return giveTruth(testOf(of));
        const [a, b] = [giveAt(of.left, parts), giveAt(of.right, parts)];
        return (trace, row, place) => compute(operator, a(trace, row, place), b(trace, row, place));
      }
      default:
        return () => null;
    }
  }

  function read(of: FieldExpression, parts: readonly Part[]): GiveAt {
    if (partsOf(of).length === 0 || parts.length === 0) {
      const at = values.place(of);
      return ({ columns, at: first }, row) => readCell(columns.cells[at]![first + row]!);
    }
    const at = lists.place({ of, parts });
    return ({ columns, at: first }, row, place) =>
      readCell(columns.lists[at]![first + row]![place]!);
  }

  function atAny(parts: readonly Part[], test: TestAt): Test {
    if (parts.length === 0) return (trace, row) => test(trace, row, 0);
    const countPlaces = placesOf(parts);
    return (trace, row) => {
      const places = countPlaces(trace, row);
      for (let place = 0; place < places; place++) if (test(trace, row, place)) return true;
      return false;
    };
  }

  /** How many there are of a row: every list that is read at the same parts has as many cells. */
  function placesOf(parts: readonly Part[]) {
    const at = lists.all.findIndex((list) => `${list.parts}` === `${parts}`);
    return ({ columns, at: first }: TraceRows, row: number) =>
      columns.lists[at]![first + row]!.length;
  }
}

function createList<One>(print: (one: One) => string) {
  const all: One[] = [];
  const places = new Map<string, number>();
  const place = (one: One): number => {
    const text = print(one);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, all.length);
    return all.push(one) - 1;
  };
  return { all, place };
}

const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const;

function isComparison(operator: string): operator is (typeof comparisons)[number] {
  return (comparisons as readonly string[]).includes(operator);
}

export function staticValue({ type, value }: Static): Value {
  return { type, value } as Value;
}

function giveNegated(give: GiveAt): GiveAt {
  return (trace, row, place) => compute('-', { type: 'int', value: 0n }, give(trace, row, place));
}

function giveTruth(test: Test): GiveAt {
  return (trace, row) => ({ type: 'boolean', value: test(trace, row) });
}

function giveOfTree(name: Intrinsic): GiveAt {
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
