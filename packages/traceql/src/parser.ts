/**
 * Text → syntax tree. Recursive descent over one precedence table; what an operator builds depends on what stands on
 * its sides: spansets, parenthesised pipelines, numbers, or metrics.
 *
 * Grammar in grammar order, one production per function. Types and what is supported are the checker's business.
 * Language: https://grafana.com/docs/tempo/latest/traceql/
 */
import type {
  AggregateName,
  Arithmetic,
  Comparison,
  Filter,
  Hint,
  MetricsBinary,
  MetricsExpression,
  Pipeline,
  Position,
  Query,
  Scalar,
  SearchExpression,
  SecondStage,
  SpansetExpression,
  SpansetOperator,
  Stage,
  Static,
} from './ast.ts';
import { Cursor } from './cursor.ts';
import { nearest } from './errors.ts';
import { foldBinary, foldUnary, isArithmetic } from './fold.ts';
import { lex } from './lexer.ts';
import { parseFieldExpression } from './parse-field.ts';
import { isMetricsFunction, metricsFunctions, parseMetricsCall } from './parse-metrics.ts';
import { parseSelect } from './parse-select.ts';
import type { Token } from './token.ts';

/** What an expression outside braces can be. `isGrouped`: parenthesised, so it may stand for a pipeline. */
type Operand = { readonly at: Position } & (
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

const levels: Readonly<Record<string, number>> = {
  ...{ '&&': 2, '||': 2 },
  ...{ '=': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3 },
  ...{ '>>': 3, '<<': 3, '~': 3, '!>': 3, '!>>': 3, '!<': 3, '!<<': 3, '!~': 3 },
  ...{ '&>': 3, '&>>': 3, '&<': 3, '&<<': 3, '&~': 3 },
  ...{ '+': 4, '-': 4, '*': 6, '/': 6, '%': 6, '^': 7 },
};
const comparisons: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];
const aggregates: readonly string[] = ['count', 'min', 'max', 'avg', 'sum'];
const stageWords = ['by', 'coalesce', 'select', ...aggregates];
const unaryOperand = 6;

/** How long a query may be: longer text is not a question a person or tool asks. */
export const queryLengthMax = 100_000;

/** Parses a whole query. Throws a TraceqlError of kind `syntax`. */
export function parse(source: string): Query {
  if (source.length > queryLengthMax) {
    const cursor = new Cursor('', []);
    const reason = `found ${source.length} characters, wanted at most ${queryLengthMax}`;
    throw cursor.error(reason, { from: 0, to: 0 });
  }
  const cursor = new Cursor(source, lex(source));
  const whole = parsePiped(cursor);
  const hints = parseHints(cursor);
  if (cursor.token.is !== 'end') throw cursor.unexpected('an operator, "|", "with(…)" or the end');
  return finish(cursor, whole, hints);
}

function finish(cursor: Cursor, whole: Operand, hints: readonly Hint[]): Query {
  const at = { from: 0, to: cursor.source.length };
  if (whole.is === 'metrics') {
    const { node, secondStages } = settleStages(whole);
    return { kind: 'query', body: node, secondStages, hints, at };
  }
  return { kind: 'query', body: asSearch(cursor, whole), secondStages: [], hints, at };
}

