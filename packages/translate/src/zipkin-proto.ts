/**
 * Zipkin's protobuf list of spans → OTLP bytes.
 *
 * Never knows: HTTP.
 * https://github.com/openzipkin/zipkin-api/blob/master/zipkin.proto
 */

import { bytesToHex, createReader, type Reader, WireError } from '@clew/wire';
import { createOtlpGroups } from './otlp-groups.ts';
import { TranslateError } from './translate-error.ts';
import { ANNOTATIONS_MAX } from './zipkin-fields.ts';
import type { ZipkinAnnotation, ZipkinEndpoint, ZipkinSpan } from './zipkin-model.ts';
import { createZipkinWriter } from './zipkin-span.ts';

const KINDS: readonly string[] = ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

/**
 * @param isDebug the request says so for all its spans (`X-B3-Flags: 1`).
 * @throws TranslateError when the bytes are no `ListOfSpans`.
 */
export function zipkinProtoToOtlp(
  body: Uint8Array,
  arrivedMs: number,
  isDebug: boolean,
): Uint8Array {
  const groups = createOtlpGroups(body.length);
  const writer = createZipkinWriter(groups, arrivedMs);
  try {
    let place = 0;
    for (const list = createReader(body); list.next(); ) {
      if (list.field !== 1) continue;
      const path = `spans[${place}]`;
      writer.write(readSpan(list.message(), isDebug), () => path);
      place += 1;
    }
  } catch (error) {
    if (error instanceof WireError) throw new TranslateError('', error.message, { cause: error });
    throw error;
  }
  return groups.finish();
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function readSpan(reader: Reader, isDebug: boolean): ZipkinSpan {
  let pieces = 0;
  const tags: Record<string, string> = Object.create(null);
  const annotations: ZipkinAnnotation[] = [];
  const span: Mutable<ZipkinSpan> = { tags, annotations, debug: isDebug };
  while (reader.next()) {
    pieces += 1;
    if (pieces > ANNOTATIONS_MAX) {
      throw new TranslateError('', `found a span of more than ${ANNOTATIONS_MAX} fields`);
    }
    switch (reader.field) {
      case 1:
        span.traceId = bytesToHex(reader.bytes());
        break;
      case 2:
        span.parentId = bytesToHex(reader.bytes());
        break;
      case 3:
        span.id = bytesToHex(reader.bytes());
        break;
      case 4:
        span.kind = KINDS[reader.uint32()] ?? '';
        break;
      case 5:
        span.name = reader.string();
        break;
      case 6:
        span.timestamp = microsecondsOf(reader.fixed64());
        break;
      case 7:
        span.duration = microsecondsOf(reader.uint64());
        break;
      case 8:
        span.localEndpoint = readEndpoint(reader.message());
        break;
      case 9:
        span.remoteEndpoint = readEndpoint(reader.message());
        break;
      case 10:
        annotations.push(readAnnotation(reader.message()));
        break;
      case 11:
        readTag(reader.message(), tags);
        break;
      case 12:
        span.debug = reader.bool() || isDebug;
        break;
      case 13:
        span.shared = reader.bool();
        break;
    }
  }
  return span;
}

/** Exact up to 2⁵³, which is in the year 2255; what is beyond is held there. */
function microsecondsOf(us: bigint): number {
  return Math.min(Number(us), Number.MAX_SAFE_INTEGER);
}

function readEndpoint(reader: Reader): ZipkinEndpoint {
  const endpoint: Mutable<ZipkinEndpoint> = {};
  while (reader.next()) {
    if (reader.field === 1) endpoint.serviceName = reader.string();
    if (reader.field === 2) endpoint.ipv4 = ipv4Text(reader.bytes());
    if (reader.field === 3) endpoint.ipv6 = ipv6Text(reader.bytes());
    if (reader.field === 4) endpoint.port = Math.max(0, reader.uint32() | 0);
  }
  return endpoint;
}

function readAnnotation(reader: Reader): ZipkinAnnotation {
  const annotation: Mutable<ZipkinAnnotation> = {};
  while (reader.next()) {
    if (reader.field === 1) annotation.timestamp = microsecondsOf(reader.fixed64());
    if (reader.field === 2) annotation.value = reader.string();
  }
  return annotation;
}

function readTag(reader: Reader, tags: Record<string, string>): void {
  let key = '';
  let value = '';
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    if (reader.field === 2) value = reader.string();
  }
  tags[key] = value;
}

/** Four bytes as text; empty when they are not four. */
export function ipv4Text(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : '';
}

/** Sixteen bytes as text, the longest run of zeros shortened (RFC 5952); empty when they are not sixteen. */
export function ipv6Text(bytes: Uint8Array): string {
  if (bytes.length !== 16) return '';
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16),
  );
  const text = groups.join(':');
  const runs = text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}
