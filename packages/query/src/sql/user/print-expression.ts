/**
 * Expressions of a user's SQL → SQL. Strings are parameters, numbers and names are checked once more,
 * functions come from the list; nothing the user wrote is copied.
 *
 * Never knows: which expressions are allowed; the parser made none that is not.
 */

import { type Scope, withParameters } from '../../user-sql/scope.ts';
import type { Bound, Call, Expression, Order, Query, Window } from '../../user-sql/tree.ts';
import { type Fragment, join, listed, numeral, quotedName, sql, string } from '../fragment.ts';
import { attributeCondition, attributeText, traceCondition } from './quicker.ts';

export type PrintQuery = (query: Query, scope: Scope) => Fragment;

const comma = sql`, `;

/** @param query prints the queries inside of expressions */
export function expressionPrinter(query: PrintQuery) {
  function print(of: Expression, scope: Scope): Fragment {
    const inner = (each: Expression) => print(each, scope);
    switch (of.kind) {
      case 'number':
        return numeral(of.text);
      case 'string':
        return string(of.value);
      case 'constant':
        return listed(of.name);
      case 'column':
        return join(of.path.map(quotedName), sql`.`);
      case 'call':
        return printCall(of, scope);
      case 'lambda': {
        const parameters = join(of.parameters.map(quotedName), comma);
        return sql`((${parameters}) -> ${print(of.body, withParameters(scope, of.parameters))})`;
      }
      case 'unary':
        return of.operator === 'not' ? sql`(not ${inner(of.of)})` : sql`(- ${inner(of.of)})`;
      case 'binary':
        return printBinary(of, scope);
      case 'in':
        return printIn(of, scope);
      case 'between': {
        const between = sql`${inner(of.value)} between ${inner(of.low)} and ${inner(of.high)}`;
        return of.isNot ? sql`(not (${between}))` : sql`(${between})`;
      }
      case 'is-null':
        return of.isNot ? sql`(${inner(of.value)} is not null)` : sql`(${inner(of.value)} is null)`;
      case 'case':
        return printCase(of, scope);
      case 'cast':
        return sql`cast(${inner(of.value)} as ${listed(of.type)})`;
      case 'interval':
        return sql`${listed(intervalFunction(of.unit))}(${inner(of.count)})`;
      case 'array':
        return sql`[${join(of.items.map(inner), comma)}]`;
      case 'tuple':
        return sql`tuple(${join(of.items.map(inner), comma)})`;
      case 'index':
        return attributeText(of, scope) ?? sql`arrayElement(${inner(of.of)}, ${inner(of.at)})`;
      case 'member':
        return sql`tupleElement(${inner(of.of)}, ${/^\d/.test(of.at) ? numeral(of.at) : string(of.at)})`;
      case 'subquery':
        return sql`(${query(of.query, scope)})`;
      case 'exists':
        return sql`exists(${query(of.query, scope)})`;
    }
  }

  function printBinary(of: Expression & { kind: 'binary' }, scope: Scope): Fragment {
    const quicker = traceCondition(of, scope) ?? attributeCondition(of, scope);
    if (quicker !== null) return quicker;
    return sql`(${print(of.left, scope)} ${operators[of.operator]!} ${print(of.right, scope)})`;
  }

  function printIn(of: Expression & { kind: 'in' }, scope: Scope): Fragment {
    const operator = of.isNot ? sql`not in` : sql`in`;
    const value = print(of.value, scope);
    if (!isList(of.among)) return sql`(${value} ${operator} (${query(of.among, scope)}))`;
    const quicker = of.isNot ? null : traceCondition(of, scope);
    // tuple(…) and not (…): the engine takes a single name in parentheses for a table.
    const among = of.among.map((each) => print(each, scope));
    return quicker ?? sql`(${value} ${operator} tuple(${join(among, comma)}))`;
  }

  function printCase(of: Expression & { kind: 'case' }, scope: Scope): Fragment {
    const head = of.of === null ? sql`` : sql` ${print(of.of, scope)}`;
    const when = of.when.map(
      ([condition, value]) => sql` when ${print(condition, scope)} then ${print(value, scope)}`,
    );
    const otherwise = of.otherwise === null ? sql`` : sql` else ${print(of.otherwise, scope)}`;
    return sql`(case${head}${join(when, sql``)}${otherwise} end)`;
  }

  function printCall(of: Call, scope: Scope): Fragment {
    const inner = (each: Expression) => print(each, scope);
    const parameters =
      of.parameters === null ? sql`` : sql`(${join(of.parameters.map(inner), comma)})`;
    const given = of.args.flatMap((each) => (each.kind === 'star' ? [] : [inner(each)]));
    const args = sql`(${of.distinct ? sql`distinct ` : sql``}${join(given, comma)})`;
    const nulls =
      of.nulls === null ? sql`` : of.nulls === 'ignore' ? sql` ignore nulls` : sql` respect nulls`;
    const filter = of.filter === null ? sql`` : sql` filter (where ${inner(of.filter)})`;
    const over = of.over === null ? sql`` : sql` over ${printOver(of.over, scope)}`;
    return sql`${listed(of.name)}${parameters}${args}${filter}${nulls}${over}`;
  }

  function printOver(over: Window | string, scope: Scope): Fragment {
    return typeof over === 'string' ? quotedName(over) : window(over, scope);
  }

  function window({ partitionBy, orderBy, frame }: Window, scope: Scope): Fragment {
    const parts: Fragment[] = [];
    const inner = (each: Expression) => print(each, scope);
    if (partitionBy.length > 0) {
      parts.push(sql`partition by ${join(partitionBy.map(inner), comma)}`);
    }
    if (orderBy.length > 0) parts.push(sql`order by ${orders(orderBy, scope)}`);
    if (frame !== null) {
      parts.push(
        sql`${listed(frame.unit)} between ${printBound(frame.from)} and ${printBound(frame.to)}`,
      );
    }
    return sql`(${join(parts, sql` `)})`;
  }

  function orders(orderBy: readonly Order[], scope: Scope): Fragment {
    return join(
      orderBy.map(({ value, isDescending, nulls, fill }) => {
        const direction = isDescending ? sql` desc` : sql` asc`;
        const place =
          nulls === null ? sql`` : nulls === 'first' ? sql` nulls first` : sql` nulls last`;
        return sql`${print(value, scope)}${direction}${place}${printFill(fill, scope)}`;
      }),
      comma,
    );
  }

  function printFill(fill: Order['fill'], scope: Scope): Fragment {
    if (fill === null) return sql``;
    const { from, to, step } = fill;
    const head = from === null ? sql`` : sql` from ${print(from, scope)}`;
    const end = to === null ? sql`` : sql` to ${print(to, scope)}`;
    return sql` with fill${head}${end}${step === null ? sql`` : sql` step ${print(step, scope)}`}`;
  }

  return { print, window, orders };
}

function isList(among: readonly Expression[] | Query): among is readonly Expression[] {
  return Array.isArray(among);
}

const operators: Readonly<Record<string, Fragment>> = {
  or: sql`or`,
  and: sql`and`,
  '=': sql`=`,
  '!=': sql`!=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '+': sql`+`,
  '-': sql`-`,
  '*': sql`*`,
  '/': sql`/`,
  '%': sql`%`,
  like: sql`like`,
  'not like': sql`not like`,
  ilike: sql`ilike`,
  'not ilike': sql`not ilike`,
};

function printBound(bound: Bound): Fragment {
  if (bound === 'current') return sql`current row`;
  const side = bound.side === 'preceding' ? sql`preceding` : sql`following`;
  return bound.count === null ? sql`unbounded ${side}` : sql`${numeral(bound.count)} ${side}`;
}

/** `minute` → `toIntervalMinute`. */
function intervalFunction(unit: string): string {
  return `toInterval${unit[0]!.toUpperCase()}${unit.slice(1)}`;
}
