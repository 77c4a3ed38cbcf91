/**
 * Arithmetic and comparison of constants, done while parsing: `2 * 500ms` is `1s`, `1 = 1` is `true`.
 *
 * Answers undefined where the operands do not fit or nothing sensible comes out (division by zero): the expression then
 * stays as written and the checker speaks. Never knows: fields.
 */
import type { Arithmetic, FieldOperator, Static } from './ast.ts';

type Numeric = Extract<Static, { type: 'int' | 'float' | 'duration' }>;

const intMin = -(2n ** 63n);
const intMax = 2n ** 63n - 1n;

export function foldBinary(
  operator: FieldOperator,
  left: Static,
  right: Static,
): Static | undefined {
  if (operator === '=~' || operator === '!~') return undefined;
  if (operator === '&&' || operator === '||') return foldLogic(operator, left, right);
  if (isArithmetic(operator)) {
    return isNumeric(left) && isNumeric(right) ? foldArithmetic(operator, left, right) : undefined;
  }
  const order = compare(left, right);
  if (order === undefined) return undefined;
  const isOrdered = isNumeric(left) || left.type === 'string';
  if (operator === '=') return boolean(order === 0);
  if (operator === '!=') return boolean(order !== 0);
  if (!isOrdered) return undefined;
  const holds = { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 };
  return boolean(holds[operator]);
}

export function foldUnary(operator: '-' | '!', value: Static): Static | undefined {
  if (operator === '!') return value.type === 'boolean' ? boolean(!value.value) : undefined;
  if (value.type === 'float') return { kind: 'static', type: 'float', value: -value.value };
  return isNumeric(value) ? integral(value.type, -(value.value as bigint)) : undefined;
}

export function isArithmetic(operator: string): operator is Arithmetic {
  return ['+', '-', '*', '/', '%', '^'].includes(operator);
}

function isNumeric(value: Static): value is Numeric {
  return value.type === 'int' || value.type === 'float' || value.type === 'duration';
}

function foldLogic(operator: '&&' | '||', left: Static, right: Static): Static | undefined {
  if (left.type !== 'boolean' || right.type !== 'boolean') return undefined;
  return boolean(operator === '&&' ? left.value && right.value : left.value || right.value);
}

/** Integers stay integers (division truncates); a duration with a number stays a duration; floats are contagious. */
function foldArithmetic(operator: Arithmetic, left: Numeric, right: Numeric): Static | undefined {
  const type = left.type === 'duration' || right.type === 'duration' ? 'duration' : 'int';
  if (left.type === 'float' || right.type === 'float') {
    const value = floatOf(operator, Number(left.value), Number(right.value));
    if (!Number.isFinite(value)) return undefined;
    if (type === 'duration') return integral(type, BigInt(Math.round(value)));
    return { kind: 'static', type: 'float', value };
  }
  const value = intOf(operator, left.value, right.value);
  return value === undefined ? undefined : integral(type, value);
}

function floatOf(operator: Arithmetic, a: number, b: number): number {
  const results = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b, '^': a ** b };
  return results[operator];
}

function intOf(operator: Arithmetic, a: bigint, b: bigint): bigint | undefined {
  if ((operator === '/' || operator === '%') && b === 0n) return undefined;
  if (operator === '^') return b >= 0n && b <= 64n ? a ** b : undefined;
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return operator === '/' ? a / b : a % b;
}

function integral(type: 'int' | 'duration', value: bigint): Static | undefined {
  return value >= intMin && value <= intMax ? { kind: 'static', type, value } : undefined;
}

const boolean = (value: boolean): Static => ({ kind: 'static', type: 'boolean', value });

/** Negative, zero or positive; undefined when the two have no common type. */
function compare(left: Static, right: Static): number | undefined {
  if (isNumeric(left) && isNumeric(right)) {
    return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
  }
  if (left.type !== right.type) return undefined;
  return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
}
