/**
 * One condition on an attribute, `scope.key operator value`, as the server's `attr` parameter spells it.
 *
 * Never knows: which attributes exist.
 */

/** Longer operators first, so that `>=` is not read as `>` and a value that starts with `=`. */
export const operators = ['!=', '!~', '>=', '<=', '=', '>', '<', '~'] as const;
export type Operator = (typeof operators)[number];

export const scopes = ['span', 'resource', 'scope', 'event', 'link'] as const;
export type Scope = (typeof scopes)[number];

export type AttributeFilter = {
  /** undefined = wherever the key is found. */
  readonly scope: Scope | undefined;
  /** Contains none of `= ! < > ~`, which begin an operator. */
  readonly key: string;
  readonly operator: Operator;
  /** As typed; quotes are not part of it. */
  readonly value: string;
};

const shape =
  /^(?:(span|resource|scope|event|link)\.)?([^=!<>~]+?)\s*(!=|!~|>=|<=|=|>|<|~)\s?(.*)$/s;

/** `resource.host.name=web-1` → its parts; undefined when there is no key or no operator. */
export function parseAttributeFilter(text: string): AttributeFilter | undefined {
  const match = shape.exec(text.trimStart());
  const key = match?.[2]?.trim();
  if (!match || !key) return undefined;
  return {
    scope: match[1] as Scope | undefined,
    key,
    operator: match[3] as Operator,
    value: match[4] ?? '',
  };
}

export function formatAttributeFilter(filter: AttributeFilter): string {
  const scope = filter.scope === undefined ? '' : `${filter.scope}.`;
  // A value that begins with a space keeps it: the parser swallows one.
  const gap = /^\s/.test(filter.value) ? ' ' : '';
  return `${scope}${filter.key}${filter.operator}${gap}${filter.value}`;
}
