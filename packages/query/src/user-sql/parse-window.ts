/**
 * Tokens → windows and orders.
 *
 * Never knows: what they are of.
 */
import { type Cursor, needName } from './cursor.ts';
import { readExpression } from './parse-expression.ts';
import type { Bound, Order, Window } from './tree.ts';

/** After OVER: a window, or the name of one. */
export function readOver(cursor: Cursor): Window | string {
  return cursor.isSign('(') ? readWindow(cursor) : needName(cursor);
}

export function readWindow(cursor: Cursor): Window {
  cursor.needSign('(');
  const partitionBy = cursor.takeWord('partition', 'by')
    ? cursor.list(() => readExpression(cursor))
    : [];
  const orderBy = cursor.takeWord('order', 'by') ? cursor.list(() => readOrder(cursor)) : [];
  const frame = readFrame(cursor);
  cursor.needSign(')');
  return { partitionBy, orderBy, frame };
}

export function readOrder(cursor: Cursor): Order {
  const value = readExpression(cursor);
  const isDescending = cursor.takeWord('desc');
  if (!isDescending) cursor.takeWord('asc');
  const nulls = cursor.takeWord('nulls', 'first')
    ? 'first'
    : cursor.takeWord('nulls', 'last')
      ? 'last'
      : null;
  return {
    value,
    isDescending,
    nulls,
    fill: cursor.takeWord('with', 'fill') ? readFill(cursor) : null,
  };
}

function readFill(cursor: Cursor): Order['fill'] {
  const part = (word: string) => (cursor.takeWord(word) ? readExpression(cursor) : null);
  return { from: part('from'), to: part('to'), step: part('step') };
}

function readFrame(cursor: Cursor): Window['frame'] {
  const unit = cursor.takeWord('rows') ? 'rows' : cursor.takeWord('range') ? 'range' : null;
  if (unit === null) return null;
  if (!cursor.takeWord('between')) return { unit, from: readBound(cursor), to: 'current' };
  const from = readBound(cursor);
  cursor.needWord('and');
  return { unit, from, to: readBound(cursor) };
}

function readBound(cursor: Cursor): Bound {
  if (cursor.takeWord('current', 'row')) return 'current';
  const token = cursor.next();
  const isCount = token.kind === 'number' && /^\d{1,18}$/.test(token.text);
  if (!isCount && token.word !== 'unbounded') {
    throw cursor.mistake(
      `found ${token.text}, wanted a number of rows, UNBOUNDED or CURRENT ROW`,
      token,
    );
  }
  const count = isCount ? token.text : null;
  if (cursor.takeWord('preceding')) return { count, side: 'preceding' };
  cursor.needWord('following');
  return { count, side: 'following' };
}