/** Second stages of one pipeline belong to it; those of an arithmetic expression stand beside it. */
function settleStages(whole: Operand & { is: 'metrics' }): {
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

// ── pipeline = stage { "|" stage } [ "|" metricsFn { secondStage } ] ────────────────────────────────────────────────

function parsePiped(cursor: Cursor): Operand {
  return cursor.nested(() => {
    const from = cursor.token.from;
    const first = parseItem(cursor, true);
    if (first.is === 'metrics') return parseSecondStages(cursor, first, from);
    if (!cursor.isSymbol('|')) return first;
    const stages = [asStage(cursor, first)];
    while (cursor.takeSymbol('|')) {
      const { token } = cursor;
      if (token.is === 'word' && isMetricsFunction(token.text)) {
        return parseMetrics(cursor, stages, from);
      }
      const item = parseItem(cursor, false);
      const isBareAggregate = item.is === 'scalar' && item.node.kind === 'aggregate';
      if (isBareAggregate && cursor.isSymbol(')'))
        return scalarPipeline(cursor, stages, item.node, from);
      stages.push(asStage(cursor, item));
    }
    return { is: 'pipeline', node: pipelineOf(stages, cursor.since(from)), at: cursor.since(from) };
  });
}

function pipelineOf(stages: readonly Stage[], at: Position): Pipeline {
  return { kind: 'pipeline', stages, at };
}

/** `({ … } | count())`: a number made of a pipeline. */
function scalarPipeline(
  cursor: Cursor,
  stages: readonly Stage[],
  aggregate: Scalar,
  from: number,
): Operand {
  const at = cursor.since(from);
  if (aggregate.kind !== 'aggregate') throw cursor.error('wanted an aggregate', at);
  return {
    is: 'scalar',
    node: { kind: 'scalar-pipeline', source: pipelineOf(stages, at), aggregate, at },
    at,
  };
}

function parseItem(cursor: Cursor, isFirst: boolean): Operand {
  const { token } = cursor;
  if (token.is === 'word' && cursor.following.is === 'symbol' && cursor.following.text === '(') {
    if (token.text === 'by') return stage(cursor, parseGroup(cursor));
    if (token.text === 'select') return stage(cursor, parseSelect(cursor));
    if (token.text === 'coalesce') return stage(cursor, parseCoalesce(cursor, isFirst));
  }
  return parseAbove(cursor, 0);
}

function stage(cursor: Cursor, node: Stage): Operand {
  return { is: 'stage', node, at: node.at ?? cursor.token };
}

function parseGroup(cursor: Cursor): Stage {
  const { from } = cursor.take();
  cursor.expectSymbol('(', 'after by');
  const by = parseFieldExpression(cursor);
  cursor.expectSymbol(')', 'after the one expression of by');
  return { kind: 'group', by, at: cursor.since(from) };
}

function parseCoalesce(cursor: Cursor, isFirst: boolean): Stage {
  const token = cursor.take();
  if (isFirst) throw cursor.error('coalesce() needs spansets before it: { … } | coalesce()', token);
  cursor.expectSymbol('(', 'after coalesce');
  cursor.expectSymbol(')', 'since coalesce takes nothing');
  return { kind: 'coalesce', at: cursor.since(token.from) };
}

// ── expressions over spansets, pipelines, numbers and metrics ───────────────────────────────────────────────────────

function parseAbove(cursor: Cursor, above: number): Operand {
  return cursor.nested(() => {
    let left = parseOperand(cursor);
    for (;;) {
      const { token } = cursor;
      const level = token.is === 'symbol' ? levels[token.text] : undefined;
      if (token.is !== 'symbol' || level === undefined || level < above) return left;
      cursor.take();
      const right = parseAbove(cursor, token.text === '^' ? level : level + 1);
      left = combine(cursor, token, left, right);
    }
  });
}

function parseOperand(cursor: Cursor): Operand {
  const { token } = cursor;
  if (cursor.isSymbol('{')) {
    const node = parseFilter(cursor);
    return { is: 'spanset', node, isGrouped: false, at: cursor.since(token.from) };
  }
  if (cursor.isSymbol('(')) return parseParenthesised(cursor);
  if (cursor.isSymbol('-')) return parseNegation(cursor);
  if (token.is === 'constant') {
    cursor.take();
    return { is: 'scalar', node: token.value, at: token };
  }
  if (token.is === 'word' && aggregates.includes(token.text)) return parseAggregate(cursor);
  throw unexpectedOperand(cursor);
}

function unexpectedOperand(cursor: Cursor): Error {
  const { token } = cursor;
  if (token.is === 'attribute') {
    return cursor.error('a condition stands in braces: { .attribute = "value" }', token);
  }
  if (token.is !== 'word') return cursor.unexpected('a filter such as { status = error }');
  if (isMetricsFunction(token.text)) {
    return cursor.error(`${token.text} needs spansets before it: { } | ${token.text}(…)`, token);
  }
  const meant = nearest(token.text, [...stageWords, ...metricsFunctions]);
  const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
  return cursor.error(
    `found "${token.text}", wanted a filter such as { status = error } or a stage${advice}`,
    token,
  );
}

/** filter = "{" [ fieldExpr ] "}". */
export function parseFilter(cursor: Cursor): Filter {
  const { from } = cursor.expectSymbol('{', 'to open a filter');
  if (cursor.takeSymbol('}')) return { kind: 'filter', where: null, at: cursor.since(from) };
  const where = parseFieldExpression(cursor);
  cursor.expectSymbol('}', 'or an operator after the condition');
  return { kind: 'filter', where, at: cursor.since(from) };
}

function parseParenthesised(cursor: Cursor): Operand {
  const { from } = cursor.take();
  const inner = parsePiped(cursor);
  cursor.expectSymbol(')', 'to close the parenthesis');
  const at = cursor.since(from);
  switch (inner.is) {
    case 'spanset':
      return { ...inner, isGrouped: true, at };
    case 'stage':
      return { is: 'pipeline', node: pipelineOf([inner.node], inner.at), at };
    case 'metrics': {
      const settled = settleStages(inner);
      if (settled.secondStages.length > 0) {
        throw cursor.error(
          'topk, bottomk and comparisons of an arithmetic stand at the end, outside parentheses',
          at,
        );
      }
      return { is: 'metrics', node: settled.node, secondStages: [], at };
    }
    default:
      return { ...inner, at };
  }
}

function parseNegation(cursor: Cursor): Operand {
  const { from } = cursor.take();
  // A negative number is one operand, so that `-2 * ({ … } | rate())` multiplies a series by −2.
  const isLiteral = cursor.token.is === 'constant' && !isPower(cursor.following);
  const of = isLiteral ? parseOperand(cursor) : parseAbove(cursor, unaryOperand);
  const at = cursor.since(from);
  if (of.is !== 'scalar') throw cursor.error('only a number can be negated', at);
  const folded = of.node.kind === 'static' ? foldUnary('-', of.node) : undefined;
  const node: Scalar =
    folded === undefined ? { kind: 'scalar-negation', of: of.node, at } : { ...folded, at };
  return { is: 'scalar', node, at };
}

function isPower(token: Token): boolean {
  return token.is === 'symbol' && token.text === '^';
}

/** aggregate = "count()" | ("min" | "max" | "avg" | "sum") "(" fieldExpr ")". */
function parseAggregate(cursor: Cursor): Operand {
  const token = cursor.take();
  const name = cursor.source.slice(token.from, token.to) as AggregateName;
  cursor.expectSymbol('(', `after ${name}`);
  const of = name === 'count' ? null : parseFieldExpression(cursor);
  cursor.expectSymbol(')', name === 'count' ? 'since count takes nothing' : `to close ${name}`);
  const at = cursor.since(token.from);
  return { is: 'scalar', node: { kind: 'aggregate', name, of, at }, at };
}

type Symbol = Position & { readonly text: string };

function combine(cursor: Cursor, operator: Symbol, left: Operand, right: Operand): Operand {
  const at = { from: left.at.from, to: right.at.to };
  const { text } = operator;
  if (isArithmetic(text)) return combineNumbers(cursor, operator, left, right, at);
  if (left.is === 'scalar' && right.is === 'scalar' && comparisons.includes(text)) {
    return scalarFilter(cursor, operator, left.node, right.node, at);
  }
  if (left.is === 'metrics' && comparisons.includes(text)) {
    const filter = seriesFilter(cursor, text as Comparison, right, at);
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
    const node: SpansetExpression = {
      kind: 'spanset-binary',
      operator: name,
      left: left.node,
      right: right.node,
      at,
    };
    return { is: 'spanset', node, isGrouped: left.isGrouped && right.isGrouped, at };
  }
  const sides = [left, right].map((side) => asGroupedPipeline(side));
  if (sides[0] === undefined || sides[1] === undefined)
    throw misplaced(cursor, operator, left, right);
  const node: SearchExpression = {
    kind: 'pipeline-binary',
    operator: name,
    left: sides[0],
    right: sides[1],
    at,
  };
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
  const node: Stage = {
    kind: 'scalar-filter',
    operator: operator.text as Comparison,
    left,
    right,
    at,
  };
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
  const node: MetricsBinary = {
    kind: 'metrics-binary',
    operator: name,
    left: sides[0],
    right: sides[1],
    at,
  };
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
    return { kind: 'scalar-binary', operator, left, right, at };
  }
  const folded = foldBinary(operator, left, right);
  if (folded !== undefined) return { ...folded, at };
  const isZero = (operator === '/' || operator === '%') && Number(right.value) === 0;
  throw cursor.error(isZero ? 'division by zero' : `${operator} needs two numbers`, at);
}

