/**
 * Tokens → values: literals, names, calls, and words with a grammar of their own.
 *
 * Never knows: operators between values.
 */
import { readType } from './cast-types.ts';
import { isConstant } from './constant.ts';
import { type Cursor, needName, takeName } from './cursor.ts';
import { allowedFunction, isAggregateName } from './functions.ts';
import type { Token } from './lex.ts';
import { readCount, readExpression } from './parse-expression.ts';
import { readQuery } from './parse-query.ts';
import { readOver } from './parse-window.ts';
import type { Call, Expression, Query, Star } from './tree.ts';
import { isTypeName, isZoneName, typePlace, zonePlaces } from './zones.ts';

/** A value with the signs before it and what is taken of it after: `-a.b[1]::Int64`. */
export function readValue(cursor: Cursor): Expression {
  while (cursor.takeSign('+')) cursor.countOperator();
  if (!cursor.takeSign('-')) return readPostfix(cursor);
  return cursor.deeper(() => ({ kind: 'unary', operator: '-', of: readValue(cursor) }));
}

function readPostfix(cursor: Cursor): Expression {
  let value = readPrimary(cursor);
  for (; ; cursor.countOperator()) {
    if (cursor.takeSign('::')) value = { kind: 'cast', value, type: readType(cursor) };
    else if (cursor.takeSign('[')) {
      value = { kind: 'index', of: value, at: readExpression(cursor) };
      cursor.needSign(']');
    } else if (cursor.isSign('.')) {
      cursor.next();
      value = { kind: 'member', of: value, at: readMember(cursor) };
    } else if (cursor.peek().kind === 'number' && /^\.\d+$/.test(cursor.peek().text)) {
      // `t.1` after a parenthesis or a call reads as a number that starts with its point.
      value = { kind: 'member', of: value, at: cursor.next().text.slice(1) };
    } else return value;
  }
}

function readMember(cursor: Cursor): string {
  if (cursor.peek().kind === 'number' && /^\d{1,4}$/.test(cursor.peek().text))
    return cursor.next().text;
  return needName(cursor);
}

function readPrimary(cursor: Cursor): Expression {
  const token = cursor.peek();
  switch (token.kind) {
    case 'number':
      cursor.next();
      return { kind: 'number', text: token.text.toLowerCase() };
    case 'string':
      cursor.next();
      return { kind: 'string', value: token.text };
    case 'sign':
      return readBracketed(cursor, token);
    case 'word':
      return readSpecial(cursor) ?? readNamed(cursor);
    case 'quoted':
      return readNamed(cursor);
    case 'end':
      throw cursor.mistake('the statement ends where a value is wanted');
  }
}

function readBracketed(cursor: Cursor, token: Token): Expression {
  if (cursor.takeSign('[')) {
    const items = cursor.isSign(']') ? [] : cursor.list(() => readExpression(cursor));
    cursor.needSign(']');
    return { kind: 'array', items };
  }
  if (!cursor.takeSign('(')) throw cursor.mistake(`found ${token.text}, wanted a value`);
  if (cursor.isWord('select') || cursor.isWord('with')) {
    const query = readQuery(cursor);
    cursor.needSign(')');
    return { kind: 'subquery', query };
  }
  const items = cursor.list(() => readExpression(cursor));
  // `(a,)` is a tuple of one.
  cursor.needSign(')');
  if (cursor.takeSign('->')) return readLambda(cursor, items, token);
  return items.length === 1 ? items[0]! : { kind: 'tuple', items };
}

function readLambda(cursor: Cursor, names: readonly Expression[], token: Token): Expression {
  const parameters = names.map((name) => {
    if (name.kind === 'column' && name.path.length === 1) return name.path[0]!;
    throw cursor.mistake('names are wanted before ->', token);
  });
  return { kind: 'lambda', parameters, body: readExpression(cursor) };
}

