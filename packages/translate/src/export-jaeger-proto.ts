/**
 * OTLP bytes → spans as Jaeger's model has them in protobuf, one message each with its process, as Jaeger's own
 * components exchange them over Kafka. The same tags as the JSON form has (export-jaeger.ts), with times to the nanosecond.
 *
 * Never knows: where they are sent.
 * https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto
 */
import { createWriter, hexToBytes, type Writer } from '@clew/wire';
import {
  logOf,
  processFields,
  type Reference,
  referencesOf,
  type Tag,
  tagsOf,
} from './export-jaeger.ts';
import { type Exported, exportedSpans } from './export-otlp.ts';

/** A span of Jaeger's model in one of its forms. */
export interface JaegerSpanIn<Form> {
  /** Hex as Jaeger writes it: 32 digits, or 16 where the upper half is zeros. */
  readonly traceId: string;
  readonly value: Form;
}

/** In order of appearance. @throws WireError when the bytes are no OTLP. */
export function* jaegerSpans(otlp: Uint8Array): Generator<JaegerSpanIn<Uint8Array>> {
  for (const exported of exportedSpans(otlp)) {
    const writer = createWriter();
    writeSpan(writer, exported);
    yield { traceId: jaegerTraceId(exported), value: writer.finish() };
  }
}

export function jaegerTraceId({ span: { traceId = '' } }: Exported): string {
  return traceId.replace(/^0{16}/, '');
}

function writeSpan(writer: Writer, { span, scope, resource }: Exported): void {
  const startNs = BigInt(span.startTimeUnixNano ?? 0);
  const endNs = BigInt(span.endTimeUnixNano ?? 0);
  writeId(writer, 1, span.traceId);
  writeId(writer, 2, span.spanId);
  writer.string(3, span.name ?? '');
  for (const reference of referencesOf(span)) writeReference(writer, reference);
  if (span.flags) writer.varint(5, span.flags);
  writeNanoseconds(writer, 6, startNs);
  writeNanoseconds(writer, 7, endNs > startNs ? endNs - startNs : 0n);
  for (const tag of tagsOf(span, scope)) writeTag(writer, 8, tag);
  for (const event of span.events ?? []) {
    const log = writer.begin(9);
    writeNanoseconds(writer, 1, BigInt(event.timeUnixNano ?? 0));
    for (const field of logOf(event).fields) writeTag(writer, 2, field);
    writer.end(log);
  }
  const { serviceName, tags } = processFields(resource);
  const process = writer.begin(10);
  writer.string(1, serviceName);
  for (const tag of tags) writeTag(writer, 2, tag);
  writer.end(process);
}

/** `CHILD_OF` is 0, which is left out. */
function writeReference(writer: Writer, { traceID, spanID, refType }: Reference): void {
  const reference = writer.begin(4);
  writeId(writer, 1, traceID);
  writeId(writer, 2, spanID);
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

const valueTypes = { string: 0, bool: 1, int64: 2, float64: 3 } as const;

function writeTag(writer: Writer, field: number, { key, type, value }: Tag): void {
  const tag = writer.begin(field);
  writer.string(1, key);
  if (type !== 'string') writer.varint(2, valueTypes[type]);
  if (typeof value === 'string') writer.string(3, value);
  else if (typeof value === 'boolean') writer.bool(4, value);
  else if (type === 'int64') writer.varint64(5, BigInt(value));
  else writer.double(6, value);
  writer.end(tag);
}

function writeId(writer: Writer, field: number, hex = ''): void {
  const bytes = hexToBytes(hex);
  if (bytes !== undefined) writer.bytes(field, bytes);
}
