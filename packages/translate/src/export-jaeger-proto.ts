/**
 * OTLP bytes → spans as Jaeger's model has them in protobuf, one message each with its process, as Jaeger's own
 * components exchange them over Kafka. Read back by `jaeger-proto.ts`.
 *
 * Never knows: where they are sent.
 * https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto
 */
import { createWriter, hexToBytes, type Writer } from '@clew/wire';
import { fromBase64 } from './base64.ts';
import {
  type JaegerExportSpan,
  type JaegerReference,
  jaegerSpans,
  type Tag,
} from './export-jaeger-model.ts';

/** A span of Jaeger's model in one of its forms. */
export interface JaegerSpanIn<Form> {
  /** Hex as Jaeger writes it: 32 digits, or 16 where the upper half is zeros. */
  readonly traceId: string;
  readonly value: Form;
}

/** In order of appearance. @throws WireError when the bytes are no OTLP. */
export function* jaegerSpanMessages(otlp: Uint8Array): Generator<JaegerSpanIn<Uint8Array>> {
  for (const span of jaegerSpans(otlp)) {
    const writer = createWriter();
    writeSpan(writer, span);
    yield { traceId: shortTraceId(span), value: writer.finish() };
  }
}

export function shortTraceId({ traceId }: JaegerExportSpan): string {
  return traceId.replace(/^0{16}/, '');
}

function writeSpan(writer: Writer, span: JaegerExportSpan): void {
  writeId(writer, 1, span.traceId);
  writeId(writer, 2, span.spanId);
  writer.string(3, span.name);
  for (const reference of span.references) writeReference(writer, reference);
  if (span.flags !== 0) writer.varint(5, span.flags);
  writeNanoseconds(writer, 6, span.startNs);
  writeNanoseconds(writer, 7, span.durationNs);
  for (const tag of span.tags) writeTag(writer, 8, tag);
  for (const { timeNs, fields } of span.logs) {
    const log = writer.begin(9);
    writeNanoseconds(writer, 1, timeNs);
    for (const field of fields) writeTag(writer, 2, field);
    writer.end(log);
  }
  const process = writer.begin(10);
  writer.string(1, span.process.serviceName);
  for (const tag of span.process.tags) writeTag(writer, 2, tag);
  writer.end(process);
  for (const warning of span.warnings) writer.string(12, warning);
}

/** `CHILD_OF` is 0, which is left out. */
function writeReference(writer: Writer, { traceId, spanId, refType }: JaegerReference): void {
  const reference = writer.begin(4);
  writeId(writer, 1, traceId);
  writeId(writer, 2, spanId);
  if (refType === 'FOLLOWS_FROM') writer.varint(3, 1);
  writer.end(reference);
}

/** A Timestamp or a Duration. */
function writeNanoseconds(writer: Writer, field: number, ns: bigint): void {
  const time = writer.begin(field);
  writer.varint64(1, ns / 1_000_000_000n);
  writer.varint(2, Number(ns % 1_000_000_000n));
  writer.end(time);
}

const valueTypes = { string: 0, bool: 1, int64: 2, float64: 3, binary: 4 } as const;

function writeTag(writer: Writer, field: number, { key, type, value }: Tag): void {
  const tag = writer.begin(field);
  writer.string(1, key);
  if (type !== 'string') writer.varint(2, valueTypes[type]);
  if (type === 'bool') writer.bool(4, value === true);
  else if (type === 'int64') writer.varint64(5, BigInt(value));
  else if (type === 'float64') writer.double(6, Number(value));
  else if (type === 'binary') writer.bytes(7, fromBase64(String(value)) ?? NOTHING);
  else writer.string(3, String(value));
  writer.end(tag);
}

const NOTHING = new Uint8Array(0);

function writeId(writer: Writer, field: number, hex: string): void {
  const bytes = hexToBytes(hex);
  if (bytes !== undefined) writer.bytes(field, bytes);
}
