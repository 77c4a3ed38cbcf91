/**
 * Tokens → queries: the one statement, its set operations, selects and tables.
 *
 * Never knows: which tables there are.
 */
import { type Cursor, createCursor, needName, takeName } from './cursor.ts';
import { readExpression } from './parse-expression.ts';
import { readOrder, readWindow } from './parse-window.ts';
import type {
  Expression,
  From,
  Item,
  Query,
  Select,
  SetOperation,
  Star,
  Table,
  With,
} from './tree.ts';

/**
 * Exactly one SELECT.
 * @throws QuestionError `bad-sql`, `sql-not-allowed`
 */
export function parseSql(text: string): Query {
  const cursor = createCursor(text);
  const first = cursor.peek();
  const isSelect = ['select', 'with'].includes(first.word) || cursor.isSign('(');
  if (first.kind === 'end') throw cursor.mistake('the statement is empty');
  if (!isSelect) throw cursor.notAllowed(`${first.text}: a statement starts with SELECT or WITH`);
  const query = readQuery(cursor);
  cursor.takeSign(';');
  const rest = cursor.peek();
  if (rest.kind === 'end') return query;
  throw refusedAfter(cursor, cursor.isSign(';') ? undefined : rest.word);
}

const clauses = new Map(
  Object.entries({
    settings: 'SETTINGS: limits are set by the operator',
    format: 'FORMAT: choose the format beside the statement (Accept header, format, --format)',
    into: 'INTO OUTFILE: the answer is the only output',
    final: 'FINAL: the views need none',
    sample: 'SAMPLE: the views need none',
    prewhere: 'PREWHERE: write WHERE',
    fetch: 'FETCH: write LIMIT',
    interpolate: 'INTERPOLATE',
  }),
);

function refusedAfter(cursor: Cursor, word = '') {
  const found = cursor.peek();
  const clause = clauses.get(word);
  if (clause !== undefined) return cursor.notAllowed(clause);
  if (word === 'union')
    return cursor.mistake(
      'write UNION ALL or UNION DISTINCT, and put parentheses around mixed ones',
    );
  if (['select', 'insert', 'create', 'drop', 'set', 'system', 'alter', 'with'].includes(word)) {
    return cursor.notAllowed('exactly one statement is taken');
  }
  return cursor.mistake(`found ${found.text}, wanted the end of the statement`);
}

export function readQuery(cursor: Cursor): Query {
  return cursor.deeper(() => {
    const names = cursor.takeWord('with') ? readWith(cursor) : [];
    const first = readArm(cursor);
    const operator = takeOperator(cursor);
    if (operator === null) return wrapped(names, first);
    const arms = [first, readArm(cursor)];
    for (;;) {
      const before = cursor.peek();
      const more = takeOperator(cursor);
      if (more === null) break;
      if (more !== operator || operator === 'except') {
        throw cursor.mistake('put parentheses around set operations that are mixed', before);
      }
      arms.push(readArm(cursor));
    }
    const body: SetOperation = { kind: 'set', operator, arms: arms.map((arm) => wrapped([], arm)) };
    return { with: names, body };
  });
}

function wrapped(names: readonly With[], arm: Select | Query): Query {
  if (!('kind' in arm)) {
    if (names.length === 0) return arm;
    // `with x as (…) (select …)`: the names hold inside of the parentheses.
    return { with: [...names, ...arm.with], body: arm.body };
  }
  return { with: names, body: arm };
}

function readArm(cursor: Cursor): Select | Query {
  if (!cursor.takeSign('(')) return readSelect(cursor);
  const query = readQuery(cursor);
  cursor.needSign(')');
  return query;
}

function takeOperator(cursor: Cursor): SetOperation['operator'] | null {
  if (cursor.takeWord('union', 'all')) return 'union all';
  if (cursor.takeWord('union', 'distinct')) return 'union distinct';
  if (cursor.isWord('intersect') || cursor.isWord('except')) {
    const operator = cursor.next().word as 'intersect' | 'except';
    if (cursor.isWord('all')) throw cursor.notAllowed(`${operator.toUpperCase()} ALL`);
    cursor.takeWord('distinct');
    return operator;
  }
  return null;
}

function readWith(cursor: Cursor): With[] {
  if (cursor.isWord('recursive')) {
    throw cursor.notAllowed('WITH RECURSIVE: trace_tree(id) and paths walk the trees of traces');
  }
  return cursor.list((): With => {
    const isQuery =
      cursor.peek(1).word === 'as' &&
      cursor.isSign('(', 2) &&
      ['select', 'with', ''].includes(cursor.peek(3).word);
    if (isQuery && (cursor.peek(3).word !== '' || cursor.isSign('(', 3))) {
      const name = needName(cursor);
      cursor.needWord('as');
      cursor.needSign('(');
      const query = readQuery(cursor);
      cursor.needSign(')');
      return { kind: 'query', name, query };
    }
    const value = readExpression(cursor);
    cursor.needWord('as');
    return { kind: 'value', name: needName(cursor), value };
  });
}

