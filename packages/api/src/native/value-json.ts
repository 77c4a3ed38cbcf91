/**
 * Attribute values as text of OTLP/JSON: 64-bit integers as strings, bytes as base64, numbers that
 * JSON lacks as strings. https://protobuf.dev/programming-guides/json/
 *
 * Text is written directly because JSON.stringify loses −0 and NaN. Never knows: spans.
 */
import type { Attribute } from '@clew/query';
import { type AnyValue, decodeArray, decodeKeyValues, type KeyValue } from '@clew/wire/decode';

/** `[{"key":…,"value":{…}},…]` from stored attributes, whose nested values are still protobuf. */
export function attributesJson(attributes: readonly Attribute[]): string {
  const members = attributes.map((each) => keyValueJson({ key: each.key, value: treeOf(each) }));
  return `[${members.join(',')}]`;
}

/** A stored attribute's value as a tree. */
export function treeOf(attribute: Attribute): AnyValue {
  switch (attribute.type) {
    case 'int':
      return { type: 'int', value: BigInt(attribute.value) };
    case 'array':
    case 'kvlist':
    case 'bytes':
      return treeOfBytes(attribute.type, attribute.value);
    case 'empty':
      return { type: 'empty' };
    default:
      return attribute;
  }
}

function treeOfBytes(type: 'array' | 'kvlist' | 'bytes', bytes: Uint8Array): AnyValue {
  switch (type) {
    case 'array':
      return { type, value: decodeArray(bytes) };
    case 'kvlist':
      return { type, value: decodeKeyValues(bytes) };
    case 'bytes':
      return { type, value: bytes };
  }
}

function keyValueJson({ key, value }: KeyValue): string {
  return `{"key":${JSON.stringify(key)},"value":${valueJson(value)}}`;
}

/** `{"stringValue":"a"}`; an AnyValue without a member is `{}`. */
export function valueJson(value: AnyValue): string {
  switch (value.type) {
    case 'string':
      return `{"stringValue":${JSON.stringify(value.value)}}`;
    case 'bool':
      return `{"boolValue":${value.value}}`;
    case 'int':
      return `{"intValue":"${value.value}"}`;
    case 'double':
      return `{"doubleValue":${doubleJson(value.value)}}`;
    case 'bytes':
      return `{"bytesValue":"${base64(value.value)}"}`;
    case 'array':
      return `{"arrayValue":{"values":[${value.value.map(valueJson).join(',')}]}}`;
    case 'kvlist':
      return `{"kvlistValue":{"values":[${value.value.map(keyValueJson).join(',')}]}}`;
    case 'empty':
      return '{}';
  }
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** NaN and the infinities are strings, as protobuf's JSON has them; −0 keeps its sign. */
function doubleJson(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}
