/**
 * One span of Jaeger in protobuf's JSON form, as Jaeger's collector writes it to Kafka with encoding `json`, → the same
 * span as protobuf, which `jaeger-proto.ts` reads in a batch.
 *
 * Ids are base64, 64-bit numbers texts, times RFC 3339, durations seconds with an `s`. Never knows: OTLP, Kafka.
 * https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto
 */
import { createWriter, type Writer } from '@clew/wire';
import { fromBase64 } from './base64.ts';
import type { JsonObject } from './json-fields.ts';
import { parseJson } from './json-text.ts';
import { shown, TranslateError } from './translate-error.ts';

/** @throws TranslateError that says what was found for whatever is no such span. */
export function jaegerSpanOfJson(message: Uint8Array): Uint8Array {
  const span = table(parseJson(message), 'the message');
  const writer = createWriter();
  writer.bytes(1, base64(span['traceId'], 'traceId'));
  writer.bytes(2, base64(span['spanId'], 'spanId'));
  writer.string(3, text(span['operationName'], 'operationName'));
  for (const one of list(span['references'], 'references')) {
    const reference = table(one, 'a reference');
    nested(writer, 4, () => {
      writer.bytes(1, base64(reference['traceId'], 'traceId of a reference'));
      writer.bytes(2, base64(reference['spanId'], 'spanId of a reference'));
      writer.varint(3, numberOf(reference['refType'], REF_TYPES, 'refType'));
    });
  }
  if (span['flags'] !== undefined) writer.varint64(5, integer(span['flags'], 'flags'));
  writeTime(writer, 6, span['startTime'], 'startTime');
  writeDuration(writer, 7, span['duration']);
  writeTags(writer, 8, span['tags']);
  for (const one of list(span['logs'], 'logs')) {
    const log = table(one, 'a log');
    nested(writer, 9, () => {
      writeTime(writer, 1, log['timestamp'], 'timestamp of a log');
      writeTags(writer, 2, log['fields']);
    });
  }
  const process = table(span['process'] ?? {}, 'process');
  nested(writer, 10, () => {
    writer.string(1, text(process['serviceName'], 'serviceName'));
    writeTags(writer, 2, process['tags']);
  });
  for (const warning of list(span['warnings'], 'warnings')) {
    writer.string(12, text(warning, 'a warning'));
  }
  return writer.finish();
}

const REF_TYPES: readonly string[] = ['CHILD_OF', 'FOLLOWS_FROM'];
const VALUE_TYPES: readonly string[] = ['STRING', 'BOOL', 'INT64', 'FLOAT64', 'BINARY'];

function writeTags(writer: Writer, field: number, tags: unknown): void {
  for (const one of list(tags, 'tags')) {
    const tag = table(one, 'a tag');
    nested(writer, field, () => {
      const type = numberOf(tag['vType'], VALUE_TYPES, 'vType');
      writer.string(1, text(tag['key'], 'key of a tag'));
      writer.varint(2, type);
      writeValue(writer, type, tag);
    });
  }
}

/** A value that is absent is the zero of its type: protobuf's JSON leaves zeros out. */
function writeValue(writer: Writer, type: number, tag: JsonObject): void {
  switch (VALUE_TYPES[type]) {
    case 'BOOL':
      writer.bool(4, tag['vBool'] === true);
      break;
    case 'INT64':
      writer.varint64(5, integer(tag['vInt64'] ?? 0, 'vInt64'));
      break;
    case 'FLOAT64':
      writer.double(6, Number(tag['vFloat64'] ?? 0));
      break;
    case 'BINARY':
      writer.bytes(7, base64(tag['vBinary'] ?? '', 'vBinary'));
      break;
    default:
      writer.string(3, text(tag['vStr'], 'vStr'));
  }
}

/** Seconds and nanoseconds of both a Timestamp and a Duration. */
function writeParts(writer: Writer, field: number, seconds: bigint, fraction: string): void {
  nested(writer, field, () => {
    writer.varint64(1, seconds);
    writer.varint(2, Number(fraction.padEnd(9, '0').slice(0, 9)));
  });
}

function writeTime(writer: Writer, field: number, value: unknown, name: string): void {
  if (value === undefined) return;
  const [, whole = '', fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(String(value)) ?? [];
  const ms = Date.parse(whole + zone);
  if (Number.isNaN(ms)) throw wrong(name, value, 'a time such as 2026-11-21T10:00:00.5Z');
  writeParts(writer, field, BigInt(ms / 1000), fraction);
}

function writeDuration(writer: Writer, field: number, value: unknown): void {
  if (value === undefined) return;
  const found = /^(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(String(value));
  if (found === null) throw wrong('duration', value, 'seconds such as 0.25s');
  writeParts(writer, field, BigInt(found[1] as string), found[2] ?? '');
}

function nested(writer: Writer, field: number, write: () => void): void {
  const mark = writer.begin(field);
  write();
  writer.end(mark);
}

function table(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw wrong(name, value, 'an object');
}

function list(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw wrong(name, value, 'a list');
}

function text(value: unknown, name: string): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  throw wrong(name, value, 'a text');
}

function base64(value: unknown, name: string): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  if (bytes === undefined) throw wrong(name, value, 'base64');
  return bytes;
}

function integer(value: unknown, name: string): bigint {
  const number = /^-?\d{1,20}$/.test(String(value)) ? BigInt(String(value)) : undefined;
  if (number !== undefined && BigInt.asIntN(64, number) === number) return number;
  throw wrong(name, value, 'a whole number of 64 bits');
}

/** An enum's number by its name; absent is the first, a number stands for itself. */
function numberOf(value: unknown, names: readonly string[], name: string): number {
  const at = typeof value === 'number' ? value : names.indexOf(String(value ?? names[0]));
  if (Number.isInteger(at) && at >= 0 && at < names.length) return at;
  throw wrong(name, value, `one of ${names.join(', ')}`);
}

function wrong(name: string, found: unknown, wanted: string): TranslateError {
  return new TranslateError(name, `found ${shown(found)}, wanted ${wanted}`);
}
