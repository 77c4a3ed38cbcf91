/**
 * Zipkin's JSON, both versions, → OTLP bytes.
 *
 * Parsed by the runtime, whose parser does not recurse; only members that Zipkin has are looked at, so depth and
 * strange names cost nothing. Never knows: HTTP.
 */

import { createOtlpGroups } from './otlp-groups.ts';
import { TranslateError } from './translate-error.ts';
import { objectOf } from './zipkin-fields.ts';
import { createZipkinWriter } from './zipkin-span.ts';
import { spansOfV1 } from './zipkin-v1.ts';

declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean });
  decode(bytes: Uint8Array): string;
}

/** @throws TranslateError in the words of Zipkin's own server when the body is no list of such spans. */
export function zipkinJsonToOtlp(body: Uint8Array, arrivedMs: number): Uint8Array {
  if (body.length === 0) return body;
  const spans = parseList(body, 'JSON_V2');
  if (spans.some(isV1)) {
    throw new TranslateError('', 'Expected a JSON_V2 encoded list, but received: JSON_V1');
  }
  const groups = createOtlpGroups(body.length);
  const writer = createZipkinWriter(groups, arrivedMs);
  for (let i = 0; i < spans.length; i += 1) writer.write(spanAt(spans, i), () => `[${i}]`);
  return groups.finish();
}

/** The same for the first version. A span that both sides of a call report in one becomes two. */
export function zipkinV1JsonToOtlp(body: Uint8Array, arrivedMs: number): Uint8Array {
  if (body.length === 0) return body;
  const spans = parseList(body, 'JSON_V1');
  if (spans.some(isV2)) {
    throw new TranslateError('', 'Expected a JSON_V1 encoded list, but received: JSON_V2');
  }
  const groups = createOtlpGroups(body.length);
  const writer = createZipkinWriter(groups, arrivedMs);
  for (let i = 0; i < spans.length; i += 1) {
    const path = () => `[${i}]`;
    for (const span of spansOfV1(spanAt(spans, i), path)) writer.write(span, path);
  }
  return groups.finish();
}

/** What is parsed takes up to 60 bytes for each of these; a real body has one in twenty characters or fewer. */
const TOKENS_MAX = 4_000_000;
/** Shorter bodies cannot hold that many. */
const COUNTED_BYTES_MIN = TOKENS_MAX;

/** Refuses bodies that are small on the wire and huge once parsed, such as `[{},{},{},…`. */
function checkTokens(body: Uint8Array): void {
  if (body.length < COUNTED_BYTES_MIN) return;
  let tokens = 0;
  for (const byte of body) {
    // ',' ':' '[' '{'
    if (byte === 0x2c || byte === 0x3a || (byte & 0xdf) === 0x5b) tokens += 1;
  }
  if (tokens > TOKENS_MAX) {
    throw new TranslateError('', `found more than ${TOKENS_MAX} values, wanted smaller batches`);
  }
}

function parseList(body: Uint8Array, version: string): readonly unknown[] {
  checkTokens(body);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new TranslateError('', `found malformed JSON (${problem})`, { cause });
  }
  if (!Array.isArray(value)) {
    throw new TranslateError('', `Expected a ${version} encoded list`);
  }
  return value;
}

function spanAt(spans: readonly unknown[], place: number) {
  const span = objectOf(spans[place], () => '', `[${place}]`);
  if (span === undefined) throw new TranslateError(`[${place}]`, 'found null, wanted a span');
  return span;
}

/** Zipkin's server looks for the bytes of these members; here they are looked up. */
function isV1(span: unknown): boolean {
  return typeof span === 'object' && span !== null && 'binaryAnnotations' in span;
}

function isV2(span: unknown): boolean {
  if (typeof span !== 'object' || span === null || isV1(span)) return false;
  return 'localEndpoint' in span || 'remoteEndpoint' in span || 'tags' in span;
}
