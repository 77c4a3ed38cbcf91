/**
 * What of PromQL is answered, as a tree.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/basics/. Never knows: text, series.
 */
export type Expression =
  | NumberNode
  | TextNode
  | Selector
  | Range
  | Call
  | Aggregation
  | Binary
  | Negation;

export type NumberNode = { readonly kind: 'number'; readonly value: number };

export type TextNode = { readonly kind: 'text'; readonly value: string };

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export type Matcher = {
  readonly label: string;
  readonly operator: MatchOperator;
  readonly value: string;
};

/** `name{label="value"} offset 5m`; the name is a matcher of `__name__`. */
export type Selector = {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
};

/** `selector[5m]`: only an argument of `rate`, `increase` and `irate`. */
export type Range = {
  readonly kind: 'range';
  readonly of: Selector;
  readonly lengthMs: number;
};

export type Call = {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly Expression[];
};

/** `sum by (a) (…)`; without `by` and `without`, by nothing. */
export type Aggregation = {
  readonly kind: 'aggregation';
  readonly name: string;
  readonly by: Labels;
  /** `5` of `topk(5, …)`. */
  readonly parameter: Expression | null;
  readonly of: Expression;
};

/** These labels, or all but these. */
export type Labels = { readonly mode: 'only' | 'all-but'; readonly names: readonly string[] };

export type Binary = {
  readonly kind: 'binary';
  readonly operator: string;
  /** A comparison that answers 0 or 1 instead of leaving samples out. */
  readonly isBool: boolean;
  readonly on: Labels;
  /** The side whose series may be many for one of the other; null: one to one. */
  readonly many: 'left' | 'right' | null;
  /** Labels that the many take over from the one. */
  readonly include: readonly string[];
  readonly left: Expression;
  readonly right: Expression;
};

export type Negation = { readonly kind: 'negation'; readonly of: Expression };
