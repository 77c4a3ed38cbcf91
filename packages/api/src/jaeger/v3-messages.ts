/**
 * Messages of `jaeger.api_v3.QueryService` ↔ bytes.
 * https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto
 *
 * Never knows: gRPC, or how anything is answered.
 */
import type { Dependency, TraceHit } from '@clew/query';
import { createWriter, type Reader, type Writer } from '@clew/wire';
import { readEntry, readFields } from '../grpc/fields.ts';
import { type JaegerOperation, summaryShape } from './shape.ts';

/** Zero is what was not given; times and durations are nanoseconds. */
export type V3Search = {
  service: string;
  operation: string;
  attributes: Map<string, string>;
  fromNs: bigint;
  toNs: bigint;
  minNs: bigint;
  maxNs: bigint;
  depth: number;
  hasFilter: boolean;
};

/** Of FindTraces and FindTraceSummaries. */
export function readSearch(bytes: Uint8Array): V3Search {
  const asked: V3Search = {
    service: '',
    operation: '',
    attributes: new Map(),
    fromNs: 0n,
    toNs: 0n,
    minNs: 0n,
    maxNs: 0n,
    depth: 0,
    hasFilter: false,
  };
  return readFields(bytes, asked, { 1: (reader) => readParameters(reader.bytes(), asked) });
}

function readParameters(bytes: Uint8Array, asked: V3Search): void {
  readFields(bytes, asked, {
    1: (reader) => (asked.service = reader.string()),
    2: (reader) => (asked.operation = reader.string()),
    3: (reader) => asked.attributes.set(...readEntry(reader.message())),
    4: (reader) => (asked.fromNs = readSeconds(reader.message())),
    5: (reader) => (asked.toNs = readSeconds(reader.message())),
    6: (reader) => (asked.minNs = readSeconds(reader.message())),
    7: (reader) => (asked.maxNs = readSeconds(reader.message())),
    8: (reader) => (asked.depth = reader.uint32() | 0),
    10: () => (asked.hasFilter = true),
  });
}

export function readTraceRequest(bytes: Uint8Array): { traceId: string } {
  const asked = { traceId: '' };
  return readFields(bytes, asked, { 1: (reader) => (asked.traceId = reader.string()) });
}

export function readOperationsRequest(bytes: Uint8Array): { service: string; kind: string } {
  const asked = { service: '', kind: '' };
  return readFields(bytes, asked, {
    1: (reader) => (asked.service = reader.string()),
    2: (reader) => (asked.kind = reader.string()),
  });
}

export function readDependenciesRequest(bytes: Uint8Array): { fromNs: bigint; toNs: bigint } {
  const asked = { fromNs: 0n, toNs: 0n };
  return readFields(bytes, asked, {
    1: (reader) => (asked.fromNs = readSeconds(reader.message())),
    2: (reader) => (asked.toNs = readSeconds(reader.message())),
  });
}

/** A Timestamp or a Duration: whole seconds and nanoseconds. */
function readSeconds(reader: Reader): bigint {
  let ns = 0n;
  while (reader.next()) {
    if (reader.field === 1) ns += reader.int64() * 1_000_000_000n;
    if (reader.field === 2) ns += BigInt(reader.uint32());
  }
  return ns;
}

export function servicesResponse(services: readonly string[]): Uint8Array {
  return bytesOf((writer) => {
    for (const service of services) writer.string(1, service);
  });
}

export function operationsResponse(operations: readonly JaegerOperation[]): Uint8Array {
  return bytesOf((writer) => {
    for (const { name, spanKind } of operations) {
      message(writer, 1, () => {
        writer.string(1, name);
        writer.string(2, spanKind);
      });
    }
  });
}

export function dependenciesResponse(dependencies: readonly Dependency[]): Uint8Array {
  return bytesOf((writer) => {
    for (const { parent, child, calls } of dependencies) {
      message(writer, 1, () => {
        writer.string(1, parent);
        writer.string(2, child);
        writer.varint64(3, BigInt(calls));
      });
    }
  });
}

export function summariesResponse(hits: readonly TraceHit[]): Uint8Array {
  return bytesOf((writer) => {
    for (const hit of hits) message(writer, 1, () => writeSummary(writer, hit));
  });
}

function writeSummary(writer: Writer, hit: TraceHit): void {
  const shape = summaryShape(hit);
  writer.string(1, shape.traceId);
  writer.string(2, shape.rootServiceName);
  writer.string(3, shape.rootOperationName);
  writer.fixed64(4, BigInt(shape.minStartTimeUnixNano));
  writer.fixed64(5, BigInt(shape.maxEndTimeUnixNano));
  writer.varint(6, shape.spanCount);
  writer.varint(7, shape.errorSpanCount);
  for (const { name, spanCount, errorSpanCount } of shape.services) {
    message(writer, 9, () => {
      writer.string(1, name);
      writer.varint(2, spanCount);
      writer.varint(3, errorSpanCount);
    });
  }
}

function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = createWriter();
  write(writer);
  return writer.finish();
}

function message(writer: Writer, field: number, write: () => void): void {
  const mark = writer.begin(field);
  write();
  writer.end(mark);
}
