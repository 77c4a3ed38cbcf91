/**
 * Syntax tree → checked tree, or an error at the place that cannot be right.
 *
 * Types are those a query shows before any span is looked at: an attribute fits everything, numbers and durations mix,
 * the rest must be equal. Rules: https://grafana.com/docs/tempo/latest/traceql/. Never knows: spans.
 */
import {
  type Aggregate,
  type CheckedQuery,
  type Field,
  type FieldExpression,
  type Filter,
  type MetricsCall,
  type MetricsExpression,
  type MetricsOperand,
  markChecked,
  type Pipeline,
  type Position,
  type Query,
  type ScalarFilter,
  type SearchExpression,
  type SecondStage,
  type SpansetExpression,
  type Stage,
} from './ast.ts';
import { TraceqlError, type TraceqlErrorKind } from './errors.ts';
import { intrinsicType, type ValueType } from './intrinsics.ts';
import { printField } from './print.ts';
import { isRegularExpression } from './regular-expression.ts';

const byFieldsMax = 5;
const byFieldsMaxWide = 4;
const compareTopMax = 1000;

/** Checks a tree that `parse` made of `source`. Throws a TraceqlError of kind `type` or `unsupported`. */
export function check(query: Query, source: string): CheckedQuery {
  const checker = new Checker(source);
  const { body } = query;
  if (body.kind === 'metrics' || body.kind === 'metrics-binary') {
    checker.metrics(body);
    checker.secondStages(query.secondStages);
  } else checker.search(body);
  return markChecked(query);
}

class Checker {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  search(search: SearchExpression): void {
    if (search.kind === 'pipeline') {
      this.#pipeline(search);
      return;
    }
    this.search(search.left);
    this.search(search.right);
  }

