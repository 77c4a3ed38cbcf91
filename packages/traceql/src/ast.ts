/**
 * The syntax tree of TraceQL, the whole language: spanset filters, structural operators, pipelines, metrics.
 *
 * Frozen data with one shape per production, so that the parser, the checker, the printer, the query compiler and the
 * constructors of simple searches all speak of the same thing. A node made from text knows where it stood (`at`);
 * a node made by a constructor does not. Parentheses are not in the tree: the printer puts them where precedence needs
 * them. Language: Tempo's TraceQL, https://grafana.com/docs/tempo/latest/traceql/.
 *
 * Never knows: text, SQL, or what a field's value is at run time.
 */

/** Where a node stood in the query text, in UTF-16 units, `to` exclusive. */
export type Position = { readonly from: number; readonly to: number };

type Node<Kind extends string> = { readonly kind: Kind; readonly at?: Position };

// ── A query ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a text parses to. Hints are those of the last `with(…)`: a later one replaces an earlier one. */
export type Query = Node<'query'> & {
  readonly body: SearchExpression | MetricsExpression;
  /** Second stages that apply to the whole metrics expression; empty for a search. */
  readonly secondStages: readonly SecondStage[];
  readonly hints: readonly Hint[];
};

declare const checkedMark: unique symbol;

/** A query whose types, scopes and limits are known to be right: made by `check`, or by constructors that cannot err. */
export type CheckedQuery = Query & { readonly [checkedMark]: true };

/** Marks a tree as checked. Only the checker and constructors that build nothing else than valid trees call this. */
export function markChecked(query: Query): CheckedQuery {
  return query as CheckedQuery;
}

export type Hint = Node<'hint'> & { readonly name: string; readonly value: Static };

// ── Pipelines and spansets ──────────────────────────────────────────────────────────────────────────────────────────

export type SearchExpression = Pipeline | PipelineBinary;

/** `A | B | C`: at least one stage. */
export type Pipeline = Node<'pipeline'> & { readonly stages: readonly Stage[] };

/** `(A | B) >> (C | D)`: operands are parenthesised pipelines. */
export type PipelineBinary = Node<'pipeline-binary'> & {
  readonly operator: SpansetOperator;
  readonly left: SearchExpression;
  readonly right: SearchExpression;
};

export type Stage = SpansetExpression | ScalarFilter | Group | Coalesce | Select;

export type SpansetExpression = Filter | SpansetBinary;

/** `{ where }`; `{ }` has no condition and selects every span. */
export type Filter = Node<'filter'> & { readonly where: FieldExpression | null };

export type SpansetBinary = Node<'spanset-binary'> & {
  readonly operator: SpansetOperator;
  readonly left: SpansetExpression;
  readonly right: SpansetExpression;
};

export type Relation = '>' | '>>' | '<' | '<<' | '~';
export type SpansetOperator = '&&' | '||' | Relation | `!${Relation}` | `&${Relation}`;

/** `by(field)`. */
export type Group = Node<'group'> & { readonly by: FieldExpression };

/** `coalesce()`. */
export type Coalesce = Node<'coalesce'>;

/** `select(a, b)`: asks for more fields, filters nothing. */
export type Select = Node<'select'> & { readonly fields: readonly Field[] };

/** `avg(duration) > 1s`. The grammar allows more on both sides than the checker does. */
export type ScalarFilter = Node<'scalar-filter'> & {
  readonly operator: Comparison;
  readonly left: Scalar;
  readonly right: Scalar;
};

export type Scalar = Aggregate | ScalarBinary | ScalarNegation | ScalarPipeline | Static;

export type AggregateName = 'count' | 'min' | 'max' | 'avg' | 'sum';

/** `count()` has no argument, the others have one. */
export type Aggregate = Node<'aggregate'> & {
  readonly name: AggregateName;
  readonly of: FieldExpression | null;
};

export type ScalarBinary = Node<'scalar-binary'> & {
  readonly operator: Arithmetic;
  readonly left: Scalar;
  readonly right: Scalar;
};

export type ScalarNegation = Node<'scalar-negation'> & { readonly of: Scalar };

/** `({ … } | count())` used as a number. */
export type ScalarPipeline = Node<'scalar-pipeline'> & {
  readonly source: Pipeline;
  readonly aggregate: Aggregate;
};

// ── Field expressions ───────────────────────────────────────────────────────────────────────────────────────────────

export type FieldExpression = Binary | Unary | Field | Static | Nil;

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type FieldOperator = '&&' | '||' | Comparison | '=~' | '!~' | Arithmetic;

