/**
 * Conditions as people write them → conditions that the primary key and the skip indexes of `spans` can
 * answer. The meaning is the same; where it is not sure what a name means, nothing is changed.
 *
 * Never knows: anything but ids and attributes of views.
 */

import { columnOfView, type Scope } from '../../user-sql/scope.ts';
import type { Expression } from '../../user-sql/tree.ts';
import {
  type Fragment,
  identifier,
  join,
  numeral,
  or,
  quotedName,
  sql,
  string,
} from '../fragment.ts';

/** `trace_id = 'hex'` and `trace_id in ('hex', …)`: by the bytes of the id. */
export function traceCondition(
  of: Expression & { kind: 'binary' | 'in' },
  scope: Scope,
): Fragment | null {
  const [side, values] = of.kind === 'in' ? [of.value, of.among] : sidesOf(of);
  if (side === null || !Array.isArray(values)) return null;
  const found = columnOfView(side, scope);
  if (found === null || found.column !== 'trace_id' || found.view.takes !== 'range') return null;
  const ids = (values as readonly Expression[]).map((value) =>
    value.kind === 'string' && /^[0-9a-f]{32}$/.test(value.value) ? value.value : null,
  );
  if (ids.length === 0 || ids.includes(null)) return null;
  const bytes = ids.map((id) => sql`toFixedString(unhex(${string(id!)}), 16)`);
  return sql`(${quotedName(found.alias)}.trace_key in tuple(${join(bytes, sql`, `)}))`;
}

/** The column and the constant of an equation, whichever side they stand on. */
function sidesOf({
  operator,
  left,
  right,
}: Expression & { kind: 'binary' }): readonly [Expression | null, readonly Expression[]] {
  if (operator !== '=') return [null, []];
  return left.kind === 'string' ? [right, [left]] : [left, [right]];
}

type AttributeRead = {
  /** A typed map of the view, by the end of its name. */
  readonly map: (type: 'str' | 'int' | 'num' | 'bool') => Fragment;
  readonly key: Fragment;
};

/** `attributes['key']` and `resource['key']` of the view `spans`. */
function attributeRead(of: Expression, scope: Scope): AttributeRead | null {
  if (of.kind !== 'index' || of.at.kind !== 'string') return null;
  const found = columnOfView(of.of, scope);
  if (found === null || !Object.hasOwn(found.view.columns, 'attr_str')) return null;
  const prefix = ({ attributes: 'attr', resource: 'res' } as Record<string, string>)[found.column];
  if (prefix === undefined) return null;
  const alias = quotedName(found.alias);
  return {
    map: (type) => sql`${alias}.${identifier(`${prefix}_${type}`)}`,
    key: string(of.at.value),
  };
}

/** The value as text, without making a map of all attributes first. */
export function attributeText(of: Expression, scope: Scope): Fragment | null {
  const read = attributeRead(of, scope);
  if (read === null) return null;
  const { map, key } = read;
  return sql`multiIf(mapContains(${map('str')}, ${key}), ${map('str')}[${key}], mapContains(${map('int')}, ${key}), toString(${map('int')}[${key}]), mapContains(${map('num')}, ${key}), toString(${map('num')}[${key}]), mapContains(${map('bool')}, ${key}), if(${map('bool')}[${key}], 'true', 'false'), '')`;
}

const numeric = ['=', '!=', '<', '<=', '>', '>='];
const turned: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** An attribute compared with a constant: by the typed maps, whose indexes leave out what cannot match. */
export function attributeCondition(
  of: Expression & { kind: 'binary' },
  scope: Scope,
): Fragment | null {
  if (!numeric.includes(of.operator)) return null;
  const isLeft = of.left.kind === 'index';
  const read = attributeRead(isLeft ? of.left : of.right, scope);
  if (read === null) return null;
  const value = isLeft ? of.right : of.left;
  const operator = isLeft ? of.operator : (turned[of.operator] ?? of.operator);
  if (value.kind === 'number') return numberCondition(read, operator, value.text);
  // An absent attribute reads as '', so only a text that is there can be looked up in the maps.
  if (value.kind !== 'string' || value.value === '' || operator !== '=') return null;
  return textCondition(read, value.value);
}

function numberCondition({ map, key }: AttributeRead, operator: string, text: string): Fragment {
  const sign = comparison[operator]!;
  const number = numeral(text);
  const int = sql`(mapContains(${map('int')}, ${key}) and ${map('int')}[${key}] ${sign} ${number})`;
  const num = sql`(mapContains(${map('num')}, ${key}) and ${map('num')}[${key}] ${sign} ${number})`;
  return sql`(${int} or ${num})`;
}

const comparison: Readonly<Record<string, Fragment>> = {
  '=': sql`=`,
  '!=': sql`!=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

function textCondition({ map, key }: AttributeRead, value: string): Fragment {
  const ways = [sql`${map('str')}[${key}] = ${string(value)}`];
  if (/^-?(?:0|[1-9]\d{0,17})$/.test(value)) {
    ways.push(
      sql`(mapContains(${map('int')}, ${key}) and ${map('int')}[${key}] = toInt64(${string(value)}))`,
    );
  }
  // Only texts that a number or a truth value could have been printed as.
  if (/^(?:-?\d|-?inf|nan)/.test(value)) {
    ways.push(
      sql`(mapContains(${map('num')}, ${key}) and toString(${map('num')}[${key}]) = ${string(value)})`,
    );
  }
  if (value === 'true') ways.push(sql`${map('bool')}[${key}]`);
  if (value === 'false') {
    ways.push(sql`(mapContains(${map('bool')}, ${key}) and not ${map('bool')}[${key}])`);
  }
  return or(ways);
}
