/**
 * OTLP attributes of the commonest kinds, written straight to bytes.
 *
 * Never knows: whose attributes they are.
 */

import type { Writer } from '@clew/wire';

/** A `KeyValue` with a text, in field `field`. */
export function writeTextAttribute(to: Writer, field: number, key: string, text: string): void {
  const pair = to.begin(field);
  to.string(1, key);
  const value = to.begin(2);
  to.string(1, text);
  to.end(value);
  to.end(pair);
}

export function writeBoolAttribute(to: Writer, field: number, key: string, is: boolean): void {
  const pair = to.begin(field);
  to.string(1, key);
  const value = to.begin(2);
  to.bool(2, is);
  to.end(value);
  to.end(pair);
}

/** A `KeyValue` with a whole number of 0 … 2⁵³. */
export function writeCountAttribute(to: Writer, field: number, key: string, count: number): void {
  const pair = to.begin(field);
  to.string(1, key);
  const value = to.begin(2);
  to.varint(3, count);
  to.end(value);
  to.end(pair);
}

/** A `KeyValue` with a list of texts. */
export function writeTextsAttribute(
  to: Writer,
  field: number,
  key: string,
  texts: readonly string[],
): void {
  const pair = to.begin(field);
  to.string(1, key);
  const value = to.begin(2);
  const array = to.begin(5);
  for (const text of texts) {
    const element = to.begin(1);
    to.string(1, text);
    to.end(element);
  }
  to.end(array);
  to.end(value);
  to.end(pair);
}

/** The members of a JSON object as attributes; what is nested deeper than a list becomes text. */
export function writeJsonAttributes(
  to: Writer,
  field: number,
  object: { readonly [key: string]: unknown },
): void {
  for (const key of Object.keys(object)) {
    const pair = to.begin(field);
    to.string(1, key);
    const value = to.begin(2);
    writeJsonValue(to, object[key]);
    to.end(value);
    to.end(pair);
  }
}

/** The member of an AnyValue. */
function writeJsonValue(to: Writer, value: unknown): void {
  if (!Array.isArray(value)) {
    writeJsonLeaf(to, value);
    return;
  }
  const array = to.begin(5);
  for (const each of value) {
    const element = to.begin(1);
    writeJsonLeaf(to, each);
    to.end(element);
  }
  to.end(array);
}

function writeJsonLeaf(to: Writer, value: unknown): void {
  switch (typeof value) {
    case 'string':
      to.string(1, value);
      return;
    case 'boolean':
      to.bool(2, value);
      return;
    case 'number':
      if (Number.isSafeInteger(value)) to.varint64(3, BigInt(value));
      else to.double(4, value);
      return;
    default:
      if (value !== null && value !== undefined) to.string(1, textOf(value));
  }
}

/** JSON, or what can be said of it when it is nested too deep for that. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'nested too deep';
  }
}
