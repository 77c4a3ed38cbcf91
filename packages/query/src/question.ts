/**
 * What is asked: TraceQL text, or a simple search as the very tree its text would give.
 *
 * Every face asks through a `Question`, so any search can be shown, copied and refined as TraceQL.
 *
 * Never knows: HTTP parameters, SQL.
 */
import type {
  AttributeScope,
  CheckedQuery,
  Comparison,
  Field,
  FieldExpression,
  FieldOperator,
  KindName,
  SpansetExpression,
  Static,
  StatusName,
} from '@clew/traceql';
import { check, markChecked, parse } from '@clew/traceql';
import { QuestionError } from './errors.ts';
import { isArithmetic } from './fields.ts';

/** Span starts from `fromNs` (inclusive) to `toNs` (exclusive), epoch nanoseconds. */
export type TimeRange = { readonly fromNs: bigint; readonly toNs: bigint };

/** What is asked, and about when. */
export type Question = { readonly query: CheckedQuery; readonly range: TimeRange };

/** Conditions that must hold together for one span. What is left out matches everything. */
export type SimpleSearch = {
  readonly service?: string;
  readonly operation?: string;
  readonly status?: StatusName;
  readonly kind?: KindName;
  readonly minDurationNs?: bigint;
  readonly maxDurationNs?: bigint;
  readonly attributes?: readonly AttributeCondition[];
};

export type AttributeOperator = Comparison | '=~' | '!~';

/** One typed comparison, or with `oneOf` several readings of the same untyped value, one of which must hold. */
export type AttributeCondition = {
  readonly scope: AttributeScope;
  readonly key: string;
  readonly operator: AttributeOperator;
  readonly oneOf: readonly AttributeValue[];
};

export type AttributeValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean };

/** DateTime64 of nanoseconds ends in April 2262. */
const timeNsMax = 2n ** 63n - 1n;

/**
 * The question a TraceQL text asks.
 * @throws TraceqlError when the text is not a valid query · QuestionError `bad-range`, `too-complex`
 */
export function textQuestion(text: string, range: TimeRange): Question {
  const query = check(parse(text), text);
  const found = arithmeticIn(query);
  if (found > arithmeticMax) {
    throw new QuestionError('too-complex', {
      found: `${found} signs of arithmetic, at most ${arithmeticMax} are worked out`,
    });
  }
  return { query, range: checkRange(range) };
}

/** Each sign doubles what has to be said of types, integers and floats apart. */
const arithmeticMax = 50;

/** Every node of the tree is a plain object or a list of them. */
function arithmeticIn(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0;
  const own = 'kind' in node && node.kind === 'binary' && 'operator' in node;
  const isArithmeticNode = own && isArithmetic(node.operator as FieldOperator);
  return Object.values(node).reduce(
    (sum: number, part) => sum + arithmeticIn(part),
    isArithmeticNode ? 1 : 0,
  );
}

/**
 * The question a simple search asks: `{ resource.service.name = "cart" && duration >= 1s && … }`.
 * @throws QuestionError `bad-range` when the range is empty or cannot be a time.
 */
export function simpleQuestion(search: SimpleSearch, range: TimeRange): Question {
  return whereQuestion(conditionOf(search), range);
}

/** The question about spans of which a condition holds; null takes every span. @throws QuestionError `bad-range` */
export function whereQuestion(where: FieldExpression | null, range: TimeRange): Question {
  return { query: filterQuery(where), range: checkRange(range) };
}

/**
 * The question about traces in which each condition holds for some span, not always the same: `{ a } && { b }`.
 * Needs at least one. @throws QuestionError `bad-range`
 */
export function togetherQuestion(wheres: readonly FieldExpression[], range: TimeRange): Question {
  const filters = wheres.map((where): SpansetExpression => ({ kind: 'filter', where }));
  const together = filters.reduce((left, right) => ({
    kind: 'spanset-binary',
    operator: '&&',
    left,
    right,
  }));
  return { query: searchQuery(together), range: checkRange(range) };
}

function checkRange(range: TimeRange): TimeRange {
  if (range.fromNs < 0n || range.toNs > timeNsMax || range.fromNs >= range.toNs) {
    throw new QuestionError('bad-range', { from: `${range.fromNs}`, to: `${range.toNs}` });
  }
  return range;
}

function filterQuery(where: FieldExpression | null): CheckedQuery {
  return searchQuery({ kind: 'filter', where });
}

function searchQuery(stage: SpansetExpression): CheckedQuery {
  return markChecked({
    kind: 'query',
    body: { kind: 'pipeline', stages: [stage] },
    secondStages: [],
    hints: [],
  });
}

function conditionOf(search: SimpleSearch): FieldExpression | null {
  const { service, operation, status, kind, minDurationNs, maxDurationNs } = search;
  const conditions: FieldExpression[] = [];
  const add = (field: Field, operator: FieldOperator, value: Static) =>
    conditions.push({ kind: 'binary', operator, left: field, right: value });
  if (service !== undefined) add(serviceName, '=', string(service));
  if (operation !== undefined) add(intrinsic('name'), '=', string(operation));
  if (status !== undefined) {
    add(intrinsic('status'), '=', { kind: 'static', type: 'status', value: status });
  }
  if (kind !== undefined)
    add(intrinsic('kind'), '=', { kind: 'static', type: 'kind', value: kind });
  if (minDurationNs !== undefined) add(intrinsic('duration'), '>=', duration(minDurationNs));
  if (maxDurationNs !== undefined) add(intrinsic('duration'), '<=', duration(maxDurationNs));
  conditions.push(...(search.attributes ?? []).map(attributeCondition));
  return conditions.length === 0 ? null : fold('&&', conditions);
}

function attributeCondition(condition: AttributeCondition): FieldExpression {
  const { scope, key, operator, oneOf } = condition;
  const readings = oneOf.map(
    (value): FieldExpression => ({
      kind: 'binary',
      operator,
      left: { kind: 'attribute', scope, name: key, ofParent: false },
      right: { kind: 'static', ...value },
    }),
  );
  return fold('||', readings);
}

/** Joins from the left, as the parser does. Needs at least one. */
export function fold(operator: '&&' | '||', all: readonly FieldExpression[]): FieldExpression {
  return all.reduce((left, right) => ({ kind: 'binary', operator, left, right }));
}

const serviceName: Field = {
  kind: 'attribute',
  scope: 'resource',
  name: 'service.name',
  ofParent: false,
};

function intrinsic(name: 'name' | 'status' | 'kind' | 'duration'): Field {
  return { kind: 'intrinsic', name };
}

function string(value: string): Static {
  return { kind: 'static', type: 'string', value };
}

function duration(value: bigint): Static {
  return { kind: 'static', type: 'duration', value };
}
