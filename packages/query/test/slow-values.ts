/**
 * Values by TraceQL's rules, as plainly as possible: what compares with what, what a sum of two is. Only tests use it.
 *
 * Never knows: spans.
 */
import type { AnyValue } from '@clew/wire';

export type Value = { type: string; value: bigint | number | string | boolean };

export function plain(value: AnyValue | undefined): Value | null {
  if (value === undefined || value.type === 'empty' || typeof value.value === 'object') return null;
  const names: Record<string, string> = { double: 'float', bool: 'boolean' };
  return { type: names[value.type] ?? value.type, value: value.value };
}

export function isNumber(of: Value | null): of is { type: string; value: bigint | number } {
  return of !== null && ['int', 'float', 'duration'].includes(of.type);
}

export function compare(operator: string, a: Value | null, b: Value | null): boolean {
  if (a === null || b === null) return false;
  if (operator === '=~' || operator === '!~') {
    if (a.type !== 'string') return false;
    return new RegExp(`^(?:${b.value})$`, 's').test(String(a.value)) === (operator === '=~');
  }
  if (!(isNumber(a) && isNumber(b)) && a.type !== b.type) return false;
  const hasOrder = isNumber(a) || a.type === 'string';
  const isEqual = hasOrder ? a.value <= b.value && a.value >= b.value : a.value === b.value;
  if (operator === '=') return isEqual;
  if (operator === '!=') return !isEqual;
  if (!hasOrder) return false;
  if (operator === '<') return a.value < b.value;
  if (operator === '<=') return a.value <= b.value;
  return operator === '>' ? a.value > b.value : a.value >= b.value;
}

export function compute(operator: string, a: Value | null, b: Value | null): Value | null {
  if (!isNumber(a) || !isNumber(b)) return null;
  if (a.type === 'int' && b.type === 'int' && operator !== '^') {
    const [x, y] = [a.value as bigint, b.value as bigint];
    if (y === 0n && (operator === '/' || operator === '%')) return null;
    const all: Record<string, () => bigint> = {
      '+': () => x + y,
      '-': () => x - y,
      '*': () => x * y,
      '/': () => x / y,
      '%': () => x % y,
    };
    return { type: 'int', value: all[operator]!() };
  }
  const [x, y] = [Number(a.value), Number(b.value)];
  const all: Record<string, number> = {
    '+': x + y,
    '-': x - y,
    '*': x * y,
    '/': x / y,
    '%': x % y,
    '^': x ** y,
  };
  const type = a.type === 'duration' || b.type === 'duration' ? 'duration' : 'float';
  return { type, value: all[operator]! };
}

/** As answers show it: durations in whole nanoseconds. `exact` tells apart what is grouped apart. */
export function show(of: Value | null, exact = false): string {
  if (of === null) return 'nil';
  if (!exact && of.type === 'duration' && typeof of.value === 'number') {
    return `duration ${Number.isFinite(of.value) ? BigInt(Math.round(of.value)) : 0n}`;
  }
  return `${of.type} ${of.value}`;
}