function readSelect(cursor: Cursor): Select {
  cursor.needWord('select');
  const distinct = cursor.takeWord('distinct');
  if (distinct && cursor.isWord('on')) throw cursor.notAllowed('DISTINCT ON: write LIMIT 1 BY');
  if (!distinct) cursor.takeWord('all');
  const items = cursor.list(() => readItem(cursor));
  const from = cursor.takeWord('from') ? readFrom(cursor) : [];
  const arrayJoin = readArrayJoin(cursor);
  if (clauses.has(cursor.peek().word)) throw refusedAfter(cursor, cursor.peek().word);
  const where = cursor.takeWord('where') ? readExpression(cursor) : null;
  const groupBy = readGroupBy(cursor);
  const having = cursor.takeWord('having') ? readExpression(cursor) : null;
  const windows = cursor.takeWord('window')
    ? cursor.list(() => {
        const name = needName(cursor);
        cursor.needWord('as');
        return { name, window: readWindow(cursor) };
      })
    : [];
  const qualify = cursor.takeWord('qualify') ? readExpression(cursor) : null;
  const orderBy = !cursor.takeWord('order', 'by')
    ? []
    : cursor.takeWord('all')
      ? ('all' as const)
      : cursor.list(() => readOrder(cursor));
  return {
    kind: 'select',
    distinct,
    items,
    from,
    arrayJoin,
    where,
    ...groupBy,
    having,
    windows,
    qualify,
    orderBy,
    ...readLimits(cursor),
  };
}

function readItem(cursor: Cursor): Item {
  const star = readStar(cursor);
  if (star !== null) return { value: star, alias: null };
  const start = cursor.peek();
  const value = readExpression(cursor);
  const text = cursor.textFrom(start);
  const alias = cursor.takeWord('as') ? needName(cursor) : takeName(cursor);
  return { value, alias: alias ?? (value.kind === 'column' ? null : columnName(text)) };
}

