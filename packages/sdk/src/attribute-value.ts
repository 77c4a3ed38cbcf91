/**
 * What may be an attribute's value: the AnyValue of the API 1.10, checked, copied and cut once, when
 * it is set. Never knows: whose attribute it is.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/common/#anyvalue
 */

import { diag } from '@opentelemetry/api';
import type { SpanLimits } from './span-limits.ts';

export type Value =
  | string
  | number
  | boolean
  | bigint
  | null
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/**
 * The value to keep, or `undefined` when it is none: functions, symbols and objects of a class are
 * reported and left out, `undefined` is left out silently.
 */
export function acceptValue(key: string, value: unknown, limits: SpanLimits): Value | undefined {
  if (typeof value === 'string') return cutText(value, limits.attributeValueLengthLimit);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  try {
    const accepted = acceptNested(value, limits, 1);
    if (accepted !== undefined || value === undefined) return accepted;
    diag.warn(`attribute "${key}": found ${describe(value)}, wanted text, a number, true or false`);
  } catch (error) {
    diag.warn(`attribute "${key}": found a value that cannot be read; left out`, error);
  }
  return undefined;
}

/** A name as text, whatever was given for it. */
export function nameOf(name: unknown): string {
  if (typeof name === 'string') return name;
  try {
    return String(name);
  } catch (error) {
    diag.warn('a name: found what is no text, wanted text', error);
    return '';
  }
}

function acceptNested(value: unknown, limits: SpanLimits, depth: number): Value | undefined {
  switch (typeof value) {
    case 'string':
      return cutText(value, limits.attributeValueLengthLimit);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? value : String(value);
    case 'object':
      return acceptObject(value, limits, depth);
    default:
      return undefined;
  }
}

function acceptObject(value: object | null, limits: SpanLimits, depth: number): Value | undefined {
  if (value === null) return null;
  if (value instanceof Uint8Array) {
    return Uint8Array.prototype.slice.call(value, 0, limits.attributeValueLengthLimit);
  }
  const isDeep = depth > limits.attributeValueDepthLimit;
  if (Array.isArray(value)) {
    // An element that is no value keeps its place, so that indexes stay what they were.
    return isDeep ? null : value.map((one) => acceptNested(one, limits, depth + 1) ?? null);
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  if (isDeep) return null;
  const copy: Record<string, Value> = {};
  for (const [key, inner] of Object.entries(value)) {
    const accepted = acceptNested(inner, limits, depth + 1);
    if (accepted !== undefined) copy[key] = accepted;
  }
  return copy;
}

function cutText(text: string, limit: number): string {
  return text.length > limit ? text.slice(0, limit) : text;
}

function describe(value: unknown): string {
  return typeof value === 'object' ? `an object of ${value?.constructor?.name}` : typeof value;
}
