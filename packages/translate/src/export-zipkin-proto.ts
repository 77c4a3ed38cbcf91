/**
 * OTLP bytes → Zipkin's spans in protobuf: the same as its JSON (`export-zipkin.ts`), in fewer bytes.
 *
 * Never knows: where they are sent.
 * https://github.com/openzipkin/zipkin-api/blob/master/zipkin.proto
 */

import { createWriter, hexToBytes, type Writer } from '@clew/wire';
import { type ZipkinExportEndpoint, type ZipkinExportSpan, zipkinSpans } from './export-zipkin.ts';
import { ipv4Bytes, ipv6Bytes } from './ip-bytes.ts';

/**
 * Each span as a `ListOfSpans` of its own, in order of appearance; lists laid one behind the other are one list.
 *
 * @throws WireError when the bytes are no OTLP.
 */
export function* zipkinSpanLists(otlp: Uint8Array): Generator<Uint8Array> {
  for (const span of zipkinSpans(otlp)) {
    const writer = createWriter();
    const mark = writer.begin(1);
    writeSpan(writer, span);
    writer.end(mark);
    yield writer.finish();
  }
}

const KINDS = ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

function writeSpan(writer: Writer, span: ZipkinExportSpan): void {
  writeId(writer, 1, span.traceId);
  if (span.parentId !== undefined) writeId(writer, 2, span.parentId);
  writeId(writer, 3, span.id);
  if (span.kind !== undefined) writer.varint(4, KINDS.indexOf(span.kind));
  writer.string(5, span.name);
  writer.fixed64(6, BigInt(span.timestamp));
  writer.varint(7, span.duration);
  writeEndpoint(writer, 8, span.localEndpoint);
  if (span.remoteEndpoint !== undefined) writeEndpoint(writer, 9, span.remoteEndpoint);
  for (const { timestamp, value } of span.annotations ?? []) {
    const annotation = writer.begin(10);
    writer.fixed64(1, BigInt(timestamp));
    writer.string(2, value);
    writer.end(annotation);
  }
  for (const [key, value] of Object.entries(span.tags)) {
    const tag = writer.begin(11);
    writer.string(1, key);
    writer.string(2, value);
    writer.end(tag);
  }
  if (span.debug === true) writer.bool(12, true);
  if (span.shared === true) writer.bool(13, true);
}

function writeEndpoint(
  writer: Writer,
  field: number,
  { serviceName, ipv4, ipv6, port }: ZipkinExportEndpoint,
): void {
  const endpoint = writer.begin(field);
  if (serviceName !== undefined) writer.string(1, serviceName);
  writeBytes(writer, 2, ipv4Bytes(ipv4 ?? ''));
  writeBytes(writer, 3, ipv6Bytes(ipv6 ?? ''));
  if (port !== undefined) writer.varint(4, port);
  writer.end(endpoint);
}

function writeId(writer: Writer, field: number, hex: string): void {
  writeBytes(writer, field, hexToBytes(hex));
}

function writeBytes(writer: Writer, field: number, bytes: Uint8Array | undefined): void {
  if (bytes !== undefined) writer.bytes(field, bytes);
}