  #pipeline(pipeline: Pipeline): void {
    for (const stage of pipeline.stages) this.#stage(stage);
  }

  #stage(stage: Stage): void {
    switch (stage.kind) {
      case 'filter':
      case 'spanset-binary':
        this.#spanset(stage);
        return;
      case 'group':
        this.#type(stage.by);
        if (!referencesSpan(stage.by)) {
          throw this.#error(
            'type',
            `by(…) must look at the span; ${text(stage.by)} is constant`,
            stage.by,
          );
        }
        return;
      case 'scalar-filter':
        this.#scalarFilter(stage);
        return;
      case 'select':
        for (const field of stage.fields) this.#field(field);
        return;
      case 'coalesce':
        return;
    }
  }

  #spanset(spanset: SpansetExpression): void {
    if (spanset.kind === 'filter') {
      this.#filter(spanset);
      return;
    }
    this.#spanset(spanset.left);
    this.#spanset(spanset.right);
  }

  #filter({ where }: Filter): void {
    if (where === null) return;
    const type = this.#type(where);
    const isCondition = type === 'boolean' || (type === 'dynamic' && where.kind === 'attribute');
    if (!isCondition && type !== 'dynamic') {
      throw this.#error(
        'type',
        `a filter needs a condition; ${text(where)} is ${articleOf(type)}`,
        where,
      );
    }
  }

  /** Only `aggregate comparison constant` has a meaning everyone agrees on. */
  #scalarFilter(stage: ScalarFilter): void {
    const { left, right } = stage;
    if (left.kind === 'aggregate') this.#aggregate(left);
    if (right.kind === 'aggregate') this.#aggregate(right);
    if (left.kind !== 'aggregate' || right.kind !== 'static') {
      throw this.#error(
        'unsupported',
        'only an aggregate compared with a constant is supported, such as count() > 2',
        stage,
      );
    }
    if (!isNumeric(right.type)) {
      throw this.#error(
        'type',
        `an aggregate is a number; ${text(right)} is ${articleOf(right.type)}`,
        right,
      );
    }
  }

  #aggregate({ name, of }: Aggregate): void {
    if (of === null) return;
    const type = this.#type(of);
    if (!isNumeric(type) && type !== 'dynamic') {
      throw this.#error('type', `${name} needs a number; ${text(of)} is ${articleOf(type)}`, of);
    }
    if (!referencesSpan(of)) {
      throw this.#error('type', `${name} must look at the span; ${text(of)} is constant`, of);
    }
  }

  // ── metrics ───────────────────────────────────────────────────────────────────────────────────────────────────────

  metrics(expression: MetricsExpression): void {
    if (expression.kind === 'metrics') {
      this.#pipeline(expression.source);
      this.#call(expression.call);
      if (expression.call.kind === 'compare' && expression.secondStages.length > 0) {
        throw this.#error('type', 'nothing may follow compare(…)', expression.secondStages[0]!);
      }
      this.secondStages(expression.secondStages);
      return;
    }
    this.#operand(expression.left);
    this.#operand(expression.right);
  }

  #operand(operand: MetricsOperand): void {
    if (operand.kind === 'static') return;
    if (operand.kind === 'metrics' && operand.call.kind === 'compare') {
      throw this.#error('type', 'compare(…) cannot take part in arithmetic', operand);
    }
    this.metrics(operand);
  }

  secondStages(stages: readonly SecondStage[]): void {
    for (const stage of stages) {
      if (stage.kind === 'top' && stage.count < 1) {
        throw this.#error('type', `${stage.name} needs at least 1, found ${stage.count}`, stage);
      }
    }
  }

  #call(call: MetricsCall): void {
    if (call.kind === 'compare') {
      this.#compare(call);
      return;
    }
    for (const field of call.by) this.#field(field);
    if (call.kind !== 'count-over-time') this.#field(call.of);
    const isWide =
      call.kind === 'quantile-over-time' ||
      (call.kind === 'field-over-time' &&
        (call.name === 'avg_over_time' || call.name === 'histogram_over_time'));
    const limit = isWide ? byFieldsMaxWide : byFieldsMax;
    if (call.by.length > limit) {
      throw this.#error(
        'unsupported',
        `found ${call.by.length} fields in by(…), wanted at most ${limit}`,
        call,
      );
    }
    if (call.kind === 'quantile-over-time') {
      const wrong = call.quantiles.find((quantile) => !(quantile >= 0 && quantile <= 1));
      if (wrong !== undefined) {
        throw this.#error('type', `a quantile is between 0 and 1, found ${wrong}`, call);
      }
    }
  }

  #compare(call: MetricsCall & { kind: 'compare' }): void {
    this.#filter(call.selection);
    if (call.top !== null && (call.top < 1 || call.top > compareTopMax)) {
      throw this.#error(
        'type',
        `compare shows 1 to ${compareTopMax} values, found ${call.top}`,
        call,
      );
    }
    if (call.window !== null && call.window.endNs <= call.window.startNs) {
      throw this.#error('type', 'the window of compare must end after its start', call);
    }
  }

  // ── types of field expressions ────────────────────────────────────────────────────────────────────────────────────

  #type(expression: FieldExpression): ValueType {
    switch (expression.kind) {
      case 'static':
        return expression.type;
      case 'nil':
        return 'nil';
      case 'attribute':
      case 'intrinsic':
        return this.#field(expression);
      case 'unary':
        return this.#unaryType(expression);
      case 'binary':
        return this.#binaryType(expression);
    }
  }

  #field(field: Field): ValueType {
    const isParent = field.kind === 'attribute' ? field.ofParent : field.name === 'parent';
    if (isParent) throw this.#error('unsupported', 'parent is not supported yet', field);
    return field.kind === 'attribute' ? 'dynamic' : intrinsicType(field.name);
  }

  #unaryType(expression: FieldExpression & { kind: 'unary' }): ValueType {
    const type = this.#type(expression.of);
    const fits = expression.operator === '!' ? type === 'boolean' : isNumeric(type);
    if (fits || type === 'dynamic') return expression.operator === '!' ? 'boolean' : type;
    const wanted = expression.operator === '!' ? 'a condition' : 'a number';
    throw this.#error(
      'type',
      `${expression.operator} needs ${wanted}; ${text(expression.of)} is ${articleOf(type)}`,
      expression,
    );
  }

  #binaryType(expression: FieldExpression & { kind: 'binary' }): ValueType {
    const { operator, left, right } = expression;
    const [a, b] = [this.#type(left), this.#type(right)];
    if (b === 'nil') this.#mayBeNil(expression);
    if (operator === '=~' || operator === '!~') return this.#regularExpression(expression, a);
    if (!areCompatible(a, b)) {
      const sides = `${text(left)} is ${articleOf(a)}, ${text(right)} is ${articleOf(b)}`;
      throw this.#error('type', `${operator} cannot join these: ${sides}`, expression);
    }
    for (const [side, type] of [
      [left, a],
      [right, b],
    ] as const) {
      if (!accepts(operator, type)) {
        throw this.#error(
          'type',
          `${operator} does not take ${articleOf(type)}: ${text(side)}`,
          expression,
        );
      }
    }
    return resultType(operator, a, b);
  }

  /** Intrinsics and the service name are always there, so `= nil` on them is a mistake. */
  #mayBeNil({ operator, left }: FieldExpression & { kind: 'binary' }): void {
    if (operator !== '=') return;
    const isService =
      left.kind === 'attribute' && left.scope === 'resource' && left.name === 'service.name';
    if (left.kind === 'intrinsic' || isService) {
      throw this.#error('type', `${text(left)} is never nil; compare it with a value`, left);
    }
  }

  #regularExpression(expression: FieldExpression & { kind: 'binary' }, a: ValueType): ValueType {
    const { operator, left, right } = expression;
    if (right.kind !== 'static' || right.type !== 'string') {
      throw this.#error(
        'type',
        `${operator} takes a string with a regular expression, found ${text(right)}`,
        expression,
      );
    }
    if (a !== 'string' && a !== 'dynamic') {
      throw this.#error(
        'type',
        `${operator} matches strings; ${text(left)} is ${articleOf(a)}`,
        expression,
      );
    }
    if (!isRegularExpression(right.value)) {
      throw this.#error('type', `${text(right)} is no regular expression in RE2 syntax`, right);
    }
    return 'boolean';
  }

  #error(kind: TraceqlErrorKind, reason: string, node: { readonly at?: Position }): TraceqlError {
    return new TraceqlError(kind, reason, this.#source, node.at ?? { from: 0, to: 0 });
  }
}

