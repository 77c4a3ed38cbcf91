/**
 * Numbers and text of a Datadog message, in whatever of the allowed types they came.
 *
 * Never knows: what they are for.
 */

/** Text, or '' for nil and absent; numbers as their digits. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/** A 64-bit integer: any msgpack width, a double, or JSON's digits; 0 for everything else. */
export function integerOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  return value === true ? 1n : 0n;
}

/** A map of the message: any type, whatever the protocol says. */
export type Tags = { readonly [key: string]: unknown };

export function isTags(value: unknown): value is Tags {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && !Array.isArray(value) && !(value instanceof Uint8Array);
}
