/**
 * The value of a Zipkin annotation → the name and attributes of an OTLP event.
 *
 * OpenTelemetry's exporters write the attributes of an event behind its name, in three forms; whatever is none of
 * them is a name as it stands. Never knows: bytes.
 */

import type { JsonObject } from './zipkin-fields.ts';

export interface EventText {
  readonly name: string;
  readonly attributes: JsonObject | undefined;
  readonly droppedAttributes: number;
}

/** Room for several attributes of the greatest length that is stored, escaped. Longer values are names, and cut as such. */
const PARSED_CHARS_MAX = 256 * 1024;

export function readEventText(value: string): EventText {
  if (value.charCodeAt(value.length - 1) !== 0x7d && !/\|\d+$/.test(value)) return plain(value);
  if (value.length > PARSED_CHARS_MAX) return plain(value);
  return specified(value) ?? wrapped(value) ?? piped(value) ?? plain(value);
}

function plain(name: string): EventText {
  return { name, attributes: undefined, droppedAttributes: 0 };
}

/** `"name": {…}`, as the specification has it. */
function specified(value: string): EventText | undefined {
  const match = /^("(?:[^"\\]|\\.)*")\s*:\s*(\{.*\})$/s.exec(value);
  const name = parsed(match?.[1]);
  const attributes = objectIn(match?.[2]);
  if (typeof name !== 'string' || attributes === undefined) return undefined;
  return { name, attributes, droppedAttributes: 0 };
}

/** `{"name": {…}}`, as the Python SDK has it. */
function wrapped(value: string): EventText | undefined {
  const object = objectIn(value);
  const [name, ...more] = Object.keys(object ?? {});
  const inner = name === undefined || more.length > 0 ? undefined : object?.[name];
  if (name === undefined || !isObject(inner)) return undefined;
  return { name, attributes: inner, droppedAttributes: 0 };
}

/** `name|{…}|dropped`, as the Collector and `export-zipkin.ts` have it. */
function piped(value: string): EventText | undefined {
  const at = value.indexOf('|{');
  const tail = /\}\|(\d{1,9})$/.exec(value);
  if (at < 0 || tail === null) return undefined;
  const attributes = objectIn(value.slice(at + 1, tail.index + 1));
  if (attributes === undefined) return undefined;
  return { name: value.slice(0, at), attributes, droppedAttributes: Number(tail[1]) };
}

export interface LinkText {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: JsonObject;
  readonly droppedAttributes: number;
}

/** The value of a tag `otlp.link.N`: `traceId|spanId|state|{…}|dropped`. */
export function readLinkText(value: string): LinkText | undefined {
  if (value.length > PARSED_CHARS_MAX) return undefined;
  const match = /^([0-9a-f]{32})\|([0-9a-f]{16})\|([^|]*)\|(\{.*\})?\|(\d{1,9})$/is.exec(value);
  if (match === null) return undefined;
  const [, traceId = '', spanId = '', traceState = '', json = '{}', dropped] = match;
  const attributes = objectIn(json);
  if (attributes === undefined) return undefined;
  return { traceId, spanId, traceState, attributes, droppedAttributes: Number(dropped) };
}

function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function objectIn(json: string | undefined): JsonObject | undefined {
  const value = parsed(json);
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
