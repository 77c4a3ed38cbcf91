/**
 * Field expressions: what stands between the braces of a filter and in the parentheses of functions.
 *
 * Precedence, low to high: `&& ||` (one level) · comparisons · `+ -` and unary minus · `!` · `* / %` · `^` (right).
 * Never knows: spansets.
 */
import type { Field, FieldExpression, FieldOperator, KindName, Static, StatusName } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { nearest } from './errors.ts';
import { foldBinary, foldUnary } from './fold.ts';
import { intrinsicOf, intrinsics } from './intrinsics.ts';

const levels: Readonly<Record<string, number>> = {
  ...{ '&&': 2, '||': 2 },
  ...{ '=': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, '=~': 3, '!~': 3 },
  ...{ '+': 4, '-': 4, '*': 6, '/': 6, '%': 6, '^': 7 },
};
const unaryOperand = 6;

const statuses: readonly string[] = ['ok', 'error', 'unset'];
const kinds: readonly string[] = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];
const bounds: Readonly<Record<string, bigint>> = { minInt: -(2n ** 63n), maxInt: 2n ** 63n - 1n };

/** Words that mean something in a field expression, for completion and for "did you mean". */
export const fieldWords: readonly string[] = [
  ...intrinsics.map(({ spelling }) => spelling),
  ...statuses,
  ...kinds,
  ...['true', 'false', 'nil', 'minInt', 'maxInt'],
];

/** fieldExpr = binary, unary, parenthesised, field, constant; `nil` only beside = and !=. */
export function parseFieldExpression(cursor: Cursor): FieldExpression {
  const expression = parseAbove(cursor, 0);
  if (expression.kind === 'nil')
    throw cursor.error('nil must be compared: = nil or != nil', expression.at!);
  return expression;
}

function parseAbove(cursor: Cursor, above: number): FieldExpression {
  return cursor.nested(() => {
    let left = parseOperand(cursor);
    for (;;) {
      const { token } = cursor;
      const level = token.is === 'symbol' ? levels[token.text] : undefined;
      if (token.is !== 'symbol' || level === undefined || level < above) return left;
      cursor.take();
      const right = parseAbove(cursor, token.text === '^' ? level : level + 1);
      left = binary(cursor, token.text as FieldOperator, left, right);
    }
  });
}

function binary(
  cursor: Cursor,
  operator: FieldOperator,
  left: FieldExpression,
  right: FieldExpression,
): FieldExpression {
  const at = { from: left.at!.from, to: right.at!.to };
  if (left.kind === 'nil' || right.kind === 'nil') {
    if (operator !== '=' && operator !== '!=') {
      throw cursor.error(`nil can only be compared with = or !=, found ${operator}`, at);
    }
    const isTurned = left.kind === 'nil' && right.kind !== 'nil';
    const sides = isTurned ? { left: right, right: left } : { left, right };
    return { kind: 'binary', operator, ...sides, at };
  }
  if (left.kind === 'static' && right.kind === 'static') {
    const folded = foldBinary(operator, left, right);
    if (folded !== undefined) return { ...folded, at };
  }
  return { kind: 'binary', operator, left, right, at };
}

function parseOperand(cursor: Cursor): FieldExpression {
  const { token } = cursor;
  if (cursor.takeSymbol('(')) {
    const inner = parseAbove(cursor, 0);
    cursor.expectSymbol(')', 'to close the parenthesis');
    return { ...inner, at: cursor.since(token.from) };
  }
  if (token.is === 'symbol' && (token.text === '-' || token.text === '!')) {
    cursor.take();
    return unary(cursor, token.text, parseAbove(cursor, unaryOperand), token.from);
  }
  if (token.is === 'constant') {
    cursor.take();
    return token.value;
  }
  return parseName(cursor);
}

function unary(
  cursor: Cursor,
  operator: '-' | '!',
  of: FieldExpression,
  from: number,
): FieldExpression {
  const at = cursor.since(from);
  if (of.kind === 'nil') throw cursor.error(`nil can only be compared with = or !=`, at);
  const folded = of.kind === 'static' ? foldUnary(operator, of) : undefined;
  return folded === undefined ? { kind: 'unary', operator, of, at } : { ...folded, at };
}

function parseName(cursor: Cursor): FieldExpression {
  const { token } = cursor;
  const at = { from: token.from, to: token.to };
  if (token.is === 'word') {
    if (token.text === 'nil') {
      cursor.take();
      return { kind: 'nil', at };
    }
    const constant = constantOf(token.text);
    if (constant !== undefined) {
      cursor.take();
      return { ...constant, at };
    }
  }
  return parseField(cursor);
}

/** An attribute or an intrinsic: what `by`, `select` and metrics functions take. */
export function parseField(cursor: Cursor): Field {
  const { token } = cursor;
  const at = { from: token.from, to: token.to };
  if (token.is === 'attribute') {
    cursor.take();
    const { scope, name, ofParent } = token;
    return { kind: 'attribute', scope, name, ofParent, at };
  }
  if (token.is !== 'word') throw cursor.unexpected('a field such as name, duration or .attribute');
  const intrinsic = intrinsicOf(token.text);
  if (intrinsic === undefined) throw cursor.error(unknownWord(token.text), at);
  cursor.take();
  return { kind: 'intrinsic', name: intrinsic.name, at };
}

function unknownWord(word: string): string {
  const meant = nearest(word, fieldWords);
  const advice = meant === undefined || meant === word ? '' : `; did you mean ${meant}?`;
  return `"${word}" is no field${advice || `; an attribute is written .${word.replace(':', '.')}`}`;
}

function constantOf(word: string): Static | undefined {
  if (word === 'true' || word === 'false') {
    return { kind: 'static', type: 'boolean', value: word === 'true' };
  }
  if (word in bounds) return { kind: 'static', type: 'int', value: bounds[word]! };
  if (statuses.includes(word)) {
    return { kind: 'static', type: 'status', value: word as StatusName };
  }
  return kinds.includes(word)
    ? { kind: 'static', type: 'kind', value: word as KindName }
    : undefined;
}
