/**
 * The tree of a user's SELECT. What has no node here cannot be asked; the printer makes the only text
 * that is ever executed from it.
 *
 * Never knows: text, the engine.
 */

export type Query = { readonly with: readonly With[]; readonly body: Select | SetOperation };

export type With =
  | { readonly kind: 'query'; readonly name: string; readonly query: Query }
  | { readonly kind: 'value'; readonly name: string; readonly value: Expression };

export type SetOperation = {
  readonly kind: 'set';
  readonly operator: 'union all' | 'union distinct' | 'intersect' | 'except';
  readonly arms: readonly Query[];
};

export type Select = {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly Item[];
  readonly from: readonly From[];
  readonly arrayJoin: { readonly isLeft: boolean; readonly items: readonly Item[] } | null;
  readonly where: Expression | null;
  readonly groupBy: readonly Expression[] | 'all' | null;
  readonly grouping: 'rollup' | 'cube' | null;
  readonly having: Expression | null;
  readonly windows: readonly { readonly name: string; readonly window: Window }[];
  readonly qualify: Expression | null;
  readonly orderBy: readonly Order[] | 'all';
  readonly limitBy: { readonly count: string; readonly by: readonly Expression[] } | null;
  readonly limit: {
    readonly count: string | null;
    readonly offset: string;
    readonly ties: boolean;
  };
};

/** Without an alias of the user's, an expression is named by its text. */
export type Item = { readonly value: Expression | Star; readonly alias: string | null };
export type Star = {
  readonly kind: 'star';
  readonly table: string | null;
  readonly except: readonly string[];
};

export type From = {
  /** Null for the first table. */
  readonly join: string | null;
  readonly table: Table;
  readonly alias: string | null;
  readonly on: Expression | null;
  readonly using: readonly string[];
};

export type Table =
  | { readonly kind: 'named'; readonly name: string; readonly at: number }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly at: number;
    }
  | { readonly kind: 'query'; readonly query: Query };

export type Order = {
  readonly value: Expression;
  readonly isDescending: boolean;
  readonly nulls: 'first' | 'last' | null;
  readonly fill: {
    readonly from: Expression | null;
    readonly to: Expression | null;
    readonly step: Expression | null;
  } | null;
};

export type Window = {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Order[];
  readonly frame: {
    readonly unit: 'rows' | 'range';
    readonly from: Bound;
    readonly to: Bound;
  } | null;
};
/** `unbounded` or a count of rows, before or after; `current`. */
export type Bound =
  | 'current'
  | { readonly count: string | null; readonly side: 'preceding' | 'following' };

export type Call = {
  readonly kind: 'call';
  /** As the engine spells it. */
  readonly name: string;
  /** Of `quantile(0.9)(x)` the 0.9; null without them. */
  readonly parameters: readonly Expression[] | null;
  readonly args: readonly (Expression | Star)[];
  readonly distinct: boolean;
  readonly filter: Expression | null;
  readonly nulls: 'ignore' | 'respect' | null;
  readonly over: Window | string | null;
};

export type Expression =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'constant'; readonly name: 'null' | 'true' | 'false' }
  | { readonly kind: 'column'; readonly path: readonly string[] }
  | Call
  | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'in';
      readonly isNot: boolean;
      readonly value: Expression;
      readonly among: readonly Expression[] | Query;
    }
  | {
      readonly kind: 'between';
      readonly isNot: boolean;
      readonly value: Expression;
      readonly low: Expression;
      readonly high: Expression;
    }
  | { readonly kind: 'is-null'; readonly isNot: boolean; readonly value: Expression }
  | {
      readonly kind: 'case';
      readonly of: Expression | null;
      readonly when: readonly (readonly [Expression, Expression])[];
      readonly otherwise: Expression | null;
    }
  | { readonly kind: 'cast'; readonly value: Expression; readonly type: string }
  | { readonly kind: 'interval'; readonly count: Expression; readonly unit: string }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'member'; readonly of: Expression; readonly at: string }
  | { readonly kind: 'subquery'; readonly query: Query }
  | { readonly kind: 'exists'; readonly query: Query };