/** Words with a grammar of their own. */
function readSpecial(cursor: Cursor): Expression | null {
  const { word } = cursor.peek();
  const isCall = cursor.isSign('(', 1);
  if (word === 'null' || word === 'true' || word === 'false') {
    cursor.next();
    return { kind: 'constant', name: word };
  }
  if (word === 'case') return readCase(cursor);
  if (word === 'interval' && !isCall) return readInterval(cursor);
  if (word === 'exists' && isCall) return { kind: 'exists', query: readNested(cursor) };
  if (word === 'cast' && isCall) return readCast(cursor);
  if ((word === 'date' || word === 'timestamp') && cursor.peek(1).kind === 'string') {
    cursor.next();
    const value: Expression = { kind: 'string', value: cursor.next().text };
    return call(word === 'date' ? 'toDate' : 'toDateTime', [value]);
  }
  if (word === 'extract' && isCall && cursor.peek(3).word === 'from') return readExtract(cursor);
  return null;
}

/** A query in parentheses after one word. */
function readNested(cursor: Cursor): Query {
  cursor.next();
  cursor.needSign('(');
  const query = readQuery(cursor);
  cursor.needSign(')');
  return query;
}

function readCase(cursor: Cursor): Expression {
  cursor.next();
  const of = cursor.isWord('when') ? null : readExpression(cursor);
  const when: [Expression, Expression][] = [];
  while (cursor.takeWord('when')) {
    const condition = readExpression(cursor);
    cursor.needWord('then');
    when.push([condition, readExpression(cursor)]);
  }
  const otherwise = cursor.takeWord('else') ? readExpression(cursor) : null;
  if (when.length === 0) throw cursor.mistake(`found ${cursor.peek().text}, wanted WHEN`);
  cursor.needWord('end');
  return { kind: 'case', of, when, otherwise };
}

const units = new Map(
  [
    'nanosecond',
    'microsecond',
    'millisecond',
    'second',
    'minute',
    'hour',
    'day',
    'week',
    'month',
    'quarter',
    'year',
  ].flatMap((unit) => [[unit, unit] as const, [`${unit}s`, unit] as const]),
);

function readInterval(cursor: Cursor): Expression {
  cursor.next();
  const token = cursor.peek();
  // `interval '5 minutes'`, as the SQL standard has it.
  const parts = token.kind === 'string' ? /^\s*(\d{1,9})\s+([a-z]+)\s*$/i.exec(token.text) : null;
  if (parts !== null) {
    cursor.next();
    const unit = units.get(parts[2]!.toLowerCase());
    if (unit === undefined) throw cursor.mistake(`the unit ${parts[2]}`, token);
    return { kind: 'interval', count: { kind: 'number', text: parts[1]! }, unit };
  }
  const count: Expression =
    token.kind === 'string'
      ? { kind: 'cast', value: readPrimary(cursor), type: 'Int64' }
      : readCount(cursor);
  const unit = units.get(cursor.peek().word);
  if (unit === undefined)
    throw cursor.mistake(`found ${cursor.peek().text}, wanted a unit such as MINUTE`);
  cursor.next();
  return { kind: 'interval', count, unit };
}

function readCast(cursor: Cursor): Expression {
  cursor.next();
  cursor.needSign('(');
  const value = readExpression(cursor);
  if (!cursor.takeWord('as')) throw cursor.mistake('CAST is written CAST(value AS Type)');
  const type = readType(cursor);
  cursor.needSign(')');
  return { kind: 'cast', value, type };
}

/** The parts of a time that EXTRACT(part FROM time) knows, as functions. */
const parts = new Map([
  ['second', 'toSecond'],
  ['minute', 'toMinute'],
  ['hour', 'toHour'],
  ['day', 'toDayOfMonth'],
  ['month', 'toMonth'],
  ['quarter', 'toQuarter'],
  ['year', 'toYear'],
  ['week', 'toISOWeek'],
  ['dow', 'toDayOfWeek'],
]);

function readExtract(cursor: Cursor): Expression {
  cursor.next();
  cursor.needSign('(');
  const part = cursor.next();
  const name = parts.get(part.word);
  if (name === undefined) throw cursor.mistake(`the part ${part.text}`, part);
  cursor.needWord('from');
  const value = readExpression(cursor);
  cursor.needSign(')');
  return call(name, [value]);
}