// ── metrics ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function parseMetrics(cursor: Cursor, stages: readonly Stage[], from: number): Operand {
  const source = pipelineOf(stages, cursor.since(from));
  const call = parseMetricsCall(cursor, parseFilter);
  const node: MetricsExpression = {
    kind: 'metrics',
    source,
    call,
    secondStages: [],
    at: cursor.since(from),
  };
  return parseSecondStages(
    cursor,
    { is: 'metrics', node, secondStages: [], at: cursor.since(from) },
    from,
  );
}

/** secondStage = "|" ("topk" | "bottomk") "(" int ")" | cmp constScalar. */
function parseSecondStages(
  cursor: Cursor,
  metrics: Operand & { is: 'metrics' },
  from: number,
): Operand {
  const secondStages = [...metrics.secondStages];
  for (;;) {
    const { token } = cursor;
    if (cursor.takeSymbol('|')) secondStages.push(parseTop(cursor));
    else if (token.is === 'symbol' && comparisons.includes(token.text)) {
      cursor.take();
      const value = parseAbove(cursor, levels['+']!);
      secondStages.push(
        seriesFilter(cursor, token.text as Comparison, value, cursor.since(token.from)),
      );
    } else return { ...metrics, secondStages, at: cursor.since(from) };
  }
}

function parseTop(cursor: Cursor): SecondStage {
  const { token } = cursor;
  const isTop = cursor.isWord('topk') || cursor.isWord('bottomk');
  if (!isTop) throw cursor.unexpected('topk(n) or bottomk(n); a comparison has no "|" before it');
  cursor.take();
  const name = cursor.source.slice(token.from, token.to) as 'topk' | 'bottomk';
  cursor.expectSymbol('(', `after ${name}`);
  const count = cursor.token;
  if (count.is !== 'constant' || count.value.type !== 'int') {
    throw cursor.unexpected('a whole number of series');
  }
  cursor.take();
  cursor.expectSymbol(')', `to close ${name}`);
  return { kind: 'top', name, count: Number(count.value.value), at: cursor.since(token.from) };
}

