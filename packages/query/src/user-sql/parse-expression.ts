/**
 * Tokens → expressions, by how tightly operators bind.
 *
 * Never knows: which columns there are.
 */
import { isConstant } from './constant.ts';
import type { Cursor } from './cursor.ts';
import { call, readValue } from './parse-primary.ts';
import { readQuery } from './parse-query.ts';
import type { Expression, Query } from './tree.ts';

export function readExpression(cursor: Cursor): Expression {
  return cursor.deeper(() => readFrom(cursor, 0));
}

/**
 * How tightly operators bind, as the engine has it (ExpressionListParsers.cpp). Surprising are IS NULL, which takes whole
 * comparisons (`1 = x is null` asks whether `1 = x` is null), and BETWEEN, whose end takes them too.
 */
const binding = {
  or: 3,
  and: 4,
  not: 5,
  isNull: 6,
  between: 7,
  comparison: 9,
  concat: 10,
  sum: 11,
  product: 12,
} as const;

const comparisons = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

type Infix = {
  readonly binds: number;
  /** Reads what follows the operator, which is taken already. */
  readonly finish: (left: Expression) => Expression;
};

/** The count of an INTERVAL ends where its unit stands. */
export function readCount(cursor: Cursor): Expression {
  return readFrom(cursor, binding.concat);
}

/** Everything from here on that binds at least so tightly, from left to right. */
function readFrom(cursor: Cursor, least: number): Expression {
  let left = readPrefixed(cursor);
  for (;;) {
    const infix = infixAt(cursor, least);
    if (infix === null) return left;
    cursor.countOperator();
    left = infix.finish(left);
  }
}

function readPrefixed(cursor: Cursor): Expression {
  if (!cursor.takeWord('not')) return readValue(cursor);
  return cursor.deeper(() => ({
    kind: 'unary',
    operator: 'not',
    of: readFrom(cursor, binding.not + 1),
  }));
}

/** Takes the operator that stands here when it binds tightly enough. */
function infixAt(cursor: Cursor, least: number): Infix | null {
  const found = signInfix(cursor) ?? wordInfix(cursor);
  if (found === null || found.binds < least) return null;
  for (let taken = 0; taken < found.tokens; taken++) cursor.next();
  return found;
}

type Found = Infix & { readonly tokens: number };

function signInfix(cursor: Cursor): Found | null {
  const { kind, text } = cursor.peek();
  if (kind !== 'sign') return null;
  const comparison = comparisons.get(text);
  if (comparison !== undefined) return plainInfix(cursor, comparison, binding.comparison);
  if (text === '||') return functionInfix(cursor, 'concat', binding.concat);
  if (text === '+' || text === '-') return plainInfix(cursor, text, binding.sum);
  return text === '*' || text === '/' || text === '%'
    ? plainInfix(cursor, text, binding.product)
    : null;
}

function wordInfix(cursor: Cursor): Found | null {
  const { word } = cursor.peek();
  const isNot = word === 'not';
  const tokens = isNot ? 2 : 1;
  switch (isNot ? cursor.peek(1).word : word) {
    case 'or':
    case 'and':
      return isNot ? null : plainInfix(cursor, word, word === 'or' ? binding.or : binding.and);
    case 'div':
      return isNot ? null : functionInfix(cursor, 'intDiv', binding.product);
    case 'mod':
      return isNot ? null : functionInfix(cursor, 'modulo', binding.product);
    case 'regexp':
      return isNot ? null : functionInfix(cursor, 'match', binding.comparison);
    case 'like':
      return { ...plainInfix(cursor, isNot ? 'not like' : 'like', binding.comparison), tokens };
    case 'ilike':
      return { ...plainInfix(cursor, isNot ? 'not ilike' : 'ilike', binding.comparison), tokens };
    case 'in':
      return { binds: binding.comparison, tokens, finish: (left) => readIn(cursor, left, isNot) };
    case 'between':
      return { binds: binding.between, tokens, finish: (left) => readBetween(cursor, left, isNot) };
    case 'is':
      return isNot ? null : isNullInfix(cursor);
    case 'global':
      throw cursor.notAllowed('GLOBAL: there is no need to say where');
    default:
      return null;
  }
}

function plainInfix(cursor: Cursor, operator: string, binds: number): Found {
  const finish = (left: Expression): Expression => ({
    kind: 'binary',
    operator,
    left,
    right: readFrom(cursor, binds + 1),
  });
  return { binds, tokens: 1, finish };
}

/** An operator that is a function's name to the engine. */
function functionInfix(cursor: Cursor, name: string, binds: number): Found {
  return { binds, tokens: 1, finish: (left) => call(name, [left, readFrom(cursor, binds + 1)]) };
}

function isNullInfix(cursor: Cursor): Found {
  const isNot = cursor.peek(1).word === 'not';
  const tokens = isNot ? 3 : 2;
  if (cursor.peek(tokens - 1).word !== 'null')
    throw cursor.mistake('IS is followed by NULL or NOT NULL');
  return { binds: binding.isNull, tokens, finish: (value) => ({ kind: 'is-null', isNot, value }) };
}

function readBetween(cursor: Cursor, value: Expression, isNot: boolean): Expression {
  const low = readFrom(cursor, binding.between + 1);
  cursor.needWord('and');
  return { kind: 'between', isNot, value, low, high: readFrom(cursor, binding.between + 1) };
}

/** The right side is a query or a list of constants: a bare name there would be a table. */
function readIn(cursor: Cursor, value: Expression, isNot: boolean): Expression {
  const start = cursor.peek();
  const among = readAmong(cursor);
  // To the engine the right side is a whole expression, of which a list would be a part.
  if (followers.has(cursor.peek().text) || cursor.isWord('div') || cursor.isWord('mod')) {
    throw cursor.mistake('put parentheses around the condition with IN');
  }
  if (!Array.isArray(among) || among.every(isConstant)) return { kind: 'in', isNot, value, among };
  throw cursor.notAllowed('an IN list holds constants only; compare columns with =', start);
}

/** What binds more tightly than IN. */
const followers = new Set(['+', '-', '*', '/', '%', '||', '[', '.', '::', '->']);

function readAmong(cursor: Cursor): readonly Expression[] | Query {
  const close = cursor.isSign('[') ? ']' : ')';
  if (!cursor.takeSign('[') && !cursor.takeSign('(')) {
    throw cursor.notAllowed(
      'IN needs a list in parentheses or a query; for arrays write has(array, value)',
    );
  }
  const isQuery = close === ')' && (cursor.isWord('select') || cursor.isWord('with'));
  const among = isQuery ? readQuery(cursor) : cursor.list(() => readExpression(cursor));
  cursor.needSign(close);
  return among;
}
