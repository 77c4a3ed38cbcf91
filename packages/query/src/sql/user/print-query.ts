/**
 * A user's query → the statement that is executed, with the tenant in every view it reads, queries of
 * WITH under names of our own (so that none can stand for a table), and a limit on rows.
 *
 * Never knows: what the user's text was; only its tree.
 */
import type { Statement } from '@clew/store';
import { QuestionError } from '../../errors.ts';
import { readTraceId } from '../../ids.ts';
import { isConstant } from '../../user-sql/constant.ts';
import { outermost, type Scope, type Source, scopeOf } from '../../user-sql/scope.ts';
import type { Expression, From, Item, Query, Select, Star, With } from '../../user-sql/tree.ts';
import { starColumns, type View, viewOf, views } from '../../user-sql/views.ts';
import {
  type Fragment,
  identifier,
  join,
  listed,
  numeral,
  print,
  quotedName,
  sql,
  string,
} from '../fragment.ts';
import { expressionPrinter } from './print-expression.ts';

const comma = sql`, `;

/**
 * @param rowsMax one row more is asked for, to know whether there are more
 * @throws QuestionError `sql-not-allowed` for tables that are no views, `bad-trace-id`
 */
export function userStatement(query: Query, tenant: string, rowsMax: number): Statement {
  return print(createPrinter(tenant).outer(query, rowsMax + 1));
}

function createPrinter(tenant: string) {
  const expressions = expressionPrinter((query, scope) => printQuery(query, scope));
  let named = 0;

  function outer(query: Query, rows: number): Fragment {
    if (query.body.kind === 'set') {
      return sql`select * from (${printQuery(query, outermost)}) limit ${numeral(`${rows}`)}`;
    }
    const { limit } = query.body;
    const isFewer = limit.count !== null && BigInt(limit.count) <= BigInt(rows);
    const count = isFewer ? limit.count : `${rows}`;
    return printQuery({ ...query, body: { ...query.body, limit: { ...limit, count } } }, outermost);
  }

  function printQuery(query: Query, outside: Scope): Fragment {
    const { scope, names } = printWith(query.with, outside);
    const head = names.length === 0 ? sql`` : sql`with ${join(names, comma)} `;
    const { body } = query;
    if (body.kind === 'select') return sql`${head}${printSelect(body, query.with, scope)}`;
    const arms = body.arms.map((arm) => sql`(${printQuery(arm, scope)})`);
    const all = join(arms, sql` ${listed(body.operator)} `);
    // As an inner query, so that the names of WITH hold for every arm.
    return names.length === 0 ? all : sql`${head}select * from (${all})`;
  }

  function printWith(parts: readonly With[], outside: Scope) {
    let scope = outside;
    const names = parts.map((part) => {
      if (part.kind === 'value') {
        return sql`${expressions.print(part.value, { ...scope, sources: [] })} as ${quotedName(part.name)}`;
      }
      named++;
      const name = `cte_${named}`;
      const text = sql`${identifier(name)} as (${printQuery(part.query, scope)})`;
      scope = { ...scope, queries: new Map([...scope.queries, [part.name, name]]) };
      return text;
    });
    return { scope, names };
  }

  function printSelect(select: Select, names: readonly With[], outside: Scope): Fragment {
    const scope = scopeOf(select, names, outside);
    const value = (of: Expression) => expressions.print(of, scope);
    const list = (of: readonly Expression[]) => join(of.map(value), comma);
    const items = select.items.map((item) => printItem(item, select, scope));
    const clauses = [sql`select ${select.distinct ? sql`distinct ` : sql``}${join(items, comma)}`];
    if (select.from.length > 0) clauses.push(sql`from ${printFrom(select.from, scope)}`);
    if (select.arrayJoin !== null) {
      const arrays = select.arrayJoin.items.map((item) => printItem(item, select, scope));
      const word = select.arrayJoin.isLeft ? sql`left array join` : sql`array join`;
      clauses.push(sql`${word} ${join(arrays, comma)}`);
    }
    if (select.where !== null) clauses.push(sql`where ${value(select.where)}`);
    if (select.groupBy === 'all') clauses.push(sql`group by all`);
    else if (select.groupBy !== null) {
      const grouping = select.grouping === null ? sql`` : sql` with ${listed(select.grouping)}`;
      clauses.push(sql`group by ${list(select.groupBy)}${grouping}`);
    }
    if (select.having !== null) clauses.push(sql`having ${value(select.having)}`);
    if (select.windows.length > 0) {
      const windows = select.windows.map(
        ({ name, window }) => sql`${quotedName(name)} as ${expressions.window(window, scope)}`,
      );
      clauses.push(sql`window ${join(windows, comma)}`);
    }
    if (select.qualify !== null) clauses.push(sql`qualify ${value(select.qualify)}`);
    if (select.orderBy === 'all') clauses.push(sql`order by all`);
    else if (select.orderBy.length > 0) {
      clauses.push(sql`order by ${expressions.orders(select.orderBy, scope)}`);
    }
    return join([...clauses, ...printLimits(select, list)], sql` `);
  }

  function printItem({ value, alias }: Item, select: Select, scope: Scope): Fragment {
    if (value.kind === 'star') return printStar(value, select, scope);
    const text = expressions.print(value, scope);
    return alias === null ? text : sql`${text} as ${quotedName(alias)}`;
  }

  /** Written out where every table is a view, whose quiet columns it does not show. */
  function printStar({ table, except }: Star, { from }: Select, { sources }: Scope): Fragment {
    const isAllViews = sources.length > 0 && sources.every(({ view }) => view !== null);
    if (!isAllViews) {
      const star = table === null ? sql`*` : sql`${quotedName(table)}.*`;
      return except.length === 0
        ? star
        : sql`${star} except (${join(except.map(quotedName), comma)})`;
    }
    const columns = sources.flatMap(({ alias, view }, at) => {
      if (table !== null && table !== alias) return [];
      const left = starColumns(view!).filter(
        (column) => !except.includes(column) && !(from[at]!.using.includes(column) && at > 0),
      );
      return left.map((column) => {
        const name = sql`${quotedName(alias)}.${quotedName(column)}`;
        return sources.length === 1 ? sql`${name} as ${quotedName(column)}` : name;
      });
    });
    if (columns.length > 0) return join(columns, comma);
    throw notAllowed(table === null ? '* without a column' : `${table}.*: no such table here`);
  }

  function printFrom(from: readonly From[], scope: Scope): Fragment {
    const parts = from.map((each, at) => {
      const source = scope.sources[at]!;
      const table = sql`${printTable(each, source, scope)} as ${quotedName(source.alias)}`;
      if (each.join === null) return table;
      const condition =
        each.on !== null
          ? sql` on ${expressions.print(each.on, scope)}`
          : each.using.length > 0
            ? sql` using (${join(each.using.map(quotedName), comma)})`
            : sql``;
      return sql`${listed(each.join)} ${table}${condition}`;
    });
    return join(parts, sql` `);
  }

  function printTable({ table }: From, source: Source, scope: Scope): Fragment {
    if (table.kind === 'query') return sql`(${printQuery(table.query, scope)})`;
    const name = scope.queries.get(table.name);
    if (table.kind === 'named' && name !== undefined) return identifier(name);
    const args = table.kind === 'call' ? table.args : [];
    if (table.kind === 'call' && table.name.toLowerCase() === 'numbers') return printNumbers(args);
    const view = viewOf(table.name);
    if (view === null) throw notAllowed(noTable(table.name));
    const call = sql`${identifier(view.table)}(tenant = ${string(tenant)}, ${printArguments(table.name, view, args)})`;
    if (source.isDirect) return call;
    const columns = starColumns(view).map(quotedName);
    return sql`(select ${join(columns, comma)} from ${call})`;
  }

  function printArguments(name: string, view: View, args: readonly Expression[]): Fragment {
    if (view.takes === 'trace') {
      const [id] = args;
      if (args.length === 1 && id?.kind === 'string') {
        return sql`trace = ${string(readTraceId(id.value))}`;
      }
      throw notAllowed(
        `${name} without one trace id in quotes: ${name}('0af7651916cd43dd8448eb211c80319c')`,
      );
    }
    if (args.length > 2) throw notAllowed(`${name} takes a start and an end of time`);
    const since = args[0] === undefined ? sql`'1970-01-01 00:00:00'` : printTime(name, args[0]);
    const until = args[1] === undefined ? sql`'2262-01-01 00:00:00'` : printTime(name, args[1]);
    return sql`since = ${since}, until = ${until}`;
  }

  /** Times as in the API (`now-1h`, ISO 8601), or an expression of constants. */
  function printTime(name: string, time: Expression): Fragment {
    if (!isConstant(time)) {
      throw notAllowed(
        `${name} takes constants: ${name}(now() - interval 1 hour) or ${name}('now-1h')`,
      );
    }
    if (time.kind !== 'string') return expressions.print(time, outermost);
    const [, count, unit] = /^now(?:-(\d{1,9})(ms|s|m|h|d|w))?$/.exec(time.value.trim()) ?? [];
    if (time.value.trim() === 'now') return sql`now64(9)`;
    if (count === undefined) return sql`parseDateTime64BestEffort(${string(time.value)}, 9, 'UTC')`;
    return sql`(now64(9) - ${listed(timeUnits[unit!]!)}(${numeral(count)}))`;
  }

  return { outer };
}

