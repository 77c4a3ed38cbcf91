/**
 * Tree → canonical TraceQL text: one spelling per tree, as few parentheses as precedence allows.
 *
 * The text parses back to the same tree. Precedence, low to high: `|` · `&& ||` (one level) · comparisons and relations
 * · `+ -` and unary minus · `!` · `* / %` · `^` (right). https://grafana.com/docs/tempo/latest/traceql/
 *
 * Never knows: whether the query makes sense.
 */
import type {
  Attribute,
  Field,
  FieldExpression,
  FieldOperator,
  MetricsCall,
  MetricsExpression,
  MetricsOperand,
  Pipeline,
  Query,
  Scalar,
  SearchExpression,
  SecondStage,
  SpansetExpression,
  SpansetOperator,
  Stage,
  Static,
} from './ast.ts';
import { printDuration } from './duration.ts';

/** The canonical text of a whole query. */
export function printQuery(query: Query): string {
  const hints = query.hints.map((hint) => `${hint.name}=${printStatic(hint.value)}`);
  return [
    printBody(query.body) + query.secondStages.map(printSecondStage).join(''),
    ...(hints.length > 0 ? [`with(${hints.join(', ')})`] : []),
  ].join(' ');
}

function printBody(body: SearchExpression | MetricsExpression): string {
  return body.kind === 'metrics' || body.kind === 'metrics-binary'
    ? printMetrics(body)
    : printSearch(body);
}

// ── Pipelines and spansets ──────────────────────────────────────────────────────────────────────────────────────────

/** The text of a search: a pipeline, or an expression over parenthesised pipelines. */
export function printSearch(search: SearchExpression): string {
  if (search.kind === 'pipeline') return printPipeline(search);
  const level = spansetLevel(search.operator);
  const operand = (side: SearchExpression, above: number): string => {
    const bare = side.kind === 'pipeline-binary' && spansetLevel(side.operator) >= above;
    return bare ? printSearch(side) : `(${printSearch(side)})`;
  };
  return `${operand(search.left, level)} ${search.operator} ${operand(search.right, level + 1)}`;
}

function printPipeline(pipeline: Pipeline): string {
  return pipeline.stages.map(printStage).join(' | ');
}

function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'filter':
    case 'spanset-binary':
      return printSpanset(stage, 0);
    case 'scalar-filter':
      return `${printScalar(stage.left, 0)} ${stage.operator} ${printScalar(stage.right, 0)}`;
    case 'group':
      return `by(${printField(stage.by)})`;
    case 'coalesce':
      return 'coalesce()';
    case 'select':
      return `select(${printFields(stage.fields)})`;
  }
}

function spansetLevel(operator: SpansetOperator): number {
  return operator === '&&' || operator === '||' ? 2 : 3;
}

function printSpanset(spanset: SpansetExpression, above: number): string {
  if (spanset.kind === 'filter') return printFilter(spanset.where);
  const level = spansetLevel(spanset.operator);
  const left = printSpanset(spanset.left, level);
  const right = printSpanset(spanset.right, level + 1);
  return parenthesise(`${left} ${spanset.operator} ${right}`, level < above);
}

function printFilter(where: FieldExpression | null): string {
  return where === null ? '{ }' : `{ ${printField(where)} }`;
}

const scalarLevels = { '+': 4, '-': 4, '*': 6, '/': 6, '%': 6, '^': 7 } as const;

function printScalar(scalar: Scalar, above: number): string {
  switch (scalar.kind) {
    case 'static':
      return parenthesise(printStatic(scalar), isNegative(scalar) && above > 4);
    case 'aggregate':
      return `${scalar.name}(${scalar.of === null ? '' : printField(scalar.of)})`;
    case 'scalar-negation':
      return parenthesise(`-${printScalar(scalar.of, 5)}`, above > 4);
    case 'scalar-pipeline':
      return `(${printPipeline(scalar.source)} | ${printScalar(scalar.aggregate, 0)})`;
    case 'scalar-binary': {
      const level = scalarLevels[scalar.operator];
      const rightFirst = scalar.operator === '^' ? 1 : 0;
      const left = printScalar(scalar.left, level + rightFirst);
      const right = printScalar(scalar.right, level + 1 - rightFirst);
      return parenthesise(`${left} ${scalar.operator} ${right}`, level < above);
    }
  }
}

// ── Field expressions ───────────────────────────────────────────────────────────────────────────────────────────────

const fieldLevels: Readonly<Record<FieldOperator, number>> = {
  '&&': 2,
  '||': 2,
  '=': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '=~': 3,
  '!~': 3,
  '+': 4,
  '-': 4,
  '*': 6,
  '/': 6,
  '%': 6,
  '^': 7,
};

/** The text of what stands between the braces of a filter. */
export function printField(expression: FieldExpression): string {
  return printFieldAbove(expression, 0);
}

