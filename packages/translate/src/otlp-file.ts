/**
 * Files of OTLP as the OpenTelemetry Collector's file exporter writes them → one request after the other.
 *
 * With `format: json` a request is a line; with `format: proto`, or with compression, each has its length before it in
 * four bytes, highest first. Such files grow, so what is not whole yet is left. Everything else (one document, one
 * message) has no end but the file's. Never knows: files, compression.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter
 */

import { otlpJsonToProtobuf } from './otlp-json.ts';

/** How the requests in a file are told apart; `whole` is one document, or packed as a whole. */
export type OtlpFileForm = 'lines' | 'frames' | 'whole';

/** A request in a file: its bytes, and where the next one begins. */
export interface FileUnit {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

const LINE_FEED = 0x0a;
const HEAD_BYTES = 4;

/**
 * By the first bytes; undefined when there are too few. A length of four bytes begins with zero for every request
 * under 16 MiB, which neither JSON nor protobuf nor an archive does.
 */
export function otlpFileForm(bytes: Uint8Array): OtlpFileForm | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  if (bytes[0] === 0) return 'frames';
  return isJson(bytes) ? 'lines' : 'whole';
}

/** The request that begins at `at`, as long as all of it is there; 'more' otherwise. */
export function nextUnit(
  bytes: Uint8Array,
  at: number,
  form: 'lines' | 'frames',
): FileUnit | 'more' {
  if (form === 'lines') {
    const end = bytes.indexOf(LINE_FEED, at);
    return end < 0 ? 'more' : { start: at, end, next: end + 1 };
  }
  const start = at + HEAD_BYTES;
  if (start > bytes.length) return 'more';
  const end = start + frameLength(bytes, at);
  return end > bytes.length ? 'more' : { start, end, next: end };
}

/** The length that stands before a frame. */
export function frameLength(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, HEAD_BYTES).getUint32(0);
}

/** OTLP bytes of a request in either encoding; nothing for a line without text. @throws TranslateError */
export function otlpOfUnit(unit: Uint8Array): Uint8Array {
  if (unit.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a)) {
    return new Uint8Array();
  }
  return isJson(unit) ? otlpJsonToProtobuf(unit) : unit;
}

const SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/** The first byte that is no space (or byte order mark) opens an object or a list. */
function isJson(bytes: Uint8Array): boolean {
  let at = BYTE_ORDER_MARK.every((byte, place) => bytes[place] === byte) ? 3 : 0;
  while (at < bytes.length && SPACES.includes(bytes[at]!)) at += 1;
  if (bytes[at] !== 0x7b && bytes[at] !== 0x5b) return false;
  // A protobuf message may begin with a line feed, and its length be a bracket: text goes on after it.
  const next = bytes[at + 1] ?? 0x22;
  return at === 0 || SPACES.includes(next) || next === 0x22 || next === 0x7b || next === 0x7d;
}
