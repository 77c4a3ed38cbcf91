/**
 * Cuts a request into requests of a few kilobytes, so that what is slow with a whole batch can be done
 * in several turns of the loop. Never knows: what is done with them.
 *
 * Reads only what `SpanBin` writes: every field is a length and bytes, and has a tag of one byte.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */

import { SpanBytes } from '../batch/span-bytes.ts';

/** Some thirty usual spans: a third of a millisecond for the making of JSON. */
export const SLICE_BYTES = 12 * 1024;

/** Field 1 of a request is a `ResourceSpans`. */
const REQUEST = 0x0a;
/** Field 2 of a `ResourceSpans` is a `ScopeSpans`, and field 2 of that is a span. */
const INNER = 0x12;

interface Field {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * `ExportTraceServiceRequest`s that hold together what `body` holds, in its order: each a run of spans
 * of one scope that ends with the span that makes it `bytes` long or longer.
 */
export function* slicesOf(body: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (const { content } of fieldsOf(body)) {
    const [about, scopes] = parted(content);
    for (const scope of scopes) {
      const [aboutScope, spans] = parted(scope.content);
      const wrap = (run: readonly Uint8Array[]) =>
        message(REQUEST, [...about, message(INNER, [...aboutScope, ...run])]);
      yield* runsOf(spans, bytes, wrap);
    }
  }
}

function* runsOf(
  spans: readonly Field[],
  bytes: number,
  wrap: (run: readonly Uint8Array[]) => Uint8Array,
): Generator<Uint8Array> {
  let run: Uint8Array[] = [];
  let size = 0;
  for (const { whole } of spans) {
    run.push(whole);
    size += whole.length;
    if (size < bytes) continue;
    yield wrap(run);
    run = [];
    size = 0;
  }
  if (run.length > 0) yield wrap(run);
}

/** What is said once of a message, and the messages inside of it. */
function parted(content: Uint8Array): [Uint8Array[], Field[]] {
  const about: Uint8Array[] = [];
  const inner: Field[] = [];
  for (const field of fieldsOf(content)) {
    if (field.tag === INNER) inner.push(field);
    else about.push(field.whole);
  }
  return [about, inner];
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const tag = bytes[at++]!;
    let size = 0;
    let unit = 1;
    for (; bytes[at]! > 127; at += 1) {
      size += (bytes[at]! & 127) * unit;
      unit *= 128;
    }
    size += bytes[at++]! * unit;
    const from = at;
    at += size;
    yield { tag, whole: bytes.subarray(start, at), content: bytes.subarray(from, at) };
  }
}

function message(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const head = new SpanBytes(16);
  head.byte(tag);
  head.varint(parts.reduce((size, part) => size + part.length, 0));
  return Buffer.concat([head.bytes.subarray(0, head.at), ...parts]);
}