/** A column, a lambda of one name, or a call. */
function readNamed(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (cursor.isSign('(', 1) && token.kind === 'word') return readCall(cursor);
  const name = takeName(cursor);
  if (name === null) throw cursor.mistake(`found ${token.text}, wanted a value`);
  if (cursor.isSign('(')) throw cursor.notAllowed('a quoted name as a function', token);
  if (cursor.takeSign('->')) {
    return { kind: 'lambda', parameters: [name], body: readExpression(cursor) };
  }
  const path = [name];
  while (path.length < 3 && cursor.isSign('.') && isName(cursor.peek(1))) {
    cursor.next();
    path.push(needName(cursor));
  }
  return { kind: 'column', path };
}

function isName(token: Token): boolean {
  return token.kind === 'quoted' || token.kind === 'word';
}

function readCall(cursor: Cursor): Expression {
  const token = cursor.next();
  const name = allowedFunction(token.text);
  if (name === null) {
    throw cursor.notAllowed(
      `the function ${token.text} is not on the list of allowed functions`,
      token,
    );
  }
  let parameters: readonly Expression[] | null = null;
  let given = readArguments(cursor);
  if (cursor.isSign('(')) {
    parameters = given.args.map((each) => {
      if (each.kind !== 'star' && isConstant(each)) return each;
      throw cursor.mistake(`the first parentheses of ${name} take constants`, token);
    });
    given = readArguments(cursor);
  }
  checkArguments(cursor, token, name, given.args);
  const filter = cursor.isWord('filter') && cursor.isSign('(', 1) ? readFilter(cursor) : null;
  const nulls = cursor.takeWord('ignore', 'nulls')
    ? 'ignore'
    : cursor.takeWord('respect', 'nulls')
      ? 'respect'
      : null;
  const over = cursor.takeWord('over') ? readOver(cursor) : null;
  return { kind: 'call', name, parameters, ...given, filter, nulls, over };
}

function readArguments(cursor: Cursor): Pick<Call, 'args' | 'distinct'> {
  cursor.needSign('(');
  if (cursor.takeSign(')')) return { args: [], distinct: false };
  const distinct = cursor.takeWord('distinct');
  const args = cursor.list((): Expression | Star => {
    if (!cursor.takeSign('*')) return readExpression(cursor);
    return { kind: 'star', table: null, except: [] };
  });
  cursor.needSign(')');
  return { args, distinct };
}

/** Functions that read an argument as more than a value. */
function checkArguments(cursor: Cursor, token: Token, name: string, args: Call['args']): void {
  if (args.some((each) => each.kind === 'star') && !(name === 'count' && args.length === 1)) {
    throw cursor.mistake('* stands in count(*) only', token);
  }
  const isText = (at: number, fits: (text: string) => boolean): boolean => {
    const given = args[at];
    return given?.kind === 'string' && fits(given.value);
  };
  if (name === 'arrayReduce' && !isText(0, isAggregateName)) {
    throw cursor.notAllowed('arrayReduce takes the name of an allowed aggregate function', token);
  }
  if (!zonePlaces(name, args.length).every((at) => isText(at, isZoneName))) {
    const found = `${name} with a time zone that is no name in quotes, such as 'Europe/Berlin'`;
    throw cursor.notAllowed(found, token);
  }
  const type = typePlace(name);
  if (type !== null && !isText(type, isTypeName)) {
    throw cursor.notAllowed(`${name} without a plain type in quotes, such as 'UInt8'`, token);
  }
}

function readFilter(cursor: Cursor): Expression {
  cursor.next();
  cursor.needSign('(');
  cursor.needWord('where');
  const condition = readExpression(cursor);
  cursor.needSign(')');
  return condition;
}

/** A plain call; also of functions that operators stand for. */
export function call(name: string, args: readonly Expression[]): Call {
  return {
    kind: 'call',
    name,
    parameters: null,
    args,
    distinct: false,
    filter: null,
    nulls: null,
    over: null,
  };
}
