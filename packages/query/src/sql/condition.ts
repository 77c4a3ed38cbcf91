/**
 * A field expression → a boolean over one row of `spans`, never null.
 *
 * TraceQL's meaning of missing values is kept by saying presence out loud: a comparison with a missing attribute or with
 * a value of another type is false, `!=` included; only `= nil` is true of what is missing, and `not` of any of these.
 *
 * Never knows: time, tenants, grouping.
 */
import type {
  Binary,
  Field,
  FieldExpression,
  FieldOperator,
  IntrinsicField,
  Static,
} from '@clew/traceql';
import { printField } from '@clew/traceql';
import { QuestionError } from '../errors.ts';
import { rootTest } from '../fields.ts';
import { type FieldType, intrinsicColumns } from './attribute.ts';
import { elementTest } from './elements.ts';
import { bool, type Fragment, float64, int64, or, sql, string } from './fragment.ts';
import { anyOf, lookup, lookupAbsence, typedTests } from './lookup.ts';
import { type Operand, type OperandType, operandOf } from './operand.ts';

/** @throws QuestionError `unsupported-query` for what cannot be answered from a span's own row. */
export function condition(where: FieldExpression): Fragment {
  switch (where.kind) {
    case 'attribute':
      return lookup(where, {
        inMaps: (maps, key) => typedTests([maps.bool], key, (value) => value),
        mapsOf: (maps) => [maps.bool],
      });
    case 'unary':
      return where.operator === '-' ? sql`false` : sql`not (${condition(where.of)})`;
    case 'binary':
      return binary(where);
    case 'static':
      return where.type === 'boolean' && where.value ? sql`true` : sql`false`;
    default:
      // A value that is no boolean is not true.
      return sql`false`;
  }
}

function unsupported(found: FieldExpression): QuestionError {
  return new QuestionError('unsupported-query', { found: printField(found) });
}

function binary(where: Binary): Fragment {
  const { operator, left, right } = where;
  if (operator === '&&') return sql`${condition(left)} and ${condition(right)}`;
  if (operator === '||') return or(alternativesIn(where).map(orOperand));
  if (left.kind === 'nil' || right.kind === 'nil') return presence(where);
  const isRoot = rootTest(where);
  if (isRoot !== null) return isRoot ? sql`parent_span_id = 0` : sql`parent_span_id != 0`;
  if (!isComparison(operator)) return sql`false`;
  if (isField(left) && right.kind === 'static') return compare(left, operator, right, where);
  if (isField(right) && left.kind === 'static') {
    return compare(right, flipped[operator] ?? operator, left, where);
  }
  return compareOperands(where, comparisons[operator]);
}

/** Side by side: the engine reads parentheses within parentheses no deeper than a thousand. */
function alternativesIn(where: FieldExpression): readonly FieldExpression[] {
  return where.kind === 'binary' && where.operator === '||'
    ? [...alternativesIn(where.left), ...alternativesIn(where.right)]
    : [where];
}

function orOperand(where: FieldExpression): Fragment {
  const isAnd = where.kind === 'binary' && where.operator === '&&';
  return isAnd ? sql`(${condition(where)})` : condition(where);
}

function isField(expression: FieldExpression): expression is Field {
  return expression.kind === 'attribute' || expression.kind === 'intrinsic';
}

/** `field = nil`, `field != nil`. Intrinsics are always there; those of events and links, where there is one. */
function presence(where: Binary): Fragment {
  const field = where.left.kind === 'nil' ? where.right : where.left;
  if (field.kind === 'intrinsic') {
    const place = intrinsicColumns[field.name]?.place ?? 'span';
    return where.operator === '!=' ? anyOf(place, sql`true`) : sql`false`;
  }
  if (field.kind === 'nil') return sql`false`;
  if (field.kind === 'attribute') return lookupAbsence(field, where.operator === '=');
  const computed = operandOf(field, condition);
  const there = or([
    sql`false`,
    ...Object.values(computed.values).map((value) => sql`isNotNull(${value})`),
  ]);
  return withinPlaces(computed, where.operator === '=' ? sql`not ${there}` : there);
}

// ── Comparisons ─────────────────────────────────────────────────────────────────────────────────────────────────────

type Operator = Exclude<FieldOperator, '&&' | '||' | '+' | '-' | '*' | '/' | '%' | '^'>;
type Test = (value: Fragment) => Fragment;
type Comparator = (constant: Fragment) => Test;

/** Operator → SQL. The constant of `=~` and `!~` is an anchored pattern. */
const comparisons: Readonly<Record<Operator, Comparator>> = {
  '=': (constant) => (value) => sql`${value} = ${constant}`,
  '!=': (constant) => (value) => sql`${value} != ${constant}`,
  '<': (constant) => (value) => sql`${value} < ${constant}`,
  '<=': (constant) => (value) => sql`${value} <= ${constant}`,
  '>': (constant) => (value) => sql`${value} > ${constant}`,
  '>=': (constant) => (value) => sql`${value} >= ${constant}`,
  '=~': (constant) => (value) => sql`match(${value}, ${constant})`,
  '!~': (constant) => (value) => sql`not match(${value}, ${constant})`,
};

