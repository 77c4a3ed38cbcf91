/**
 * The fields of the form as TraceQL, and TraceQL as fields where the form can hold all of it.
 *
 * The text is the very tree that the server makes of the same fields (query/src/question.ts). A text is only held by the
 * form when writing the fields again gives the same conditions, in any order; everything else stays text.
 *
 * Never knows: React, the server.
 */
import {
  type AttributeScope,
  check,
  type Field,
  type FieldExpression,
  type FieldOperator,
  parse,
  printField,
  printQuery,
  type Static,
} from '@clew/traceql';
import {
  type AttributeFilter,
  formatAttributeFilter,
  parseAttributeFilter,
  type Scope,
} from '../address/attribute-filter.ts';
import { type ExploreAddress, kinds, noFilters } from '../address/explore-address.ts';

/** What the form can hold of a question. */
export type FormFields = Pick<
  ExploreAddress,
  'service' | 'operation' | 'status' | 'kind' | 'minNs' | 'maxNs' | 'where'
>;

const nothing: FormFields = {
  service: undefined,
  operation: undefined,
  status: undefined,
  kind: undefined,
  minNs: undefined,
  maxNs: undefined,
  where: [],
};

/** The question of an address as one line of text; empty when nothing is asked. */
export function textOf(address: ExploreAddress): string {
  if (address.q !== undefined) return oneLine(address.q);
  const conditions = conditionsOf(address);
  if (conditions.length === 0) return '';
  return printFilter(conditions.reduce((left, right) => binary('&&', left, right)));
}

/** The fields that say exactly what the text says; undefined when the form cannot hold it, or when it is no query. */
export function formOf(text: string): FormFields | undefined {
  const conditions = conditionsIn(text);
  if (conditions === undefined) return undefined;
  let fields = nothing;
  for (const condition of conditions) {
    const held = fieldOf(condition, fields);
    if (held === undefined) return undefined;
    fields = { ...fields, ...held };
  }
  const printed = (all: readonly FieldExpression[]) => all.map(printField).sort().join('\n');
  return printed(conditionsOf(fields)) === printed(conditions) ? fields : undefined;
}

/** What asking a text changes in the address: a text replaces every field. */
export function asking(text: string): Partial<ExploreAddress> {
  return text.trim() === '' ? noFilters : { ...noFilters, q: text.trim() };
}

/** The same query on one line: comments end at line breaks, so a text with breaks is printed anew where it can be. */
function oneLine(text: string): string {
  if (!text.includes('\n')) return text;
  try {
    return printQuery(parse(text));
  } catch {
    return text.replaceAll(/[\r\n]+/g, ' ');
  }
}

// ── fields → conditions ─────────────────────────────────────────────────────────────────────────────────────────────

function conditionsOf(fields: FormFields): FieldExpression[] {
  const { service, operation, status, kind, minNs, maxNs, where } = fields;
  const conditions: FieldExpression[] = [];
  const add = (field: Field, operator: FieldOperator, value: Static) =>
    conditions.push(binary(operator, field, value));
  if (service !== undefined) add(serviceName, '=', string(service));
  if (operation !== undefined) add(intrinsic('name'), '=', string(operation));
  if (status !== undefined)
    add(intrinsic('status'), '=', { ...statik, type: 'status', value: status });
  if (kind !== undefined) add(intrinsic('kind'), '=', { ...statik, type: 'kind', value: kind });
  if (minNs !== undefined) add(intrinsic('duration'), '>=', duration(minNs));
  if (maxNs !== undefined) add(intrinsic('duration'), '<=', duration(maxNs));
  conditions.push(...where.map(attributeCondition));
  return conditions;
}

const statik = { kind: 'static' } as const;
const serviceName: Field = {
  kind: 'attribute',
  scope: 'resource',
  name: 'service.name',
  ofParent: false,
};
const intrinsic = (name: 'name' | 'status' | 'kind' | 'duration'): Field => ({
  kind: 'intrinsic',
  name,
});
const string = (value: string): Static => ({ ...statik, type: 'string', value });
const duration = (ns: number): Static => ({ ...statik, type: 'duration', value: BigInt(ns) });

function binary(operator: FieldOperator, left: FieldExpression, right: FieldExpression) {
  return { kind: 'binary', operator, left, right } as const;
}

function attributeCondition(filter: AttributeFilter): FieldExpression {
  const operator = filter.operator === '~' ? '=~' : filter.operator;
  const scope = filter.scope === undefined ? 'any' : attributeScopes[filter.scope];
  const field: Field = { kind: 'attribute', scope, name: filter.key, ofParent: false };
  return readings(filter.value.trim(), operator)
    .map((value): FieldExpression => binary(operator, field, value))
    .reduce((left, right) => binary('||', left, right));
}