export type Binary = Node<'binary'> & {
  readonly operator: FieldOperator;
  readonly left: FieldExpression;
  readonly right: FieldExpression;
};

export type Unary = Node<'unary'> & { readonly operator: '-' | '!'; readonly of: FieldExpression };

/** Legal only beside `=` and `!=`. */
export type Nil = Node<'nil'>;

export type Field = Attribute | IntrinsicField;

export type IntrinsicField = Node<'intrinsic'> & { readonly name: Intrinsic };

/** Canonical names: the unscoped spelling where one exists, otherwise the scoped one. */
export type Intrinsic =
  | 'duration'
  | 'name'
  | 'status'
  | 'statusMessage'
  | 'kind'
  | 'span:id'
  | 'span:parentID'
  | 'span:childCount'
  | 'traceDuration'
  | 'rootName'
  | 'rootServiceName'
  | 'trace:id'
  | 'event:name'
  | 'event:timeSinceStart'
  | 'link:traceID'
  | 'link:spanID'
  | 'instrumentation:name'
  | 'instrumentation:version'
  | 'nestedSetLeft'
  | 'nestedSetRight'
  | 'nestedSetParent'
  | 'parent';

/** `any` is the unscoped `.name`: span first, then resource. */
export type AttributeScope = 'any' | 'span' | 'resource' | 'event' | 'link' | 'instrumentation';

export type Attribute = Node<'attribute'> & {
  readonly scope: AttributeScope;
  readonly name: string;
  /** True for `parent.…`, which the grammar knows and nothing supports yet. */
  readonly ofParent: boolean;
  /** Other names of the same attribute. No text says them: whoever answers the query adds what it knows. */
  readonly also?: readonly OtherName[];
  /** True where some values are known to be arrays; likewise added by whoever answers. */
  readonly hasArrays?: true;
};

export type OtherName = {
  readonly name: string;
  /** Means the same on spans that call (clients, producers), or that are called, only. */
  readonly on?: 'caller' | 'called';
};

export type StatusName = 'unset' | 'ok' | 'error';
export type KindName = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A constant. Integers and durations (nanoseconds) are signed 64-bit, hence bigint. */
export type Static = Node<'static'> &
  (
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'int'; readonly value: bigint }
    | { readonly type: 'float'; readonly value: number }
    | { readonly type: 'duration'; readonly value: bigint }
    | { readonly type: 'boolean'; readonly value: boolean }
    | { readonly type: 'status'; readonly value: StatusName }
    | { readonly type: 'kind'; readonly value: KindName }
  );

// ── Metrics ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type MetricsExpression = Metrics | MetricsBinary;

/** `pipeline | rate() by(…) | topk(5) > 1`. */
export type Metrics = Node<'metrics'> & {
  readonly source: Pipeline;
  readonly call: MetricsCall;
  readonly secondStages: readonly SecondStage[];
};

/** `({ … } | rate()) / 2`; a constant may stand on one side. */
export type MetricsBinary = Node<'metrics-binary'> & {
  readonly operator: '+' | '-' | '*' | '/';
  readonly left: MetricsOperand;
  readonly right: MetricsOperand;
};

export type MetricsOperand = MetricsExpression | Static;

export type MetricsCall = CountOverTime | FieldOverTime | QuantileOverTime | Compare;

export type CountOverTime = Node<'count-over-time'> & {
  readonly name: 'rate' | 'count_over_time';
  readonly by: readonly Field[];
};

export type FieldOverTime = Node<'field-over-time'> & {
  readonly name:
    | 'min_over_time'
    | 'max_over_time'
    | 'avg_over_time'
    | 'sum_over_time'
    | 'histogram_over_time';
  readonly of: Field;
  readonly by: readonly Field[];
};

export type QuantileOverTime = Node<'quantile-over-time'> & {
  readonly of: Field;
  /** Each between 0 and 1. */
  readonly quantiles: readonly number[];
  readonly by: readonly Field[];
};

export type Compare = Node<'compare'> & {
  readonly selection: Filter;
  readonly top: number | null;
  /** Bounds of the selection, epoch nanoseconds. */
  readonly window: { readonly startNs: bigint; readonly endNs: bigint } | null;
};

export type SecondStage = TopOrBottom | SeriesFilter;

export type TopOrBottom = Node<'top'> & {
  readonly name: 'topk' | 'bottomk';
  readonly count: number;
};

/** `> 5` behind a metrics expression; written without a pipe. */
export type SeriesFilter = Node<'series-filter'> & {
  readonly operator: Comparison;
  readonly value: Static;
};