const text = printField;

function isNumeric(type: ValueType): boolean {
  return type === 'int' || type === 'float' || type === 'duration';
}

function areCompatible(a: ValueType, b: ValueType): boolean {
  if (a === 'dynamic' || b === 'dynamic' || a === 'nil' || b === 'nil') return true;
  return a === b || (isNumeric(a) && isNumeric(b));
}

function accepts(operator: string, type: ValueType): boolean {
  if (type === 'dynamic') return true;
  if (operator === '=' || operator === '!=') return true;
  if (operator === '&&' || operator === '||') return type === 'boolean';
  if (['<', '<=', '>', '>='].includes(operator)) return isNumeric(type) || type === 'string';
  return isNumeric(type);
}

function resultType(operator: string, a: ValueType, b: ValueType): ValueType {
  if (!['+', '-', '*', '/', '%', '^'].includes(operator)) return 'boolean';
  if (a === 'duration' || b === 'duration') return 'duration';
  if (a === 'dynamic' || b === 'dynamic') return 'dynamic';
  return a === 'float' || b === 'float' ? 'float' : 'int';
}

function referencesSpan(expression: FieldExpression): boolean {
  switch (expression.kind) {
    case 'attribute':
    case 'intrinsic':
      return true;
    case 'unary':
      return referencesSpan(expression.of);
    case 'binary':
      return referencesSpan(expression.left) || referencesSpan(expression.right);
    default:
      return false;
  }
}

function articleOf(type: ValueType): string {
  const article = type === 'int' ? 'an' : 'a';
  return type === 'nil' ? 'nil' : `${article} ${type}`;
}