/** What is printed may read differently; the answer shows the column as it was asked for. */
function columnName(text: string): string | null {
  const name = text.replaceAll(/\s+/g, ' ');
  const isName = /^[^`\\\p{C}]{1,128}$/u.test(name) && !/--|\/\*/.test(name);
  return isName ? name : null;
}

function readStar(cursor: Cursor): Star | null {
  const isOfTable = cursor.isSign('.', 1) && cursor.isSign('*', 2);
  const table = isOfTable ? needName(cursor) : null;
  if (isOfTable) cursor.needSign('.');
  if (!cursor.takeSign('*')) return null;
  if (!cursor.takeWord('except')) return { kind: 'star', table, except: [] };
  if (!cursor.takeSign('(')) return { kind: 'star', table, except: [needName(cursor)] };
  const except = cursor.list(() => needName(cursor));
  cursor.needSign(')');
  return { kind: 'star', table, except };
}

function readGroupBy(cursor: Cursor): Pick<Select, 'groupBy' | 'grouping'> {
  if (!cursor.takeWord('group', 'by')) return { groupBy: null, grouping: null };
  if (cursor.takeWord('all')) return { groupBy: 'all', grouping: null };
  const bracketed = ['rollup', 'cube'].find((word) => cursor.isWord(word) && cursor.isSign('(', 1));
  if (bracketed !== undefined) {
    cursor.next();
    cursor.needSign('(');
    const groupBy = cursor.list(() => readExpression(cursor));
    cursor.needSign(')');
    return { groupBy, grouping: bracketed as 'rollup' | 'cube' };
  }
  const groupBy = cursor.list(() => readExpression(cursor));
  if (cursor.isWord('with', 'totals')) throw cursor.notAllowed('WITH TOTALS: write WITH ROLLUP');
  const grouping = cursor.takeWord('with', 'rollup')
    ? 'rollup'
    : cursor.takeWord('with', 'cube')
      ? 'cube'
      : null;
  return { groupBy, grouping };
}

/** `limit 1 by a, b`, then `limit 10 offset 5`, `limit 5, 10` or `offset 5`. */
function readLimits(cursor: Cursor): Pick<Select, 'limitBy' | 'limit'> {
  let limitBy: Select['limitBy'] = null;
  let count: string | null = null;
  let offset = '0';
  while (cursor.takeWord('limit')) {
    if (count !== null) throw cursor.mistake('LIMIT is given twice');
    count = readCount(cursor);
    if (limitBy === null && cursor.takeWord('by')) {
      limitBy = { count, by: cursor.list(() => readExpression(cursor)) };
      count = null;
    } else if (cursor.takeSign(',')) {
      offset = count;
      count = readCount(cursor);
    }
  }
  if (cursor.takeWord('offset')) {
    offset = readCount(cursor);
    if (!cursor.takeWord('rows')) cursor.takeWord('row');
  }
  const ties = count !== null && cursor.takeWord('with', 'ties');
  return { limitBy, limit: { count, offset, ties } };
}

function readCount(cursor: Cursor): string {
  const token = cursor.next();
  if (token.kind === 'number' && /^\d{1,18}$/.test(token.text)) return token.text;
  throw cursor.mistake(`found ${token.text}, wanted a whole number`, token);
}

// ── Tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function readFrom(cursor: Cursor): From[] {
  const found: From[] = [{ join: null, ...readTable(cursor), on: null, using: [] }];
  for (;;) {
    if (cursor.takeSign(',')) {
      found.push({ join: 'cross join', ...readTable(cursor), on: null, using: [] });
      continue;
    }
    const join = takeJoin(cursor);
    if (join === null) return found;
    const table = readTable(cursor);
    found.push({ join, ...table, ...readJoinCondition(cursor, join) });
  }
}

const strictnesses = ['any', 'all', 'asof', 'semi', 'anti'];
const sides = ['inner', 'left', 'right', 'full'];

/** `[left] [any|asof|semi|anti] join`, the strictness on either side. */
function takeJoin(cursor: Cursor): string | null {
  if (cursor.takeWord('cross', 'join')) return 'cross join';
  if (cursor.isWord('global') || cursor.isWord('paste')) {
    throw cursor.notAllowed(`${cursor.peek().text.toUpperCase()} JOIN`);
  }
  const words: string[] = [];
  while (
    words.length < 4 &&
    [...strictnesses, ...sides, 'outer'].includes(cursor.peek(words.length).word)
  ) {
    words.push(cursor.peek(words.length).word);
  }
  if (cursor.peek(words.length).word !== 'join') return null;
  cursor.takeWord(...words, 'join');
  const strictness = words.filter((word) => strictnesses.includes(word));
  const side = words.filter((word) => sides.includes(word));
  if (strictness.length > 1 || side.length > 1) throw cursor.mistake(`${words.join(' ')} join`);
  return [...strictness, ...(side.length === 0 ? ['inner'] : side), 'join'].join(' ');
}

function readJoinCondition(cursor: Cursor, join: string): Pick<From, 'on' | 'using'> {
  if (join === 'cross join') return { on: null, using: [] };
  if (cursor.takeWord('on')) return { on: readExpression(cursor), using: [] };
  if (!cursor.takeWord('using'))
    throw cursor.mistake(`found ${cursor.peek().text}, wanted ON or USING`);
  const isBracketed = cursor.takeSign('(');
  const using = cursor.list(() => needName(cursor));
  if (isBracketed) cursor.needSign(')');
  return { on: null, using };
}

function readTable(cursor: Cursor): Pick<From, 'table' | 'alias'> {
  cursor.countTable();
  const token = cursor.peek();
  const table = cursor.isSign('(') ? readDerived(cursor) : readNamedTable(cursor);
  const alias = cursor.takeWord('as') ? needName(cursor) : takeName(cursor);
  const after = cursor.peek().word;
  if (after === 'final' || after === 'sample') throw cursor.notAllowed(clauses.get(after)!);
  if (cursor.isSign('('))
    throw cursor.notAllowed('a call of another kind than the listed ones', token);
  return { table, alias };
}

function readDerived(cursor: Cursor): Table {
  cursor.needSign('(');
  const query = readQuery(cursor);
  cursor.needSign(')');
  return { kind: 'query', query };
}

function readNamedTable(cursor: Cursor): Table {
  const { at } = cursor.peek();
  const name = needName(cursor);
  if (cursor.isSign('.')) {
    throw cursor.notAllowed('a table of a database: the views have plain names', { at });
  }
  if (!cursor.takeSign('(')) return { kind: 'named', name, at };
  const args = cursor.isSign(')') ? [] : cursor.list((): Expression => readExpression(cursor));
  cursor.needSign(')');
  return { kind: 'call', name, args, at };
}

function readArrayJoin(cursor: Cursor): Select['arrayJoin'] {
  const isLeft = cursor.isWord('left', 'array', 'join');
  if (!isLeft && !cursor.isWord('array', 'join')) return null;
  cursor.takeWord(...(isLeft ? ['left'] : []), 'array', 'join');
  const items = cursor.list(() => readItem(cursor));
  const star = items.find(({ value }) => value.kind === 'star');
  if (star !== undefined) throw cursor.mistake('ARRAY JOIN takes arrays, not *');
  return { isLeft, items };
}