function seriesFilter(
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

// ── hints = "with" "(" ident "=" static { "," ident "=" static } ")"; a later one replaces an earlier one ───────────

function parseHints(cursor: Cursor): readonly Hint[] {
  let hints: Hint[] = [];
  while (cursor.isWord('with')) {
    cursor.take();
    cursor.expectSymbol('(', 'after with');
    hints = [parseHint(cursor)];
    while (cursor.takeSymbol(',')) hints.push(parseHint(cursor));
    cursor.expectSymbol(')', 'or "," after a hint');
  }
  return hints;
}

function parseHint(cursor: Cursor): Hint {
  const { token } = cursor;
  if (token.is !== 'word' || isKeyword(token.text)) {
    throw cursor.unexpected('the name of a hint, such as most_recent');
  }
  cursor.take();
  cursor.expectSymbol('=', 'after the name of a hint');
  const value = parseFieldExpression(cursor);
  if (value.kind !== 'static') throw cursor.error('a hint has a constant value', value.at!);
  return { kind: 'hint', name: token.text, value, at: cursor.since(token.from) };
}

/** Words of the grammar are not free for hints. */
function isKeyword(word: string): boolean {
  const words = ['duration', 'name', 'status', 'kind', 'with', 'true', 'false', 'nil', 'parent'];
  return [...words, ...stageWords, ...metricsFunctions].includes(word);
}

// ── what a parsed operand may stand for ─────────────────────────────────────────────────────────────────────────────

function asStage(cursor: Cursor, operand: Operand): Stage {
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

function asSearch(cursor: Cursor, operand: Operand): SearchExpression {
  if (operand.is === 'pipeline') return operand.node;
  return pipelineOf([asStage(cursor, operand)], operand.at);
}
