/**
 * What stands outside of braces — spansets, pipelines, numbers, metrics — and what an operator makes of two of them.
 *
 * Never knows: tokens; the parser has read them.
 */
import type {
  Arithmetic,
  Comparison,
  MetricsBinary,
  MetricsExpression,
  Pipeline,
  Position,
  Scalar,
  SearchExpression,
  SecondStage,
  SpansetExpression,
  SpansetOperator,
  Stage,
  Static,
} from './ast.ts';
import type { Cursor } from './cursor.ts';
import { foldBinary, isArithmetic } from './fold.ts';

/** What an expression outside braces can be. `isGrouped`: parenthesised, so it may stand for a pipeline. */
export type Operand = { readonly at: Position } & (
  | { readonly is: 'spanset'; readonly node: SpansetExpression; readonly isGrouped: boolean }
  | { readonly is: 'pipeline'; readonly node: SearchExpression }
  | { readonly is: 'scalar'; readonly node: Scalar }
  | { readonly is: 'stage'; readonly node: Stage }
  | {
      readonly is: 'metrics';
      readonly node: MetricsExpression;
      readonly secondStages: readonly SecondStage[];
    }
);

const comparisons: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];

export function isComparison(text: string): text is Comparison {
  return comparisons.includes(text);
}

export function pipelineOf(stages: readonly Stage[], at: Position): Pipeline {
  return { kind: 'pipeline', stages, at };
}

/** Second stages of one pipeline belong to it; those of an arithmetic expression stand beside it. */
export function settleStages(whole: Operand & { is: 'metrics' }): {
  node: MetricsExpression;
  secondStages: readonly SecondStage[];
} {
  if (whole.node.kind === 'metrics-binary')
    return { node: whole.node, secondStages: whole.secondStages };
  return {
    node: { ...whole.node, secondStages: [...whole.node.secondStages, ...whole.secondStages] },
    secondStages: [],
  };
}

// ── operators ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Symbol = Position & { readonly text: string };

/** Every kind of node with two sides. */
function binary<Kind extends string, Operator extends string, Side, Other>(
  kind: Kind,
  operator: Operator,
  left: Side,
  right: Other,
  at: Position,
) {
  return { kind, operator, left, right, at };
}

/** What an operator makes of its two sides. @throws TraceqlError where it cannot stand between them */
export function combine(cursor: Cursor, operator: Symbol, left: Operand, right: Operand): Operand {
  const at = { from: left.at.from, to: right.at.to };
  const { text } = operator;
  if (isArithmetic(text)) return combineNumbers(cursor, operator, left, right, at);
  if (left.is === 'scalar' && right.is === 'scalar' && isComparison(text)) {
    return scalarFilter(cursor, operator, left.node, right.node, at);
  }
  if (left.is === 'metrics' && isComparison(text)) {
    const filter = seriesFilter(cursor, text, right, at);
    return { ...left, secondStages: [...left.secondStages, filter], at };
  }
  if (['=', '!=', '<=', '>='].includes(text)) throw misplaced(cursor, operator, left, right);
  return combineSpansets(cursor, operator, left, right, at);
}

function combineSpansets(
  cursor: Cursor,
  operator: Symbol,
  left: Operand,
  right: Operand,
  at: Position,
): Operand {
  const name = operator.text as SpansetOperator;
  if (left.is === 'spanset' && right.is === 'spanset') {
    const node: SpansetExpression = binary('spanset-binary', name, left.node, right.node, at);
    return { is: 'spanset', node, isGrouped: left.isGrouped && right.isGrouped, at };
  }
  const sides = [left, right].map((side) => asGroupedPipeline(side));
  if (sides[0] === undefined || sides[1] === undefined)
    throw misplaced(cursor, operator, left, right);
  const node: SearchExpression = binary('pipeline-binary', name, sides[0], sides[1], at);
  return { is: 'pipeline', node, at };
}

/** Beside a parenthesised pipeline only another one may stand, or a parenthesised spanset. */
function asGroupedPipeline(side: Operand): SearchExpression | undefined {
  if (side.is === 'pipeline') return side.node;
  return side.is === 'spanset' && side.isGrouped ? pipelineOf([side.node], side.at) : undefined;
}

function misplaced(cursor: Cursor, operator: Symbol, left: Operand, right: Operand): Error {
  const isMixed =
    [left.is, right.is].includes('pipeline') && [left.is, right.is].includes('spanset');
  const advice = isMixed ? '; put both sides in parentheses' : '';
  return cursor.error(
    `"${operator.text}" cannot stand between ${articles[left.is]} and ${articles[right.is]}${advice}`,
    operator,
  );
}