/** Prints with parentheses when the expression binds less tightly than `above`. */
function printFieldAbove(expression: FieldExpression, above: number): string {
  switch (expression.kind) {
    case 'nil':
      return 'nil';
    case 'intrinsic':
      return expression.name;
    case 'attribute':
      return printAttribute(expression);
    case 'static':
      return parenthesise(printStatic(expression), isNegative(expression) && above > 4);
    case 'unary': {
      const level = expression.operator === '-' ? 4 : 5;
      const text = `${expression.operator}${printFieldAbove(expression.of, 5)}`;
      return parenthesise(text, level < above);
    }
    case 'binary': {
      const level = fieldLevels[expression.operator];
      const rightFirst = expression.operator === '^' ? 1 : 0;
      const left = printFieldAbove(expression.left, level + rightFirst);
      const right = printFieldAbove(expression.right, level + 1 - rightFirst);
      return parenthesise(`${left} ${expression.operator} ${right}`, level < above);
    }
  }
}

function parenthesise(text: string, needed: boolean): string {
  return needed ? `(${text})` : text;
}

function printFields(fields: readonly Field[]): string {
  return fields.map(printField).join(', ');
}

/** What ends an attribute name when it is not quoted: white space and these. */
const nameEnd = /[\s{}()=~!<>&|^,"\\]/u;

/** `span.http.route`, `."odd name"`. A name is quoted only when it must be. */
export function printAttribute(attribute: Attribute): string {
  const { name, scope } = attribute;
  // Without a scope, a name that starts with a digit would read as a number: `.5`.
  const isNumber = scope === 'any' && !attribute.ofParent && /^\d/.test(name);
  const plain = name !== '' && !nameEnd.test(name) && !isNumber;
  const text = plain ? name : `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return `${attribute.ofParent ? 'parent.' : ''}${scopePrefix(scope, attribute.ofParent)}${text}`;
}

function scopePrefix(scope: Attribute['scope'], ofParent: boolean): string {
  if (scope !== 'any') return `${scope}.`;
  return ofParent ? '' : '.';
}

// ── Constants ───────────────────────────────────────────────────────────────────────────────────────────────────────

const intMin = -(2n ** 63n);

/** The text of a constant; strings are double-quoted, with the escapes of Go. */
export function printStatic(value: Static): string {
  switch (value.type) {
    case 'string':
      return quote(value.value);
    case 'int':
      // The smallest integer cannot be written with digits: its absolute value is out of range.
      return value.value === intMin ? 'minInt' : value.value.toString();
    case 'float':
      return printFloat(value.value);
    case 'duration':
      return printDuration(value.value);
    case 'boolean':
      return String(value.value);
    case 'status':
    case 'kind':
      return value.value;
  }
}

function isNegative(value: Static): boolean {
  return typeof value.value === 'string' || typeof value.value === 'boolean'
    ? false
    : value.value < 0;
}

/** A float keeps a point or an exponent, so that it does not read back as an integer. */
function printFloat(value: number): string {
  const text = String(value).replace('e+', 'e');
  return /[.e]/.test(text) || !Number.isFinite(value) ? text : `${text}.0`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here.
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return escapes[character] ?? `\\x${code}`;
  });
  return `"${escaped}"`;
}

// ── Metrics ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function printMetrics(metrics: MetricsExpression): string {
  if (metrics.kind === 'metrics') {
    const after = metrics.secondStages.map(printSecondStage).join('');
    return `${printPipeline(metrics.source)} | ${printCall(metrics.call)}${after}`;
  }
  const level = scalarLevels[metrics.operator];
  const left = printOperand(metrics.left, level);
  const right = printOperand(metrics.right, level + 1);
  return `${left} ${metrics.operator} ${right}`;
}

function printOperand(operand: MetricsOperand, above: number): string {
  if (operand.kind === 'static') return printScalar(operand, above);
  const bare = operand.kind === 'metrics-binary' && scalarLevels[operand.operator] >= above;
  return parenthesise(printMetrics(operand), !bare);
}

function printCall(call: MetricsCall): string {
  switch (call.kind) {
    case 'count-over-time':
      return `${call.name}()${printBy(call.by)}`;
    case 'field-over-time':
      return `${call.name}(${printField(call.of)})${printBy(call.by)}`;
    case 'quantile-over-time':
      return `quantile_over_time(${[printField(call.of), ...call.quantiles].join(', ')})${printBy(call.by)}`;
    case 'compare': {
      const window = call.window === null ? [] : [call.window.startNs, call.window.endNs];
      const top = call.top === null ? [] : [call.top];
      return `compare(${[printFilter(call.selection.where), ...top, ...window].join(', ')})`;
    }
  }
}

function printBy(fields: readonly Field[]): string {
  return fields.length === 0 ? '' : ` by(${printFields(fields)})`;
}

function printSecondStage(stage: SecondStage): string {
  return stage.kind === 'top'
    ? ` | ${stage.name}(${stage.count})`
    : ` ${stage.operator} ${printStatic(stage.value)}`;
}
