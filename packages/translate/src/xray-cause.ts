/**
 * The `cause` of an X-Ray document → exception events and the words of a status.
 *
 * Never knows: the rest of the document.
 */

import { attributesOf, type Given, type PlainValue, type SpanEvent } from '@clew/wire';
import type { JsonObject } from './json-fields.ts';
import { isObject, textOf } from './xray-values.ts';

export interface Cause {
  readonly isError: boolean;
  readonly message: string;
  readonly events: readonly Given<SpanEvent>[];
  readonly attributes: { readonly [key: string]: PlainValue };
}

const NO_CAUSE: Cause = { isError: false, message: '', events: [], attributes: {} };

/** `timeNs` is when the document ended: exceptions have no times. */
export function causeOf(cause: unknown, timeNs: bigint): Cause {
  // An exception that was told before, by another document, is referred to by its id.
  const id = isObject(cause) && typeof cause['id'] === 'string' ? cause['id'] : cause;
  if (typeof id === 'string') {
    return { ...NO_CAUSE, isError: true, message: id, attributes: { 'aws.xray.cause.id': id } };
  }
  if (!isObject(cause)) return NO_CAUSE;
  const exceptions = Array.isArray(cause['exceptions']) ? cause['exceptions'].filter(isObject) : [];
  const folder = textOf(cause['working_directory']);
  const paths = Array.isArray(cause['paths']) ? (cause['paths'] as PlainValue[]) : [];
  return {
    isError: exceptions.length > 0,
    message: textOf(exceptions[0]?.['message']),
    events: exceptions.map((exception) => ({
      timeUnixNano: timeNs,
      name: 'exception',
      attributes: attributesOf(exceptionAttributes(exception)),
    })),
    attributes: {
      ...(folder !== '' && { 'aws.xray.cause.working_directory': folder }),
      ...(paths.length > 0 && { 'aws.xray.cause.paths': paths }),
    },
  };
}

/** Fields of an exception that OTLP has no name for. */
const OWN_FIELDS = ['id', 'remote', 'truncated', 'skipped', 'cause'];

function exceptionAttributes(exception: JsonObject): { [key: string]: PlainValue } {
  const attributes: { [key: string]: PlainValue } = {};
  const type = textOf(exception['type']);
  const message = textOf(exception['message']);
  if (type !== '') attributes['exception.type'] = type;
  if (message !== '') attributes['exception.message'] = message;
  if (Array.isArray(exception['stack'])) {
    attributes['exception.stacktrace'] = stackOf(`${type}: ${message}`, exception['stack']);
  }
  for (const field of OWN_FIELDS) {
    const value = exception[field];
    if (value !== undefined && value !== null) {
      attributes[`aws.xray.exception.${field}`] = value as PlainValue;
    }
  }
  return attributes;
}

function stackOf(first: string, frames: readonly unknown[]): string {
  const lines = frames.filter(isObject).map(({ label, path, line }) => {
    const place = [path, line].filter((part) => part !== undefined && part !== null).join(': ');
    return `\tat ${textOf(label)}(${place})`;
  });
  return [first, ...lines].join('\n');
}
