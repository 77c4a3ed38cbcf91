/**
 * OTLP/JSON → OTLP protobuf bytes.
 *
 * JSON.parse, then one pass that writes each message as it is read; no object of ours stands in
 * between. Never knows: limits and ids' lengths, which the walk over the result sees to.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

import { createWriter } from '@clew/wire';
import { fromBase64 } from './base64.ts';
import {
  at,
  doubleOf,
  intOf,
  type JsonObject,
  objectOf,
  refuse,
  type Translation,
  writeEnum,
  writeFixed32,
  writeFixed64,
  writeId,
  writeMessage,
  writeMessages,
  writeString,
  writeUint32,
} from './json-fields.ts';
import { parseJson } from './json-text.ts';

const KINDS = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];
const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/**
 * Translates an `ExportTraceServiceRequest` in JSON. Ids of a wrong length or spelling are kept as
 * ids that are none, so that the walk rejects their span and no other.
 *
 * @throws TranslateError with the path of what does not fit the schema.
 */
export function otlpJsonToProtobuf(json: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const translation: Translation = { writer: createWriter(), path: [] };
  const traces = objectOf(translation, parseJson(json));
  writeMessages(translation, traces, 'resourceSpans', 1, writeResourceSpans);
  return translation.writer.finish();
}

function writeResourceSpans(to: Translation, spans: JsonObject): void {
  at(to, spans, 'resource', (value) => writeMessage(to, 1, value, writeResource));
  writeMessages(to, spans, 'scopeSpans', 2, writeScopeSpans);
  writeString(to, spans, 'schemaUrl', 3);
}

function writeResource(to: Translation, resource: JsonObject): void {
  writeMessages(to, resource, 'attributes', 1, writeKeyValue);
  writeUint32(to, resource, 'droppedAttributesCount', 2);
}

function writeScopeSpans(to: Translation, spans: JsonObject): void {
  at(to, spans, 'scope', (value) => writeMessage(to, 1, value, writeScope));
  writeMessages(to, spans, 'spans', 2, writeSpan);
  writeString(to, spans, 'schemaUrl', 3);
}

function writeScope(to: Translation, scope: JsonObject): void {
  writeString(to, scope, 'name', 1);
  writeString(to, scope, 'version', 2);
  writeMessages(to, scope, 'attributes', 3, writeKeyValue);
  writeUint32(to, scope, 'droppedAttributesCount', 4);
}

function writeSpan(to: Translation, span: JsonObject): void {
  writeId(to, span, 'traceId', 1);
  writeId(to, span, 'spanId', 2);
  writeString(to, span, 'traceState', 3);
  writeId(to, span, 'parentSpanId', 4);
  writeString(to, span, 'name', 5);
  writeEnum(to, span, 'kind', 6, KINDS);
  writeFixed64(to, span, 'startTimeUnixNano', 7);
  writeFixed64(to, span, 'endTimeUnixNano', 8);
  writeMessages(to, span, 'attributes', 9, writeKeyValue);
  writeUint32(to, span, 'droppedAttributesCount', 10);
  writeMessages(to, span, 'events', 11, writeEvent);
  writeUint32(to, span, 'droppedEventsCount', 12);
  writeMessages(to, span, 'links', 13, writeLink);
  writeUint32(to, span, 'droppedLinksCount', 14);
  at(to, span, 'status', (value) => writeMessage(to, 15, value, writeStatus));
  writeFixed32(to, span, 'flags', 16);
}

function writeEvent(to: Translation, event: JsonObject): void {
  writeFixed64(to, event, 'timeUnixNano', 1);
  writeString(to, event, 'name', 2);
  writeMessages(to, event, 'attributes', 3, writeKeyValue);
  writeUint32(to, event, 'droppedAttributesCount', 4);
}

function writeLink(to: Translation, link: JsonObject): void {
  writeId(to, link, 'traceId', 1);
  writeId(to, link, 'spanId', 2);
  writeString(to, link, 'traceState', 3);
  writeMessages(to, link, 'attributes', 4, writeKeyValue);
  writeUint32(to, link, 'droppedAttributesCount', 5);
  writeFixed32(to, link, 'flags', 6);
}

function writeStatus(to: Translation, status: JsonObject): void {
  writeString(to, status, 'message', 2);
  writeEnum(to, status, 'code', 3, STATUS_CODES);
}

function writeKeyValue(to: Translation, pair: JsonObject): void {
  writeString(to, pair, 'key', 1);
  at(to, pair, 'value', (value) => writeMessage(to, 2, value, writeAnyValue));
}

/** Members are written in the order of the text, so that of two the last one wins, as in protobuf. */
function writeAnyValue(to: Translation, any: JsonObject): void {
  for (const name of Object.keys(any)) {
    const value = any[name];
    if (value !== null) {
      to.path.push(name);
      writeMember(to, name, value);
      to.path.pop();
    }
  }
}

function writeMember(to: Translation, name: string, value: unknown): void {
  const { writer } = to;
  switch (name) {
    case 'stringValue':
    case 'string_value':
      writer.string(1, typeof value === 'string' ? value : refuse(to, value, 'a string'));
      return;
    case 'boolValue':
    case 'bool_value':
      writer.bool(2, typeof value === 'boolean' ? value : refuse(to, value, 'true or false'));
      return;
    case 'intValue':
    case 'int_value':
      writeInt(to, value);
      return;
    case 'doubleValue':
    case 'double_value':
      writer.double(4, doubleOf(to, value));
      return;
    case 'arrayValue':
    case 'array_value':
      writeMessage(to, 5, value, writeArray);
      return;
    case 'kvlistValue':
    case 'kvlist_value':
      writeMessage(to, 6, value, writeKeyValues);
      return;
    case 'bytesValue':
    case 'bytes_value':
      writer.bytes(7, bytesOf(to, value));
      return;
  }
}

function writeInt(to: Translation, value: unknown): void {
  const number = intOf(to, value);
  if (typeof number === 'bigint') {
    to.writer.varint64(3, number);
  } else {
    to.writer.double(4, number);
  }
}

function writeArray(to: Translation, array: JsonObject): void {
  writeMessages(to, array, 'values', 1, writeAnyValue);
}

function writeKeyValues(to: Translation, list: JsonObject): void {
  writeMessages(to, list, 'values', 1, writeKeyValue);
}

function bytesOf(to: Translation, value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  return bytes ?? refuse(to, value, 'base64');
}