const articles: Readonly<Record<Operand['is'], string>> = {
  spanset: 'a spanset',
  pipeline: 'a pipeline',
  scalar: 'a number',
  stage: 'a stage',
  metrics: 'a metrics query',
};

function scalarFilter(
  cursor: Cursor,
  operator: Symbol,
  left: Scalar,
  right: Scalar,
  at: Position,
): Operand {
  if (!hasAggregate(left) && !hasAggregate(right)) {
    throw cursor.error(
      'this compares two constants; wanted an aggregate such as count() on one side',
      at,
    );
  }
  const node: Stage = binary('scalar-filter', operator.text as Comparison, left, right, at);
  return { is: 'stage', node, at };
}

function hasAggregate(scalar: Scalar): boolean {
  switch (scalar.kind) {
    case 'static':
      return false;
    case 'scalar-binary':
      return hasAggregate(scalar.left) || hasAggregate(scalar.right);
    case 'scalar-negation':
      return hasAggregate(scalar.of);
    default:
      return true;
  }
}

function combineNumbers(
  cursor: Cursor,
  operator: Symbol,
  left: Operand,
  right: Operand,
  at: Position,
): Operand {
  const name = operator.text as Arithmetic;
  if (left.is === 'scalar' && right.is === 'scalar') {
    return { is: 'scalar', node: scalarBinary(cursor, name, left.node, right.node, at), at };
  }
  const sides = [left, right].map(metricsOperand);
  const isSeries = left.is === 'metrics' || right.is === 'metrics';
  const isKnown = name === '+' || name === '-' || name === '*' || name === '/';
  if (sides[0] === undefined || sides[1] === undefined || !isSeries || !isKnown) {
    throw misplaced(cursor, operator, left, right);
  }
  const node: MetricsBinary = binary('metrics-binary', name, sides[0], sides[1], at);
  return { is: 'metrics', node, secondStages: [], at };
}

function metricsOperand(side: Operand): MetricsExpression | Static | undefined {
  if (side.is === 'metrics') return side.secondStages.length === 0 ? side.node : undefined;
  const isNumber =
    side.is === 'scalar' &&
    side.node.kind === 'static' &&
    (side.node.type === 'int' || side.node.type === 'float');
  return isNumber ? (side.node as Static) : undefined;
}

function scalarBinary(
  cursor: Cursor,
  operator: Arithmetic,
  left: Scalar,
  right: Scalar,
  at: Position,
): Scalar {
  if (left.kind !== 'static' || right.kind !== 'static') {
    return binary('scalar-binary', operator, left, right, at);
  }
  const folded = foldBinary(operator, left, right);
  if (folded !== undefined) return { ...folded, at };
  const isZero = (operator === '/' || operator === '%') && Number(right.value) === 0;
  throw cursor.error(isZero ? 'division by zero' : `${operator} needs two numbers`, at);
}

/** `… > 5` behind a metrics query. */
export function seriesFilter(
  cursor: Cursor,
  operator: Comparison,
  value: Operand,
  at: Position,
): SecondStage {
  const isNumber =
    value.is === 'scalar' &&
    value.node.kind === 'static' &&
    ['int', 'float', 'duration'].includes(value.node.type);
  if (!isNumber) throw cursor.error('a series is compared with a constant number', value.at);
  return { kind: 'series-filter', operator, value: value.node as Static, at };
}

// ── what a parsed operand may stand for ─────────────────────────────────────────────────────────────────────────────

export function asStage(cursor: Cursor, operand: Operand): Stage {
  if (operand.is === 'spanset' || operand.is === 'stage') return operand.node;
  if (
    operand.is === 'pipeline' &&
    operand.node.kind === 'pipeline' &&
    operand.node.stages.length === 1
  ) {
    return operand.node.stages[0]!;
  }
  const reason = {
    scalar: 'this number must be compared, such as count() > 2',
    metrics: 'a metrics query ends its pipeline; only topk, bottomk and comparisons may follow',
    pipeline: 'a parenthesised pipeline cannot be a stage of another one',
  }[operand.is];
  throw cursor.error(reason, operand.at);
}

export function asSearch(cursor: Cursor, operand: Operand): SearchExpression {
  if (operand.is === 'pipeline') return operand.node;
  return pipelineOf([asStage(cursor, operand)], operand.at);
}
