/**
 * A field expression as typed values of one row of `spans`: for each type it can have, an SQL value that is null where the
 * span has another type or nothing.
 *
 * This is how TraceQL's run-time types are kept: at most one of the values is not null, comparisons are made between
 * values of one type, and arithmetic knows integers from floats. Plain comparisons with a constant do not come here
 * (condition.ts), because their simpler text can use the indexes.
 *
 * Never knows: what is done with the boolean of a comparison.
 */
import type { Attribute, Binary, FieldExpression, IntrinsicField, Static } from '@clew/traceql';
import { intrinsicType, isArithmetic, type Part } from '../fields.ts';
import {
  dedicatedColumns,
  intrinsicColumns,
  type Maps,
  type Place,
  scopeMaps,
} from './attribute.ts';
import { bool, type Fragment, float64, int64, join, or, sql, string } from './fragment.ts';
import { has, hasName, sideTest } from './lookup.ts';

export type OperandType = 'string' | 'int' | 'float' | 'boolean' | 'status' | 'kind';

export type Operand = {
  readonly values: { readonly [Type in OperandType]?: Fragment };
  /** Events or links that the value is read from: `e` and `l` must be bound around it. */
  readonly places: ReadonlySet<Place>;
  /** Integers and floats here are nanoseconds. */
  readonly isDuration: boolean;
};

/** Makes the boolean of an expression that is a condition; given, because conditions are made of operands. */
export type MakeCondition = (where: FieldExpression) => Fragment;

export function operandOf(of: FieldExpression, condition: MakeCondition): Operand {
  switch (of.kind) {
    case 'nil':
      return operand({});
    case 'static':
      return staticOperand(of);
    case 'attribute':
      return attributeOperand(of);
    case 'intrinsic':
      return intrinsicOperand(of);
    case 'unary':
      return of.operator === '!'
        ? operand({ boolean: condition(of) })
        : negated(operandOf(of.of, condition));
    case 'binary':
      return isArithmetic(of.operator)
        ? arithmetic(of, operandOf(of.left, condition), operandOf(of.right, condition))
        : operand({ boolean: condition(of) });
  }
}

function operand(values: Operand['values'], ...places: readonly Place[]): Operand {
  return { values, places: new Set(places.filter((place) => place !== 'span')), isDuration: false };
}

// ── Fields and constants ────────────────────────────────────────────────────────────────────────────────────────────

function staticOperand(of: Static): Operand {
  switch (of.type) {
    case 'int':
      return operand({ int: int64(of.value) });
    case 'duration':
      return { ...operand({ int: int64(of.value) }), isDuration: true };
    case 'float':
      return operand({ float: float64(of.value) });
    case 'boolean':
      return operand({ boolean: bool(of.value) });
    default:
      return operand({ [of.type]: string(of.value) });
  }
}

/** The value under the first of its names that the span has. */
function attributeOperand({ scope, name, also = [] }: Attribute): Operand {
  const place = scope === 'any' ? 'span' : scopeMaps[scope].place;
  const own = valuesOf(scope, name);
  if (also.length === 0) return operand(own, place);
  const others = also.map(({ name, on }) => ({
    isThere: sql`${sideTest(on)}${hasName(scope, name)}`,
    values: valuesOf(scope, name),
  }));
  const all = [{ isThere: hasName(scope, name), values: own }, ...others];
  const values = valueTypes.map((type) => {
    const cases = all.map(({ isThere, values }) => sql`${isThere}, ${values[type] ?? sql`null`}`);
    return [type, sql`multiIf(${join(cases, sql`, `)}, null)`];
  });
  return operand(Object.fromEntries(values), place);
}

const valueTypes = ['string', 'int', 'float', 'boolean'] as const;

function valuesOf(scope: Attribute['scope'], name: string): Operand['values'] {
  const key = string(name);
  if (scope !== 'any') return inMaps(scope, name, key);
  const onSpan = inMaps('span', name, key);
  const onResource = inMaps('resource', name, key);
  const shadows = has(scopeMaps.span, key);
  const values = valueTypes.map((type) => {
    const [own, inherited] = [onSpan[type] ?? sql`null`, onResource[type] ?? sql`null`];
    return [type, sql`if(${shadows}, ${own}, ${inherited})`];
  });
  return Object.fromEntries(values);
}

function inMaps(scope: keyof typeof scopeMaps, name: string, key: Fragment): Operand['values'] {
  const column = dedicatedColumns[`${scope}.${name}`];
  if (column !== undefined) return { string: sql`toString(${column})` };
  const maps: Maps = scopeMaps[scope];
  const value = (map: Fragment) => sql`if(mapContains(${map}, ${key}), ${map}[${key}], null)`;
  const { string: text, int, double, bool: flag } = maps;
  return { string: value(text), int: value(int), float: value(double), boolean: value(flag) };
}

function intrinsicOperand({ name }: IntrinsicField): Operand {
  const column = intrinsicColumns[name];
  if (column === null) throw new Error(`${name} is not a value of one row`);
  const { place, type, value } = column;
  if (type === 'number') {
    const isDuration = intrinsicType(name) === 'duration';
    return { ...operand({ int: sql`toInt64(${value})` }, place), isDuration };
  }
  return operand({ [type]: sql`toString(${value})` }, place);
}

// ── Arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Two integers → SQL; what is divided by zero is nothing. Without a row, integers are taken as floats. */
const ofIntegers: Readonly<Record<string, (a: Fragment, b: Fragment) => Fragment>> = {
  '+': (a, b) => sql`${a} + ${b}`,
  '-': (a, b) => sql`${a} - ${b}`,
  '*': (a, b) => sql`${a} * ${b}`,
  '/': (a, b) => sql`if(${b} = 0, null, intDivOrZero(${a}, ${b}))`,
  '%': (a, b) => sql`if(${b} = 0, null, moduloOrZero(${a}, ${b}))`,
};

const ofFloats: Readonly<Record<string, (a: Fragment, b: Fragment) => Fragment>> = {
  '+': (a, b) => sql`${a} + ${b}`,
  '-': (a, b) => sql`${a} - ${b}`,
  '*': (a, b) => sql`${a} * ${b}`,
  '/': (a, b) => sql`${a} / ${b}`,
  '%': (a, b) => sql`${a} % ${b}`,
  '^': (a, b) => sql`pow(${a}, ${b})`,
};

/** Integers with integers stay integers; any other mix, durations among them, is computed in floats. */
function arithmetic({ operator }: Binary, left: Operand, right: Operand): Operand {
  const whole = ofIntegers[operator];
  const [a, b] = [integer(left), integer(right)];
  const isWhole = whole !== undefined && a !== undefined && b !== undefined;
  const [x, y] = [number(left), number(right)];
  const places = new Set([...left.places, ...right.places]);
  const isDuration = left.isDuration || right.isDuration;
  if (x === undefined || y === undefined) return { values: {}, places, isDuration };
  const float = sql`(${ofFloats[operator]!(x, y)})`;
  if (!isWhole) return { values: { float }, places, isDuration };
  const areWhole = sql`isNotNull(${a}) and isNotNull(${b})`;
  const values = {
    int: sql`(${whole(a, b)})`,
    float: sql`if(${areWhole}, null, ${float})`,
  };
  return { values, places, isDuration };
}

function negated(of: Operand): Operand {
  const { int, float } = of.values;
  const values = {
    ...(int === undefined ? {} : { int: sql`(-${int})` }),
    ...(float === undefined ? {} : { float: sql`(-${float})` }),
  };
  return { ...of, values };
}

function integer(of: Operand): Fragment | undefined {
  return of.isDuration ? undefined : of.values.int;
}

function number({ values: { int, float } }: Operand): Fragment | undefined {
  if (int === undefined) return float;
  const asFloat = sql`toFloat64(${int})`;
  return float === undefined ? asFloat : sql`coalesce(${float}, ${asFloat})`;
}

/** The value as a float, null when it is no number; of events and links, the first that has a value decides. */
export function numberOf(of: Operand): Fragment {
  const value = number(of) ?? sql`cast(null, 'Nullable(Float64)')`;
  if (of.places.size === 0) return value;
  const there = Object.values(of.values).map((one) => sql`isNotNull(${one})`);
  const pair = sql`(${there.length === 0 ? sql`false` : or(there)}, ${value})`;
  return sql`tupleElement(${firstOf(of, pair, (x) => sql`tupleElement(${x}, 1)`)}, 2)`;
}

// ── Values as text ──────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The value with the letter of its type in front, '' when there is none; of events and links the first that has a value.
 * `readCell` of ../value.ts reads it.
 */
export function cellOf(of: Operand): Fragment {
  return firstOf(of, cellAt(of), (x) => sql`${x} != ''`);
}

/** A list of cells: the value at each event, each link, or each pair of them. */
export function cellsAt(of: Operand, parts: readonly Part[]): Fragment {
  const cell = cellAt(of);
  const ofLinks = parts.includes('link') ? sql`arrayMap(l -> ${cell}, links)` : sql`[${cell}]`;
  return parts.includes('event') ? sql`arrayFlatten(arrayMap(e -> ${ofLinks}, events))` : ofLinks;
}

/** The cell at the event and the link that are bound around it. */
function cellAt(of: Operand): Fragment {
  const { string: text, int, float, boolean, status, kind } = of.values;
  const cells: Fragment[] = [];
  const cell = (letter: Fragment, value: Fragment | undefined, written: Fragment) => {
    if (value !== undefined) cells.push(sql`isNotNull(${value}), concat(${letter}, ${written})`);
  };
  cell(sql`'s'`, text, sql`assumeNotNull(${text ?? sql`''`})`);
  cell(of.isDuration ? sql`'d'` : sql`'i'`, int, sql`toString(assumeNotNull(${int ?? sql`0`}))`);
  cell(
    of.isDuration ? sql`'g'` : sql`'f'`,
    float,
    sql`toString(assumeNotNull(${float ?? sql`0`}))`,
  );
  cell(sql`'b'`, boolean, sql`toString(toUInt8(assumeNotNull(${boolean ?? sql`0`})))`);
  cell(sql`'t'`, status, status ?? sql`''`);
  cell(sql`'k'`, kind, kind ?? sql`''`);
  if (cells.length === 0) return sql`''`;
  return sql`multiIf(${join(cells, sql`, `)}, '')`;
}

/** Of what is read from events or links, the first that is there. */
function firstOf(
  { places }: Operand,
  value: Fragment,
  isThere: (x: Fragment) => Fragment,
): Fragment {
  const test = sql`x -> ${isThere(sql`x`)}`;
  return [...places].reduce(
    (inner, place) =>
      place === 'event'
        ? sql`arrayFirst(${test}, arrayMap(e -> ${inner}, events))`
        : sql`arrayFirst(${test}, arrayMap(l -> ${inner}, links))`,
    value,
  );
}
