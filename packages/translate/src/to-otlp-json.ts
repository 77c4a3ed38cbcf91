/**
 * OTLP protobuf bytes → OTLP/JSON.
 *
 * One table says for each message which field has which name and form; one loop reads by it. Ids are
 * hex, 64-bit integers strings, enums integers; defaults that are absent in the bytes are absent in
 * the JSON. Our own fields are left out. Never knows: spans.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

import { bytesToHex, createReader, type Reader, WireError } from '@clew/wire';
import { toBase64 } from './base64.ts';

type Json = string | number | boolean | JsonMessage | Json[];
interface JsonMessage {
  [name: string]: Json;
}

/** How a field's value becomes JSON. */
const forms = {
  text: (reader: Reader) => reader.string(),
  hex: (reader: Reader) => bytesToHex(reader.bytes()),
  base64: (reader: Reader) => toBase64(reader.bytes()),
  bool: (reader: Reader) => reader.bool(),
  uint32: (reader: Reader) => reader.uint32(),
  enum: (reader: Reader) => reader.uint32() | 0,
  fixed32: (reader: Reader) => reader.fixed32(),
  fixed64: (reader: Reader) => String(reader.fixed64()),
  int64: (reader: Reader) => String(reader.int64()),
  double: (reader: Reader) => jsonDouble(reader.double()),
} as const;

/** A field: its name, and its form, or the message that it holds once or many times. */
type Field =
  | { readonly name: string; readonly form: keyof typeof forms }
  | { readonly name: string; readonly one: Message }
  | { readonly name: string; readonly many: Message };

type Fields = { readonly [field: number]: Field };

type Message =
  | 'traces'
  | 'resourceSpans'
  | 'resource'
  | 'scopeSpans'
  | 'scope'
  | 'span'
  | 'event'
  | 'link'
  | 'status'
  | 'keyValue'
  | 'anyValue'
  | 'array'
  | 'kvlist';

const attributes = { name: 'attributes', many: 'keyValue' } as const;
const dropped = { name: 'droppedAttributesCount', form: 'uint32' } as const;
const schemaUrl = { name: 'schemaUrl', form: 'text' } as const;
const traceId = { name: 'traceId', form: 'hex' } as const;
const spanId = { name: 'spanId', form: 'hex' } as const;
const traceState = { name: 'traceState', form: 'text' } as const;
const name = { name: 'name', form: 'text' } as const;

const messages: Readonly<Record<Message, Fields>> = {
  traces: { 1: { name: 'resourceSpans', many: 'resourceSpans' } },
  resourceSpans: {
    1: { name: 'resource', one: 'resource' },
    2: { name: 'scopeSpans', many: 'scopeSpans' },
    3: schemaUrl,
  },
  resource: { 1: attributes, 2: dropped },
  scopeSpans: {
    1: { name: 'scope', one: 'scope' },
    2: { name: 'spans', many: 'span' },
    3: schemaUrl,
  },
  scope: { 1: name, 2: { name: 'version', form: 'text' }, 3: attributes, 4: dropped },
  span: {
    1: traceId,
    2: spanId,
    3: traceState,
    4: { name: 'parentSpanId', form: 'hex' },
    5: name,
    6: { name: 'kind', form: 'enum' },
    7: { name: 'startTimeUnixNano', form: 'fixed64' },
    8: { name: 'endTimeUnixNano', form: 'fixed64' },
    9: attributes,
    10: dropped,
    11: { name: 'events', many: 'event' },
    12: { name: 'droppedEventsCount', form: 'uint32' },
    13: { name: 'links', many: 'link' },
    14: { name: 'droppedLinksCount', form: 'uint32' },
    15: { name: 'status', one: 'status' },
    16: { name: 'flags', form: 'fixed32' },
  },
  event: { 1: { name: 'timeUnixNano', form: 'fixed64' }, 2: name, 3: attributes, 4: dropped },
  link: {
    1: traceId,
    2: spanId,
    3: traceState,
    4: attributes,
    5: dropped,
    6: { name: 'flags', form: 'fixed32' },
  },
  status: { 2: { name: 'message', form: 'text' }, 3: { name: 'code', form: 'enum' } },
  keyValue: { 1: { name: 'key', form: 'text' }, 2: { name: 'value', one: 'anyValue' } },
  anyValue: {
    1: { name: 'stringValue', form: 'text' },
    2: { name: 'boolValue', form: 'bool' },
    3: { name: 'intValue', form: 'int64' },
    4: { name: 'doubleValue', form: 'double' },
    5: { name: 'arrayValue', one: 'array' },
    6: { name: 'kvlistValue', one: 'kvlist' },
    7: { name: 'bytesValue', form: 'base64' },
  },
  array: { 1: { name: 'values', many: 'anyValue' } },
  kvlist: { 1: { name: 'values', many: 'keyValue' } },
};

/** Deeper than anything that is stored; keeps hostile bytes from exhausting the stack. */
const DEPTH_MAX = 300;

/**
 * Translates a `TracesData` into the text of an OTLP/JSON document.
 *
 * @throws WireError when the bytes are no OTLP.
 */
export function otlpJson(bytes: Uint8Array): string {
  return JSON.stringify(readInto({ resourceSpans: [] }, 'traces', createReader(bytes), 0));
}

/** Reads a message into `into`, which holds what was read of it before: messages merge. */
function readInto(into: JsonMessage, message: Message, reader: Reader, depth: number): JsonMessage {
  if (depth > DEPTH_MAX) {
    throw new WireError('a message nested too deep', reader.start, `at most ${DEPTH_MAX} levels`);
  }
  const fields = messages[message];
  while (reader.next()) {
    const field = fields[reader.field];
    if (field === undefined) {
      continue;
    }
    if (message === 'anyValue') {
      keepOnly(into, field.name);
    }
    readField(into, field, reader, depth);
  }
  return into;
}

function readField(into: JsonMessage, field: Field, reader: Reader, depth: number): void {
  if ('form' in field) {
    into[field.name] = forms[field.form](reader);
  } else if ('one' in field) {
    const before = (into[field.name] ?? {}) as JsonMessage;
    into[field.name] = readInto(before, field.one, reader.message(), depth + 1);
  } else {
    const list = (into[field.name] ?? []) as Json[];
    into[field.name] = list;
    list.push(readInto({}, field.many, reader.message(), depth + 1));
  }
}

/** A value has one member: another one replaces it. */
function keepOnly(value: JsonMessage, name: string): void {
  for (const other of Object.keys(value)) {
    if (other !== name) {
      delete value[other];
    }
  }
}

/** What JSON has no number for becomes a string, which OTLP/JSON reads as a double too. */
function jsonDouble(value: number): Json {
  if (Object.is(value, -0)) {
    return '-0';
  }
  return Number.isFinite(value) ? value : String(value);
}
