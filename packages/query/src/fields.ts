/**
 * What a field expression looks at: one span's own row, facts of its whole trace, or its place in the tree.
 *
 * Never knows: how any of it is read.
 */
import {
  type Arithmetic,
  type Binary,
  type Field,
  type FieldExpression,
  type FieldOperator,
  type Intrinsic,
  intrinsics,
  type ValueType,
} from '@clew/traceql';

/** One value for all spans of a trace. */
const ofTrace: ReadonlySet<Intrinsic> = new Set(['traceDuration', 'rootName', 'rootServiceName']);

/** Follow from which span is whose child. */
const ofTree: ReadonlySet<Intrinsic> = new Set([
  'span:childCount',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
]);

const types = new Map(intrinsics.map((row) => [row.name, row.type]));

export function intrinsicType(name: Intrinsic): ValueType {
  return types.get(name)!;
}

/** True when the span's own row decides. */
export function isOfSpan(of: FieldExpression): boolean {
  return !looksAt(of, ofTrace) && !looksAt(of, ofTree);
}

/** True when the shape of the trace is needed. */
export function isOfTree(of: FieldExpression): boolean {
  return looksAt(of, ofTree);
}

export function isOfTrace(of: FieldExpression): boolean {
  return looksAt(of, ofTrace);
}

function looksAt(of: FieldExpression, names: ReadonlySet<Intrinsic>): boolean {
  switch (of.kind) {
    case 'intrinsic':
      return names.has(of.name);
    case 'unary':
      return looksAt(of.of, names);
    case 'binary':
      return rootTest(of) === null && (looksAt(of.left, names) || looksAt(of.right, names));
    default:
      return false;
  }
}

/**
 * `nestedSetParent < 0` is how Grafana says "roots": true for a test that only roots pass, false for one that all others
 * pass, null for anything else. A root is a span without a parent id, which its own row knows.
 */
export function rootTest({ operator, left, right }: Binary): boolean | null {
  if (left.kind !== 'intrinsic' || left.name !== 'nestedSetParent') return null;
  if (right.kind !== 'static' || right.type !== 'int') return null;
  const test = `${operator} ${right.value}`;
  if (['< 0', '= -1', '<= -1'].includes(test)) return true;
  return ['>= 0', '!= -1', '> -1'].includes(test) ? false : null;
}

/** What a span has many of: a comparison holds when it holds for one of them. */
export type Part = 'event' | 'link';

/** The parts that some comparison or sum looks at; a condition within is asked of them by itself. */
export function partsOf(...sides: readonly FieldExpression[]): readonly Part[] {
  return (['event', 'link'] as const).filter((part) => sides.some((side) => isOfPart(side, part)));
}

function isOfPart(of: FieldExpression, part: Part): boolean {
  switch (of.kind) {
    case 'attribute':
      return of.scope === part;
    case 'intrinsic':
      return of.name.startsWith(`${part}:`);
    case 'unary':
      return of.operator === '-' && isOfPart(of.of, part);
    case 'binary':
      return isArithmetic(of.operator) && [of.left, of.right].some((side) => isOfPart(side, part));
    default:
      return false;
  }
}

const arithmetics = ['+', '-', '*', '/', '%', '^'] as const;

export function isArithmetic(operator: FieldOperator): operator is Arithmetic {
  return (arithmetics as readonly string[]).includes(operator);
}

/** Fields in the order in which they are first written, each once. */
export function fieldsOf(of: FieldExpression): readonly Field[] {
  switch (of.kind) {
    case 'attribute':
    case 'intrinsic':
      return [of];
    case 'unary':
      return fieldsOf(of.of);
    case 'binary':
      return [...fieldsOf(of.left), ...fieldsOf(of.right)];
    default:
      return [];
  }
}
