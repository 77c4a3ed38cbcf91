/**
 * PromQL text → tree, by the grammar that Prometheus' own editor uses.
 *
 * The grammar takes more than is answered; what is not answered is refused by its name.
 * Never knows: which series there are.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { limits } from '../../limits.ts';
import { notSupported, PromqlError } from './errors.ts';
import { durationMs, numberOf, textOf } from './literals.ts';
import { anchored } from './pattern.ts';
import type {
  Aggregation,
  Binary,
  Expression,
  Labels,
  Matcher,
  MatchOperator,
  Range,
  Selector,
} from './tree.ts';

/** Brackets within brackets; deeper expressions are made by no one. */
const depthMax = 64;

/** @throws PromqlError */
export function parsePromql(source: string): Expression {
  if (source.trim() === '')
    throw new PromqlError('unknown position: parse error: no expression found in input');
  if (source.length > limits.promqlCharsMax) {
    throw new PromqlError(
      `the expression has ${source.length} characters, wanted at most ${limits.promqlCharsMax}`,
    );
  }
  const tree = parser.parse(source);
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) throw syntaxError(source, from, to);
    },
  });
  const top = children(tree.topNode)[0];
  if (top === undefined) throw syntaxError(source, 0, source.length);
  return new Reader(source).expression(top, 0);
}

function syntaxError(source: string, from: number, to: number): PromqlError {
  const before = source.slice(0, from).split('\n');
  const place = `${before.length}:${before.at(-1)!.length + 1}`;
  const found = source.slice(from, Math.max(to, from + 1)).trim();
  return new PromqlError(
    `${place}: parse error: unexpected ${found === '' ? 'end of input' : JSON.stringify(found)}`,
  );
}

function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) all.push(child);
  return all;
}

/** What stands between the texts of two operators of the grammar, and is written by its sign. */
const operators: Readonly<Record<string, string>> = {
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Pow: '^',
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Lss: '<',
  Gte: '>=',
  Lte: '<=',
  And: 'and',
  Or: 'or',
  Unless: 'unless',
};

