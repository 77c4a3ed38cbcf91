/**
 * Attributes from plain JavaScript values, for callers that build spans by hand.
 *
 * Never knows: bytes on the wire.
 */

import type { AnyValue, KeyValue } from './traces-data.ts';

/** A value with an obvious OTLP type; numbers become ints when whole, doubles otherwise. */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** `{ 'http.route': '/cart', retries: 2 }` as OTLP attributes, in the object's order. */
export function attributesOf(values: { readonly [key: string]: PlainValue }): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValueOf(value) }));
}

/** One plain value as an OTLP value. Write `{ type: 'double', value: 2 }` yourself for a whole double. */
export function anyValueOf(value: PlainValue): AnyValue {
  switch (typeof value) {
    case 'string':
      return { type: 'string', value };
    case 'boolean':
      return { type: 'bool', value };
    case 'bigint':
      return { type: 'int', value };
    case 'number':
      return Number.isSafeInteger(value)
        ? { type: 'int', value: BigInt(value) }
        : { type: 'double', value };
    default:
      return anyObjectOf(value);
  }
}

function anyObjectOf(value: Exclude<PlainValue, string | number | bigint | boolean>): AnyValue {
  if (value === null) {
    return { type: 'empty' };
  }
  if (value instanceof Uint8Array) {
    return { type: 'bytes', value };
  }
  if (Array.isArray(value)) {
    return { type: 'array', value: value.map(anyValueOf) };
  }
  return { type: 'kvlist', value: attributesOf(value as { [key: string]: PlainValue }) };
}
