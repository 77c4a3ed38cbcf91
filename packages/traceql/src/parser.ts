/**
 * Text → syntax tree. Recursive descent over one precedence table; what an operator builds depends on what stands on
 * its sides (operand.ts). What stands within braces is read by parse-field.ts, stages by the other parse-*.ts.
 *
 * Grammar in grammar order, one production per function. Types and what is supported are the checker's business.
 * Language: https://grafana.com/docs/tempo/latest/traceql/
 */
import type {
  AggregateName,
  Filter,
  Hint,
  MetricsExpression,
  Query,
  Scalar,
  SecondStage,
  Stage,
} from './ast.ts';
import { Cursor } from './cursor.ts';
import { nearest } from './errors.ts';
import { foldUnary } from './fold.ts';
import { lex } from './lexer.ts';
import {
  asSearch,
  asStage,
  combine,
  isComparison,
  type Operand,
  pipelineOf,
  seriesFilter,
  settleStages,
} from './operand.ts';
import { parseFieldExpression } from './parse-field.ts';
import { parseHints } from './parse-hints.ts';
import { isMetricsFunction, metricsFunctions, parseMetricsCall } from './parse-metrics.ts';
import { aggregates, parseCoalesce, parseGroup, parseSelect, stageWords } from './parse-stage.ts';
import type { Token } from './token.ts';

const levels: Readonly<Record<string, number>> = {
  ...{ '&&': 2, '||': 2 },
  ...{ '=': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3 },
  ...{ '>>': 3, '<<': 3, '~': 3, '!>': 3, '!>>': 3, '!<': 3, '!<<': 3, '!~': 3 },
  ...{ '&>': 3, '&>>': 3, '&<': 3, '&<<': 3, '&~': 3 },
  ...{ '+': 4, '-': 4, '*': 6, '/': 6, '%': 6, '^': 7 },
};
const unaryOperand = 6;

/** How long a query may be: longer text is not a question a person or tool asks. */
export const queryLengthMax = 100_000;
/** Operators in a row make a tree as deep as they are many, and whoever walks it has only so much of a stack. */
const tokensMax = 2_000;

/** Parses a whole query. Throws a TraceqlError of kind `syntax`. */
export function parse(source: string): Query {
  if (source.length > queryLengthMax) {
    const cursor = new Cursor('', []);
    const reason = `found ${source.length} characters, wanted at most ${queryLengthMax}`;
    throw cursor.error(reason, { from: 0, to: 0 });
  }
  const tokens = lex(source);
  const cursor = new Cursor(source, tokens);
  const beyond = tokens[tokensMax];
  if (beyond !== undefined) {
    throw cursor.error(`this query has more than ${tokensMax} words and signs`, beyond);
  }
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
    else if (token.is === 'symbol' && isComparison(token.text)) {
      cursor.take();
      const value = parseAbove(cursor, levels['+']!);
      secondStages.push(seriesFilter(cursor, token.text, value, cursor.since(token.from)));
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