const timeUnits: Readonly<Record<string, string>> = {
  ms: 'toIntervalMillisecond',
  s: 'toIntervalSecond',
  m: 'toIntervalMinute',
  h: 'toIntervalHour',
  d: 'toIntervalDay',
  w: 'toIntervalWeek',
};

function printLimits(
  { limitBy, limit }: Select,
  list: (of: readonly Expression[]) => Fragment,
): readonly Fragment[] {
  const parts: Fragment[] = [];
  if (limitBy !== null) parts.push(sql`limit ${numeral(limitBy.count)} by ${list(limitBy.by)}`);
  if (limit.count !== null) parts.push(sql`limit ${numeral(limit.count)}`);
  if (limit.offset !== '0') parts.push(sql`offset ${numeral(limit.offset)}`);
  if (limit.ties) parts.push(sql`with ties`);
  return parts;
}

function printNumbers(args: readonly Expression[]): Fragment {
  const isRight =
    args.length >= 1 && args.length <= 2 && args.every(({ kind }) => kind === 'number');
  if (!isRight) throw notAllowed('numbers takes one or two numbers');
  const numerals = args.map((each) => numeral((each as Expression & { kind: 'number' }).text));
  return sql`numbers(${join(numerals, comma)})`;
}

function noTable(name: string): string {
  return `there is no view ${name.slice(0, 60)}; the views are ${Object.keys(views).join(', ')}`;
}

function notAllowed(found: string): QuestionError {
  return new QuestionError('sql-not-allowed', { found });
}