class Reader {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  expression(node: SyntaxNode, depth: number): Expression {
    if (depth > depthMax) throw new PromqlError(`brackets nest deeper than ${depthMax}`);
    switch (node.name) {
      case 'NumberDurationLiteral':
        return { kind: 'number', value: numberOf(this.#text(node)) };
      case 'StringLiteral':
        return { kind: 'text', value: textOf(this.#text(node)) };
      case 'ParenExpr':
        return this.expression(children(node)[0]!, depth + 1);
      case 'UnaryExpr':
        return this.#unary(node, depth);
      case 'VectorSelector':
        return this.#selector(node);
      case 'MatrixSelector':
        return this.#range(node);
      case 'OffsetExpr':
        return this.#offset(node, depth);
      case 'FunctionCall':
        return this.#call(node, depth);
      case 'AggregateExpr':
        return this.#aggregation(node, depth);
      case 'BinaryExpr':
        return this.#binary(node, depth);
      case 'SubqueryExpr':
        throw notSupported('a subquery ([…:…])');
      case 'StepInvariantExpr':
        throw notSupported('the modifier @');
      default:
        throw notSupported(`${node.name} (${this.#text(node).slice(0, 60)})`);
    }
  }

  #text({ from, to }: SyntaxNode): string {
    return this.#source.slice(from, to);
  }

  #unary(node: SyntaxNode, depth: number): Expression {
    const [operator, of] = children(node);
    const inner = this.expression(of!, depth + 1);
    return this.#text(operator!) === '-' ? { kind: 'negation', of: inner } : inner;
  }

  #selector(node: SyntaxNode): Selector {
    const matchers: Matcher[] = [];
    for (const child of children(node)) {
      if (child.name === 'Identifier') {
        matchers.push({ label: '__name__', operator: '=', value: this.#text(child) });
      }
      if (child.name === 'LabelMatchers')
        matchers.push(...children(child).map((one) => this.#matcher(one)));
    }
    if (matchers.every(({ operator, value }) => operator === '=' && value === '')) {
      throw new PromqlError('vector selector must contain at least one non-empty matcher');
    }
    return { kind: 'selector', matchers, offsetMs: 0 };
  }

  #matcher(node: SyntaxNode): Matcher {
    const parts = children(node);
    // `{"name"}` alone is the name of a metric.
    if (node.name === 'QuotedLabelName') {
      return { label: '__name__', operator: '=', value: textOf(this.#text(parts[0] ?? node)) };
    }
    const [label, operator, value] = parts;
    if (label === undefined || operator === undefined || value === undefined) {
      throw notSupported(`the matcher ${this.#text(node)}`);
    }
    const name = this.#text(label);
    const matcher: Matcher = {
      label: /^["'`]/.test(name) ? textOf(name) : name,
      operator: this.#text(operator) as MatchOperator,
      value: textOf(this.#text(value)),
    };
    if (matcher.operator.endsWith('~')) anchored(matcher.value);
    return matcher;
  }

  #range(node: SyntaxNode): Range {
    const [of, length] = children(node);
    if (of?.name !== 'VectorSelector') throw notSupported(`a range of ${of?.name ?? 'nothing'}`);
    const lengthMs = durationMs(this.#text(length!));
    if (lengthMs <= 0) throw new PromqlError('duration must be greater than 0');
    return { kind: 'range', of: this.#selector(of), lengthMs };
  }

  #offset(node: SyntaxNode, depth: number): Expression {
    const [of, , duration] = children(node);
    const inner = this.expression(of!, depth + 1);
    const offsetMs = durationMs(this.#text(duration!));
    if (inner.kind === 'selector') return { ...inner, offsetMs };
    if (inner.kind === 'range') return { ...inner, of: { ...inner.of, offsetMs } };
    throw new PromqlError(
      'offset modifier must be preceded by an instant or range vector selector',
    );
  }

  #call(node: SyntaxNode, depth: number): Expression {
    const [name, body] = children(node);
    const all = body === undefined ? [] : this.#arguments(body, depth);
    return { kind: 'call', name: this.#text(name!), arguments: all };
  }

  #arguments(body: SyntaxNode, depth: number): Expression[] {
    return children(body).map((one) => this.expression(one, depth + 1));
  }

  #aggregation(node: SyntaxNode, depth: number): Aggregation {
    const parts = children(node);
    const part = (name: string) => parts.find((one) => one.name === name);
    const body = part('FunctionCallBody');
    const given = body === undefined ? [] : this.#arguments(body, depth);
    const of = given.at(-1);
    const name = this.#text(part('AggregateOp')!).toLowerCase();
    if (of === undefined || given.length > 2) {
      throw new PromqlError(`wrong number of arguments for aggregate expression ${name}`);
    }
    const parameter = given.length === 2 ? given[0]! : null;
    return {
      kind: 'aggregation',
      name,
      by: this.#labels(part('AggregateModifier')),
      parameter,
      of,
    };
  }

  /** `by (a)` and `on (a)` are these, `without (a)` and `ignoring (a)` all but these. */
  #labels(modifier: SyntaxNode | undefined): Labels {
    if (modifier === undefined) return { mode: 'only', names: [] };
    const parts = children(modifier);
    const isAllBut = parts.some(({ name }) => name === 'Without' || name === 'Ignoring');
    const listed = parts.find(({ name }) => name === 'GroupingLabels');
    return { mode: isAllBut ? 'all-but' : 'only', names: this.#names(listed) };
  }

  #names(listed: SyntaxNode | undefined): readonly string[] {
    return listed === undefined ? [] : children(listed).map((one) => this.#text(one));
  }

  #binary(node: SyntaxNode, depth: number): Expression {
    const parts = children(node);
    const operator = parts.find(({ name }) => name in operators);
    if (operator === undefined) throw notSupported(`the operator of ${this.#text(node)}`);
    const matching = parts.find(({ name }) => name === 'MatchingModifierClause');
    const [left, right] = [parts[0]!, parts.at(-1)!];
    const grouping = matching === undefined ? [] : children(matching);
    const groupLeft = grouping.some(({ name }) => name === 'GroupLeft');
    const groupRight = grouping.some(({ name }) => name === 'GroupRight');
    const lists = grouping.filter(({ name }) => name === 'GroupingLabels');
    const isListed = matching !== undefined && lists.length > 0;
    // `-2 ^ 2` is `-(2 ^ 2)`: the grammar binds the sign more tightly than Prometheus does.
    const isSigned =
      operators[operator.name] === '^' &&
      ['UnaryExpr', 'NumberDurationLiteral'].includes(left.name) &&
      this.#text(left).startsWith('-');
    const base = this.expression(left, depth + 1);
    const binary: Binary = {
      kind: 'binary',
      operator: operators[operator.name]!,
      isBool: parts.some(({ name }) => name === 'BoolModifier'),
      on: isListed ? this.#labels(matching) : { mode: 'all-but', names: [] },
      many: groupLeft ? 'left' : groupRight ? 'right' : null,
      include: groupLeft || groupRight ? this.#names(lists[1]) : [],
      left: isSigned ? unsigned(base) : base,
      right: this.expression(right, depth + 1),
    };
    return isSigned ? { kind: 'negation', of: binary } : binary;
  }
}

function unsigned(of: Expression): Expression {
  if (of.kind === 'negation') return of.of;
  return of.kind === 'number' ? { ...of, value: -of.value } : of;
}
