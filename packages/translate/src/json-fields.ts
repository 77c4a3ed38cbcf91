/**
 * Fields of a JSON object → protobuf fields of the writer, one function per type.
 *
 * Names may be lowerCamelCase, as OTLP/JSON wants, or snake_case; null is absent; unknown names are
 * never looked at. A value of a wrong type throws an error with its path. Never knows: traces.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

import { hexToBytes, type Writer } from '@clew/wire';
import { shown, TranslateError } from './translate-error.ts';

export type JsonObject = { readonly [name: string]: unknown };

/** Where to write, and the path of what is read, kept for errors. */
export interface Translation {
  readonly writer: Writer;
  readonly path: (string | number)[];
}

export type WriteMessage = (translation: Translation, message: JsonObject) => void;

/** One byte is no id of any kind, so the walk rejects the span (or cuts the link) and no other. */
const NO_ID = new Uint8Array(1);
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
const UINT32_MAX = 0xffffffff;
/** Longer than any number that is not an error, and short enough to parse. */
const INTEGER = /^-?[0-9]{1,40}$/;

const snakeNames = new Map<string, string>();

/** The value of `name` in either spelling; `undefined` for null and absent. */
export function fieldOf(object: JsonObject, name: string): unknown {
  return object[name] ?? object[snakeName(name)] ?? undefined;
}

function snakeName(name: string): string {
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake);
  }
  return snake;
}

/** Ends the translation: at the path, `found` was found and `wanted` wanted. */
export function refuse(translation: Translation, found: unknown, wanted: string): never {
  const path = translation.path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
  throw new TranslateError(path, `found ${shown(found)}, wanted ${wanted}`);
}

/** Runs `write` on the value of `name`, if there is one, with the path set. */
export function at(
  translation: Translation,
  object: JsonObject,
  name: string,
  write: (value: unknown) => void,
): void {
  const value = fieldOf(object, name);
  if (value !== undefined) {
    translation.path.push(name);
    write(value);
    translation.path.pop();
  }
}

export function objectOf(translation: Translation, value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(translation, value, 'an object');
  }
  return value as JsonObject;
}

/** Writes `value`, an object, as a nested message. */
export function writeMessage(
  translation: Translation,
  field: number,
  value: unknown,
  write: WriteMessage,
): void {
  const message = objectOf(translation, value);
  const mark = translation.writer.begin(field);
  write(translation, message);
  translation.writer.end(mark);
}

/** Writes the elements of the array `name` as nested messages. Null elements are empty messages. */
export function writeMessages(
  translation: Translation,
  object: JsonObject,
  name: string,
  field: number,
  write: WriteMessage,
): void {
  at(translation, object, name, (values) => {
    if (!Array.isArray(values)) {
      refuse(translation, values, 'an array');
    }
    for (let i = 0; i < values.length; i += 1) {
      translation.path.push(i);
      writeMessage(translation, field, values[i], write);
      translation.path.pop();
    }
  });
}

export function writeString(
  translation: Translation,
  object: JsonObject,
  name: string,
  field: number,
): void {
  at(translation, object, name, (value) => {
    if (typeof value !== 'string') {
      refuse(translation, value, 'a string');
    }
    if (value !== '') {
      translation.writer.string(field, value);
    }
  });
}

/** Writes an id of hex digits in any case. What is no hex is written as an id that is none. */
export function writeId(
  translation: Translation,
  object: JsonObject,
  name: string,
  field: number,
): void {
  at(translation, object, name, (value) => {
    if (value !== '') {
      const bytes = typeof value === 'string' ? hexToBytes(value) : undefined;
      translation.writer.bytes(field, bytes ?? NO_ID);
    }
  });
}

export function writeUint32(
  translation: Translation,
  object: JsonObject,
  name: string,
  field: number,
): void {
  at(translation, object, name, (value) => {
    const number = uint32Of(translation, value);
    if (number !== 0) {
      translation.writer.varint(field, number);
    }
  });
}

export function writeFixed32(
  translation: Translation,
  object: JsonObject,
  name: string,
  field: number,
): void {
  at(translation, object, name, (value) => {
    const number = uint32Of(translation, value);
    if (number !== 0) {
      translation.writer.fixed32(field, number);
    }
  });
}

export function writeFixed64(
  translation: Translation,
  object: JsonObject,
  name: string,
  field: number,
): void {
  at(translation, object, name, (value) => {
    const number = integerOf(translation, value);
    if (number < 0n || number > UINT64_MAX) {
      refuse(translation, value, 'an integer of 0 … 2^64 - 1');
    }
    if (number !== 0n) {
      translation.writer.fixed64(field, number);
    }
  });
}

/** Writes an enum: a number, or one of `names`, whose place is its number. */
export function writeEnum(
  translation: Translation,
  object: JsonObject,
  name: string,
  field: number,
  names: readonly string[],
): void {
  at(translation, object, name, (value) => {
    const place = typeof value === 'string' ? names.indexOf(value) : -1;
    const number = place >= 0 ? BigInt(place) : integerOf(translation, value, 'an enum number');
    if (BigInt.asIntN(32, number) !== number) {
      refuse(translation, value, 'an enum number of 32 bits');
    }
    if (number !== 0n) {
      translation.writer.varint64(field, number);
    }
  });
}

/**
 * An integer from a JSON number or a decimal string; as a double when it needs more than 64 bits.
 * The stock JavaScript SDK sends every whole number as an int, 1e21 too.
 */
export function intOf(translation: Translation, value: unknown): bigint | number {
  const number = integerOf(translation, value);
  return number < INT64_MIN || number > INT64_MAX ? Number(number) : number;
}

function uint32Of(translation: Translation, value: unknown): number {
  const number = integerOf(translation, value);
  if (number < 0n || number > UINT32_MAX) {
    refuse(translation, value, 'an integer of 0 … 2^32 - 1');
  }
  return Number(number);
}

function integerOf(translation: Translation, value: unknown, wanted = 'a decimal integer'): bigint {
  if (typeof value === 'string' && INTEGER.test(value)) {
    return BigInt(value);
  }
  if (typeof value === 'number' && Number.isInteger(value)) {
    return BigInt(value);
  }
  return refuse(translation, value, wanted);
}

const NAMED_DOUBLES = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** A double from a JSON number, a numeric string, or "NaN", "Infinity", "-Infinity". */
export function doubleOf(translation: Translation, value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  if (typeof value === 'string') {
    const named = NAMED_DOUBLES.get(value);
    if (named !== undefined) {
      return named;
    }
    if (/^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(value)) {
      return Number(value);
    }
  }
  return refuse(translation, value, 'a number, "NaN", "Infinity" or "-Infinity"');
}
