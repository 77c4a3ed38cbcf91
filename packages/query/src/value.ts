/**
 * Values of field expressions outside the engine: read from cells, compared, computed with, by the rules that
 * sql/operand.ts keeps inside it.
 *
 * Never knows: spans, SQL.
 */
import type { Arithmetic, Comparison } from '@clew/traceql';

/** Integers are bigints and wrap at 64 bits; durations are nanoseconds, floats when they were computed. */
export type Value =
  | { readonly type: 'string' | 'status' | 'kind'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | NumberValue;

export type NumberValue = {
  readonly type: 'int' | 'float' | 'duration';
  readonly value: bigint | number;
};

/** A value as answers give it: integers and durations (whole nanoseconds) as decimal strings. */
export type FieldValue = {
  readonly type: Value['type'];
  readonly value: string | number | boolean;
};

/** Reads what `cellOf` of sql/operand.ts wrote; '' is nothing. */
export function readCell(cell: string): Value | null {
  const text = cell.slice(1);
  switch (cell[0]) {
    case 's':
      return { type: 'string', value: text };
    case 'i':
      return { type: 'int', value: BigInt(text) };
    case 'f':
      return { type: 'float', value: readFloat(text) };
    case 'd':
      return { type: 'duration', value: BigInt(text) };
    case 'g':
      return { type: 'duration', value: readFloat(text) };
    case 'b':
      return { type: 'boolean', value: text === '1' };
    case 't':
      return { type: 'status', value: text };
    case 'k':
      return { type: 'kind', value: text };
    default:
      return null;
  }
}

/** An array as the text of its JSON, in which integers keep all their digits; null when there are no elements. */
export function readArray(cells: readonly string[] = []): Value | null {
  if (cells.length === 0) return null;
  const items = cells.map((cell) => {
    const value = readCell(cell)?.value;
    return typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
  });
  return { type: 'string', value: `[${items.join(',')}]` };
}

/** As the engine writes them, and, in cells written here, as JavaScript does, which `Number` reads. */
const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  '-nan': Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

function readFloat(text: string): number {
  return words[text] ?? Number(text);
}

/** The cell that reads as this value. */
export function printCell(of: Value | null): string {
  if (of === null) return '';
  if (of.type === 'boolean') return of.value ? 'b1' : 'b0';
  const letters = { string: 's', int: 'i', float: 'f', duration: 'd', status: 't', kind: 'k' };
  const isComputed = of.type === 'duration' && typeof of.value === 'number';
  return `${isComputed ? 'g' : letters[of.type]}${of.value}`;
}

export function fieldValue(of: Value): FieldValue {
  if (of.type === 'duration') {
    const whole = typeof of.value === 'number' ? roundToInt(of.value) : of.value;
    return { type: of.type, value: `${whole}` };
  }
  return { type: of.type, value: typeof of.value === 'bigint' ? `${of.value}` : of.value };
}

function roundToInt(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.round(value)) : 0n;
}

/** Equal for equal values of one type. */
export function keyOf(of: Value | null): string {
  return of === null ? '' : `${of.type} ${of.value}`;
}

export function asNumber(of: Value | null): NumberValue | null {
  if (of === null) return null;
  return of.type === 'int' || of.type === 'float' || of.type === 'duration' ? of : null;
}

/** False when either is missing or their types do not compare. Booleans and words are equal or not, without order. */
export function compareValues(
  operator: Comparison,
  left: Value | null,
  right: Value | null,
): boolean {
  if (left === null || right === null) return false;
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a !== null && b !== null) return compareNumbers(operator, a.value, b.value);
  if (left.type !== right.type) return false;
  if (operator === '=') return left.value === right.value;
  return operator === '!=' && left.value !== right.value;
}

/** JavaScript compares a bigint with a number by value, exactly. */
function compareNumbers(operator: Comparison, a: bigint | number, b: bigint | number): boolean {
  switch (operator) {
    case '=':
      return a <= b && a >= b;
    case '!=':
      return !(a <= b && a >= b);
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** Integers with integers stay integers; any other mix is computed in floats; what is divided by zero is nothing. */
export function compute(operator: Arithmetic, left: Value | null, right: Value | null) {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a === null || b === null) return null;
  const isDuration = a.type === 'duration' || b.type === 'duration';
  if (a.type === 'int' && b.type === 'int' && operator !== '^') {
    return computeInts(operator, BigInt(a.value), BigInt(b.value));
  }
  const value = computeFloats(operator, Number(a.value), Number(b.value));
  return { type: isDuration ? 'duration' : 'float', value } as const;
}

function computeInts(operator: Exclude<Arithmetic, '^'>, a: bigint, b: bigint): Value | null {
  if ((operator === '/' || operator === '%') && b === 0n) return null;
  const wrapped = (value: bigint): Value => ({ type: 'int', value: BigInt.asIntN(64, value) });
  switch (operator) {
    case '+':
      return wrapped(a + b);
    case '-':
      return wrapped(a - b);
    case '*':
      return wrapped(a * b);
    case '/':
      return wrapped(a / b);
    case '%':
      return wrapped(a % b);
  }
}

function computeFloats(operator: Arithmetic, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return a ** b;
  }
}