/** An untyped value may mean several types; the same reading as query/src/attribute-condition.ts. */
function readings(written: string, operator: FieldOperator): readonly Static[] {
  const quoted = /^"(.*)"$/s.exec(written)?.[1];
  const asString = string(quoted ?? written);
  if (quoted !== undefined || operator === '=~' || operator === '!~') return [asString];
  const isEquality = operator === '=' || operator === '!=';
  if (isEquality && (written === 'true' || written === 'false')) {
    return [asString, { ...statik, type: 'boolean', value: written === 'true' }];
  }
  const number = numberOf(written);
  if (number === undefined) return [asString];
  return isEquality ? [asString, number] : [number];
}

function numberOf(written: string): Static | undefined {
  if (/^[+-]?\d+$/.test(written) && BigInt.asIntN(64, BigInt(written)) === BigInt(written)) {
    return { ...statik, type: 'int', value: BigInt(written) };
  }
  const isFloat = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written);
  const value = Number(written);
  return isFloat && Number.isFinite(value) ? { ...statik, type: 'float', value } : undefined;
}

const attributeScopes = {
  span: 'span',
  resource: 'resource',
  scope: 'instrumentation',
  event: 'event',
  link: 'link',
} as const satisfies Record<Scope, AttributeScope>;

function printFilter(where: FieldExpression): string {
  const stages = [{ kind: 'filter', where } as const];
  const body = { kind: 'pipeline', stages } as const;
  return printQuery({ kind: 'query', body, secondStages: [], hints: [] });
}

// ── conditions → fields ─────────────────────────────────────────────────────────────────────────────────────────────

/** The conditions of a query that is one filter and nothing else. */
function conditionsIn(text: string): FieldExpression[] | undefined {
  const query = parsed(text);
  if (query?.body.kind !== 'pipeline' || query.hints.length > 0) return undefined;
  const [filter, more] = query.body.stages;
  if (filter?.kind !== 'filter' || more !== undefined) return undefined;
  return filter.where === null ? [] : joined(filter.where);
}

function parsed(text: string) {
  try {
    return check(parse(text), text);
  } catch {
    return undefined;
  }
}

function joined(expression: FieldExpression): FieldExpression[] {
  if (expression.kind !== 'binary' || expression.operator !== '&&') return [expression];
  return [...joined(expression.left), ...joined(expression.right)];
}

/** The one field that may say a condition; whether it does is seen when it is written again. */
function fieldOf(
  condition: FieldExpression,
  so: FormFields,
  isReading = false,
): Partial<FormFields> | undefined {
  if (condition.kind !== 'binary') return undefined;
  const { operator, left, right } = condition;
  // Several readings of one value: the first one is the text as it was typed.
  if (operator === '||') return fieldOf(left, so, true);
  if (right.kind !== 'static') return undefined;
  if (left.kind === 'intrinsic') return intrinsicField(left.name, operator, right);
  if (left.kind !== 'attribute') return undefined;
  const isService = left.scope === 'resource' && left.name === 'service.name';
  if (isService && operator === '=' && right.type === 'string' && so.service === undefined) {
    return { service: right.value };
  }
  const text = isReading ? String(right.value) : valueText(right, operator);
  const filter = filterOf(left.scope, left.name, operator, text);
  return filter && { where: [...so.where, filter] };
}

function intrinsicField(
  name: string,
  operator: FieldOperator,
  { type, value }: Static,
): Partial<FormFields> | undefined {
  if (name === 'name' && type === 'string') return { operation: value };
  if (name === 'status' && type === 'status') return { status: value };
  const kind = kinds.find((one) => one === value);
  if (name === 'kind' && kind !== undefined) return { kind };
  if (name !== 'duration' || type !== 'duration' || !Number.isSafeInteger(Number(value))) {
    return undefined;
  }
  return operator === '>=' ? { minNs: Number(value) } : { maxNs: Number(value) };
}

function filterOf(
  scope: AttributeScope,
  key: string,
  operator: FieldOperator,
  value: string,
): AttributeFilter | undefined {
  const scopeName = (Object.keys(attributeScopes) as Scope[]).find(
    (one) => attributeScopes[one] === scope,
  );
  const written = `${scopeName === undefined ? '' : `${scopeName}.`}${key}${operator === '=~' ? '~' : operator}`;
  const filter = parseAttributeFilter(`${written} ${value}`);
  // A key with characters of an operator would be read as something else.
  return filter?.key === key && filter.scope === scopeName && isKept(filter) ? filter : undefined;
}

function isKept(filter: AttributeFilter): boolean {
  return parseAttributeFilter(formatAttributeFilter(filter))?.value === filter.value;
}

/** Quoted only when the bare text would mean something else, too. */
function valueText(written: Static, operator: FieldOperator): string {
  if (written.type !== 'string') return String(written.value);
  const { value } = written;
  const isPlain = readings(value, operator).length === 1 && numberOf(value) === undefined;
  return isPlain && value === value.trim() && !value.startsWith('"') ? value : `"${value}"`;
}