/** What an operator becomes when its constant stood on the left. */
const flipped: Readonly<Partial<Record<Operator, Operator>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function isComparison(operator: FieldOperator): operator is Operator {
  return operator in comparisons;
}

function compare(field: Field, operator: Operator, constant: Static, whole: Binary): Fragment {
  const isPattern = operator === '=~' || operator === '!~';
  if (isPattern && constant.type !== 'string') throw unsupported(whole);
  const test = comparisons[operator](isPattern ? pattern(constant) : parameterOf(constant, field));
  if (field.kind === 'intrinsic') return compareIntrinsic(field, constant, test);
  const isNegated = operator === '!=' || operator === '!~';
  return lookup(field, {
    inMaps: (maps, key) => {
      const plain = typedTests(maps.of[constant.type], key, test);
      if (!field.hasArrays) return plain;
      return or([plain, elementTest(maps.other, key, constant.type, test, isNegated)]);
    },
    inColumn: (column) => (constant.type === 'string' ? test(column) : sql`false`),
    mapsOf: (maps) => [...maps.of[constant.type], ...(field.hasArrays ? [maps.other] : [])],
    ...(operator === '=' ? { equal: constant } : {}),
  });
}

/** Fully anchored, and `.` matches a newline: TraceQL's regular expressions are RE2, `^(?:…)$`. */
function pattern(constant: Static): Fragment {
  return string(`(?s)^(?:${String(constant.value)})$`);
}

function parameterOf(constant: Static, field: Field): Fragment {
  switch (constant.type) {
    case 'int':
    case 'duration':
      return int64(constant.value);
    case 'float':
      return float64(constant.value);
    case 'boolean':
      return bool(constant.value);
    case 'string':
      return string(isId(field) ? asId(field, constant.value) : constant.value);
    default:
      return string(constant.value);
  }
}

function isId(field: Field): field is IntrinsicField {
  return field.kind === 'intrinsic' && /:(trace|span|parent)?id$/i.test(field.name);
}

/** Ids are stored whole and in lower case; Tempo strips the leading zeros of trace ids, so both spellings are taken. */
function asId(field: IntrinsicField, written: string): string {
  const isTrace = field.name === 'trace:id' || field.name === 'link:traceID';
  const id = written.toLowerCase();
  return isTrace && id !== '' ? id.padStart(32, '0') : id;
}

const typesComparable: Readonly<Record<Static['type'], FieldType | null>> = {
  string: 'string',
  int: 'number',
  float: 'number',
  duration: 'number',
  boolean: null,
  status: 'status',
  kind: 'kind',
};

function compareIntrinsic(field: IntrinsicField, constant: Static, test: Test): Fragment {
  const column = intrinsicColumns[field.name];
  if (column === null) throw unsupported(field);
  return column.type === typesComparable[constant.type]
    ? anyOf(column.place, test(column.value))
    : sql`false`;
}

// ── Comparisons of what is computed ─────────────────────────────────────────────────────────────────────────────────

/** Types that compare with each other. Booleans, status and kind are equal or not, and have no order. */
const pairs: readonly (readonly [OperandType, OperandType])[] = [
  ['string', 'string'],
  ['int', 'int'],
  ['int', 'float'],
  ['float', 'int'],
  ['float', 'float'],
  ['boolean', 'boolean'],
  ['status', 'status'],
  ['kind', 'kind'],
];

/** `.a + 1 > .b`: true when both have values of types that compare, and the values do. */
function compareOperands({ operator, left, right }: Binary, make: Comparator): Fragment {
  const isPattern = operator === '=~' || operator === '!~';
  const isEquality = operator === '=' || operator === '!=';
  const a = operandOf(left, condition);
  const b = operandOf(right, condition);
  const tests = pairs.flatMap(([typeA, typeB]) => {
    const [valueA, valueB] = [a.values[typeA], b.values[typeB]];
    if (valueA === undefined || valueB === undefined) return [];
    if (typeA === 'string' ? false : isPattern) return [];
    if (['boolean', 'status', 'kind'].includes(typeA) && !isEquality) return [];
    const constant = isPattern && right.kind === 'static' ? pattern(right) : valueB;
    return [sql`ifNull(${make(constant)(valueA)}, false)`];
  });
  const places = new Set([...a.places, ...b.places]);
  return withinPlaces({ ...a, places }, tests.length === 0 ? sql`false` : or(tests));
}

/** True when the test holds for any event, any link, that the operand is read from. */
function withinPlaces({ places }: Operand, test: Fragment): Fragment {
  return [...places].reduce((inner, place) => anyOf(place, inner), test);
}
