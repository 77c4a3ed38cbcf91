/**
 * Jaeger's protobuf batches, as its gRPC collector takes them, → OTLP bytes.
 *
 * Never knows: gRPC.
 * https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto
 */

import { bytesToHex, createReader, type Reader, WireError } from '@clew/wire';
import { createProcess, type JaegerProcess } from './jaeger-process.ts';
import { JaegerSpan } from './jaeger-span.ts';
import {
  BINARY,
  BOOL,
  clearTag,
  createTag,
  DOUBLE,
  type JaegerTag,
  LONG,
  STRING,
} from './jaeger-tag.ts';
import { writeTextsAttribute } from './otlp-attributes.ts';
import { createOtlpGroups, type OtlpGroups } from './otlp-groups.ts';
import { TranslateError } from './translate-error.ts';

/** The protobuf form counts the types of tags in another order than jaeger.thrift. */
const TYPES: readonly number[] = [STRING, BOOL, LONG, DOUBLE, BINARY];

/** A server writes them, so a client sends none or what a server said. */
const WARNINGS_MAX = 64;

/** @throws TranslateError when the bytes are no `PostSpansRequest`. */
export function jaegerPostSpansToOtlp(message: Uint8Array): Uint8Array {
  const groups = createOtlpGroups(message.length);
  try {
    for (const request = createReader(message); request.next(); ) {
      if (request.field === 1) translateBatch(request.message(), groups);
    }
  } catch (error) {
    if (error instanceof WireError) throw new TranslateError('', error.message, { cause: error });
    throw error;
  }
  return groups.finish();
}

interface Batch {
  readonly groups: OtlpGroups;
  readonly process: JaegerProcess;
  readonly span: JaegerSpan;
  readonly tag: JaegerTag;
}

/** The process stands behind the spans, so it is looked for first. */
function translateBatch(batch: Reader, groups: OtlpGroups): void {
  const { source, start, end } = batch;
  const tag = createTag(source);
  const to: Batch = { groups, process: createProcess(), span: new JaegerSpan(), tag };
  for (const reader = createReader(source, start, end); reader.next(); ) {
    if (reader.field === 2) readProcess(reader.message(), to.process, tag);
  }
  // Every batch has a process of its own, even when two of a request look alike.
  const key = `${start}`;
  for (; batch.next(); ) {
    if (batch.field === 1) translateSpan(batch.message(), to, key);
  }
}

function readProcess(reader: Reader, process: JaegerProcess, tag: JaegerTag): void {
  while (reader.next()) {
    if (reader.field === 1) process.service(reader.string());
    if (reader.field === 2) process.tag(readTag(reader.message(), tag));
  }
}

function translateSpan(reader: Reader, batch: Batch, batchKey: string): void {
  const { span, tag, groups } = batch;
  let startNs = 0n;
  let durationNs = 0n;
  let process = batch.process;
  let key = batchKey;
  const warnings: string[] = [];
  span.begin();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        putId(span.traceId, reader.bytes());
        break;
      case 2:
        putId(span.spanId, reader.bytes());
        break;
      case 3:
        span.writer.bytes(5, reader.bytes());
        break;
      case 4:
        readReference(reader.message(), span);
        break;
      case 5:
        span.flags = reader.uint32();
        break;
      case 6:
        startNs = readNanoseconds(reader.message());
        break;
      case 7:
        durationNs = readNanoseconds(reader.message());
        break;
      case 8:
        span.tag(readTag(reader.message(), tag));
        break;
      case 9:
        readLog(reader.message(), span, tag);
        break;
      case 10:
        process = createProcess();
        readProcess(reader.message(), process, tag);
        key = bytesToHex(reader.bytes());
        break;
      case 12:
        if (warnings.length < WARNINGS_MAX) warnings.push(reader.string());
        break;
    }
  }
  if (warnings.length > 0) writeTextsAttribute(span.writer, 9, 'jaeger.warnings', warnings);
  writeNanoseconds(span, 7, startNs);
  writeNanoseconds(span, 8, startNs + durationNs);
  span.end(groups, key, process.write);
}

/** Left-padded: a trace id of 64 bits stands in the low half. What is too long stays an id that is none. */
function putId(into: Uint8Array, id: Uint8Array): void {
  into.fill(0);
  if (id.length <= into.length) into.set(id, into.length - id.length);
}

function readReference(reader: Reader, span: JaegerSpan): void {
  const traceId = new Uint8Array(16);
  const spanId = new Uint8Array(8);
  let type = 0;
  while (reader.next()) {
    if (reader.field === 1) putId(traceId, reader.bytes());
    if (reader.field === 2) putId(spanId, reader.bytes());
    if (reader.field === 3) type = reader.uint32();
  }
  span.reference({ type, traceId, spanId });
}

/** A google.protobuf Timestamp or Duration. */
function readNanoseconds(reader: Reader): bigint {
  let seconds = 0n;
  let nanos = 0n;
  while (reader.next()) {
    if (reader.field === 1) seconds = reader.int64();
    if (reader.field === 2) nanos = reader.int64();
  }
  return seconds * 1_000_000_000n + nanos;
}

const NS_MAX = 2n ** 64n - 1n;

/** What does not fit is held at the edge: the walk over the result moves and marks times that cannot be. */
function writeNanoseconds({ writer }: JaegerSpan, field: number, ns: bigint): void {
  if (ns > 0n) writer.fixed64(field, ns > NS_MAX ? NS_MAX : ns);
}

function readLog(reader: Reader, span: JaegerSpan, tag: JaegerTag): void {
  const { log } = span;
  log.begin();
  while (reader.next()) {
    if (reader.field === 1) writeNanoseconds(span, 1, readNanoseconds(reader.message()));
    if (reader.field === 2) log.field(readTag(reader.message(), tag));
  }
  log.end();
}

function readTag(reader: Reader, tag: JaegerTag): JaegerTag {
  clearTag(tag);
  while (reader.next()) readTagField(reader, tag);
  return tag;
}

function readTagField(reader: Reader, tag: JaegerTag): void {
  switch (reader.field) {
    case 1:
      reader.bytes();
      tag.keyAt = reader.valueAt;
      tag.keyEnd = reader.valueEnd;
      return;
    case 2:
      tag.type = TYPES[reader.uint32()] ?? STRING;
      return;
    case 3:
      reader.bytes();
      tag.textAt = reader.valueAt;
      tag.textEnd = reader.valueEnd;
      return;
    case 4:
      tag.bool = reader.bool();
      return;
    case 5: {
      const value = reader.uint64();
      tag.high = Number(value >> 32n) | 0;
      tag.low = Number(value & 0xffffffffn) | 0;
      return;
    }
    case 6:
      tag.double = reader.double();
      return;
    case 7:
      reader.bytes();
      tag.bytesAt = reader.valueAt;
      tag.bytesEnd = reader.valueEnd;
  }
}
