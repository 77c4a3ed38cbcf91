/**
 * Zipkin's Thrift list of spans of the first version → OTLP bytes.
 *
 * Never knows: HTTP.
 * https://github.com/openzipkin/zipkin-api/blob/master/thrift/zipkinCore.thrift
 */

import { bytesToText } from '@clew/wire';
import { toBase64 } from './base64.ts';
import { numberOf } from './microseconds.ts';
import { createOtlpGroups } from './otlp-groups.ts';
import { createBinaryReader } from './thrift-binary.ts';
import { BINARY, BOOL, I16, I32, I64, LIST, STRUCT, type ThriftReader } from './thrift-reader.ts';
import { ANNOTATIONS_MAX, type JsonObject } from './zipkin-fields.ts';
import { ipv4Text, ipv6Text } from './zipkin-proto.ts';
import { createZipkinWriter } from './zipkin-span.ts';
import { spansOfV1 } from './zipkin-v1.ts';

/** @throws TranslateError when the bytes are no list of spans in the binary encoding. */
export function zipkinThriftToOtlp(body: Uint8Array, arrivedMs: number): Uint8Array {
  if (body.length === 0) return body;
  const reader = createBinaryReader(body);
  const groups = createOtlpGroups(body.length);
  const writer = createZipkinWriter(groups, arrivedMs);
  // A bare list: it is read as if it were the value of a field.
  reader.fieldType = LIST;
  const size = reader.structs();
  for (let place = 0; place < size; place += 1) {
    const path = () => `[${place}]`;
    for (const span of spansOfV1(readSpan(reader), path)) writer.write(span, path);
  }
  return groups.finish();
}

type Members = Record<string, unknown>;

function readStruct(reader: ThriftReader, readField: (members: Members) => void): JsonObject {
  const members: Members = {};
  const outer = reader.beginStruct();
  while (reader.field()) readField(members);
  reader.endStruct(outer);
  return members;
}

function readSpan(reader: ThriftReader): JsonObject {
  let high = '';
  let low = '';
  const span = readStruct(reader, (members) => {
    switch (reader.fieldId) {
      case 1:
        low = readId(reader);
        return;
      case 3:
        if (reader.is(BINARY)) members['name'] = reader.text();
        return;
      case 4:
        members['id'] = readId(reader);
        return;
      case 5:
        members['parentId'] = readId(reader);
        return;
      case 6:
        members['annotations'] = readList(reader, readAnnotation);
        return;
      case 8:
        members['binaryAnnotations'] = readList(reader, readBinaryAnnotation);
        return;
      case 9:
        if (reader.is(BOOL)) members['debug'] = reader.bool();
        return;
      case 10:
        members['timestamp'] = readTime(reader);
        return;
      case 11:
        members['duration'] = readTime(reader);
        return;
      case 12:
        high = readId(reader);
        return;
      default:
        reader.skip(reader.fieldType);
    }
  });
  const parentId = /^0*$/.test(String(span['parentId'] ?? '')) ? undefined : span['parentId'];
  return { ...span, parentId, traceId: high + low };
}

/** An annotation may take one byte in the body, and a hundred in memory. */
function readList<T>(reader: ThriftReader, read: (reader: ThriftReader) => T): T[] {
  const list: T[] = [];
  const size = reader.structs();
  if (size > ANNOTATIONS_MAX) reader.refuse(`${size} annotations in one span`);
  for (let left = size; left > 0; left -= 1) list.push(read(reader));
  return list;
}

function readAnnotation(reader: ThriftReader): JsonObject {
  return readStruct(reader, (members) => {
    if (reader.fieldId === 1) members['timestamp'] = readTime(reader);
    else if (reader.fieldId === 2 && reader.is(BINARY)) members['value'] = reader.text();
    else if (reader.fieldId === 3 && reader.is(STRUCT)) members['endpoint'] = readEndpoint(reader);
    else if (reader.fieldId > 3 || reader.fieldId < 1) reader.skip(reader.fieldType);
  });
}

function readBinaryAnnotation(reader: ThriftReader): JsonObject {
  let type = STRING;
  let value: Uint8Array = new Uint8Array(0);
  const members = readStruct(reader, (found) => {
    if (reader.fieldId === 1 && reader.is(BINARY)) {
      found['key'] = reader.text();
    } else if (reader.fieldId === 2 && reader.is(BINARY)) {
      reader.binary();
      value = reader.source.subarray(reader.bytesAt, reader.bytesEnd);
    } else if (reader.fieldId === 3 && reader.is(I32)) {
      type = reader.i32();
    } else if (reader.fieldId === 4 && reader.is(STRUCT)) {
      found['endpoint'] = readEndpoint(reader);
    } else if (reader.fieldId > 4 || reader.fieldId < 1) {
      reader.skip(reader.fieldType);
    }
  });
  return { ...members, value: valueText(type, value) };
}

const STRING = 6;
/** Bytes of each type of number, by zipkinCore.thrift's AnnotationType: bool, bytes, i16, i32, i64, double. */
const WIDTHS: readonly number[] = [1, 0, 2, 4, 8, 8];

/** Numbers are big-endian; what has not the width of its type is shown as its bytes. */
function valueText(type: number, value: Uint8Array): string {
  if (type === STRING) return bytesToText(value);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  if (value.length !== WIDTHS[type]) return toBase64(value);
  switch (type) {
    case 0:
      return String(value[0] !== 0);
    case 2:
      return String(view.getInt16(0));
    case 3:
      return String(view.getInt32(0));
    case 4:
      return String(view.getBigInt64(0));
    case 5:
      return String(view.getFloat64(0));
    default:
      return toBase64(value);
  }
}

function readEndpoint(reader: ThriftReader): JsonObject {
  return readStruct(reader, (members) => {
    switch (reader.fieldId) {
      case 1:
        if (reader.is(I32)) members['ipv4'] = ipv4Of(reader.i32());
        return;
      case 2:
        if (reader.is(I16)) members['port'] = reader.i16() & 0xffff;
        return;
      case 3:
        if (reader.is(BINARY)) members['serviceName'] = reader.text();
        return;
      case 4:
        if (!reader.is(BINARY)) return;
        reader.binary();
        members['ipv6'] = ipv6Text(reader.source.subarray(reader.bytesAt, reader.bytesEnd));
        return;
      default:
        reader.skip(reader.fieldType);
    }
  });
}

/** No address is written as 0. */
function ipv4Of(word: number): string {
  if (word === 0) return '';
  return ipv4Text(Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word));
}

/** An i64 as 16 hex digits. */
function readId(reader: ThriftReader): string {
  if (!reader.is(I64)) return '';
  reader.i64();
  return hexOf(reader.high) + hexOf(reader.low);
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

function readTime(reader: ThriftReader): number {
  if (!reader.is(I64)) return 0;
  reader.i64();
  return Math.min(Math.max(0, numberOf(reader.high, reader.low)), Number.MAX_SAFE_INTEGER);
}
