/**
 * The bodies of the Datadog trace API, versions 0.3 to 0.5 and 0.7 → one shape: chunks of spans.
 *
 * 0.3 and 0.4 are arrays of traces, in msgpack or JSON; 0.5 puts all text into a table before them and
 * spans into arrays of twelve; 0.7 wraps chunks in a message about the tracer. Spans stay the plain
 * objects that were parsed. Never knows: what becomes of them.
 */

import { parseJson } from './json-text.ts';
import { type MsgpackLimits, parseMsgpack } from './msgpack.ts';
import { shown, TranslateError } from './translate-error.ts';

/** What stands in a map of the message: any type, whatever the protocol says. */
export type Tags = { readonly [key: string]: unknown };

export interface DatadogSpan {
  readonly service?: unknown;
  readonly name?: unknown;
  readonly resource?: unknown;
  readonly type?: unknown;
  readonly trace_id?: unknown;
  readonly span_id?: unknown;
  readonly parent_id?: unknown;
  readonly start?: unknown;
  readonly duration?: unknown;
  readonly error?: unknown;
  readonly meta?: unknown;
  readonly metrics?: unknown;
  readonly meta_struct?: unknown;
  readonly span_links?: unknown;
  readonly span_events?: unknown;
}

/** Spans of one trace and one process that came together; most often a part of the trace. */
export interface Chunk {
  readonly spans: readonly DatadogSpan[];
  /** Tags of the chunk, where the version has them. */
  readonly tags: Tags;
}

export interface DatadogBody {
  readonly chunks: readonly Chunk[];
  /** The message about the tracer that 0.7 has around the chunks. */
  readonly tracer: Tags;
}

export type DatadogVersion = '0.3' | '0.4' | '0.5' | '0.7';

/**
 * A span takes four levels, its links and events up to ten more. The agent takes bodies of 25 MiB; the
 * values of the densest real ones take ten bytes each. What this lets be built stays under 500 MB.
 */
const LIMITS: MsgpackLimits = { depthMax: 32, valuesMax: 4_000_000, containersMax: 1_000_000 };

const NO_TAGS: Tags = {};

/** @throws TranslateError naming the path of what is not as the version wants it. */
export function readDatadogBody(bytes: Uint8Array, version: DatadogVersion): DatadogBody {
  const value = isJson(bytes) ? parseJson(bytes) : parseMsgpack(bytes, LIMITS);
  if (version === '0.5') return readTable(value);
  if (version === '0.7') return readPayload(value);
  // An empty buffer is sent as nil by some tracers.
  const traces = value === null ? [] : arrayOf(value, 'body');
  return { chunks: traces.map((trace, at) => chunkOf(trace, `traces[${at}]`)), tracer: NO_TAGS };
}

/** A bracket or a space, which in msgpack would be a small number and no list of anything. */
function isJson(bytes: Uint8Array): boolean {
  return [0x5b, 0x7b, 0x20, 0x0a, 0x0d, 0x09].includes(bytes[0] ?? 0);
}

function chunkOf(trace: unknown, path: string, tags: Tags = NO_TAGS): Chunk {
  const spans = trace === null ? [] : arrayOf(trace, path);
  for (let at = 0; at < spans.length; at += 1) {
    if (!isTags(spans[at])) throw wrong(`${path}[${at}]`, spans[at], 'a map');
  }
  return { spans: spans as DatadogSpan[], tags };
}

function readPayload(value: unknown): DatadogBody {
  if (!isTags(value)) throw wrong('body', value, 'a map');
  const chunks = arrayOf(value['chunks'] ?? [], 'chunks').map((chunk, at) => {
    if (!isTags(chunk)) throw wrong(`chunks[${at}]`, chunk, 'a map');
    return chunkOf(chunk['spans'] ?? [], `chunks[${at}].spans`, tagsOf(chunk['tags']));
  });
  return { chunks, tracer: value };
}

const TABLE_SPAN_FIELDS = 12;

function readTable(value: unknown): DatadogBody {
  const parts = arrayOf(value, 'body');
  if (parts.length !== 2) throw wrong('body', value, 'an array of two: texts and traces');
  const texts = arrayOf(parts[0], 'texts');
  const traces = arrayOf(parts[1], 'traces');
  const chunks = traces.map((trace, at) => {
    const path = `traces[${at}]`;
    const spans = arrayOf(trace, path).map((span, place) =>
      tableSpan(span, texts, `${path}[${place}]`),
    );
    return { spans, tags: NO_TAGS };
  });
  return { chunks, tracer: NO_TAGS };
}

/** https://github.com/DataDog/datadog-agent/blob/main/pkg/proto/pbgo/trace/decoder_v05.go */
function tableSpan(span: unknown, texts: readonly unknown[], path: string): DatadogSpan {
  const fields = arrayOf(span, path);
  if (fields.length !== TABLE_SPAN_FIELDS) {
    throw new TranslateError(path, `found ${fields.length} fields, wanted ${TABLE_SPAN_FIELDS}`);
  }
  const textAt = (index: unknown) => {
    const text = typeof index === 'number' ? texts[index] : undefined;
    if (typeof text === 'string') return text;
    throw wrong(path, index, `the place of one of ${texts.length} texts`);
  };
  return {
    service: textAt(fields[0]),
    name: textAt(fields[1]),
    resource: textAt(fields[2]),
    trace_id: fields[3],
    span_id: fields[4],
    parent_id: fields[5],
    start: fields[6],
    duration: fields[7],
    error: fields[8],
    meta: tableTags(fields[9], textAt, textAt),
    metrics: tableTags(fields[10], textAt, (metric) => metric),
    type: textAt(fields[11]),
  };
}

function tableTags(
  value: unknown,
  textAt: (index: unknown) => string,
  readValue: (value: unknown) => unknown,
): Tags {
  const tags: Record<string, unknown> = Object.create(null);
  const found = tagsOf(value);
  for (const index of Object.keys(found)) tags[textAt(Number(index))] = readValue(found[index]);
  return tags;
}

function arrayOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(path, value, 'an array');
}

export function isTags(value: unknown): value is Tags {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

/** A map, or none where there is something else: a span is worth more than its odd tags. */
export function tagsOf(value: unknown): Tags {
  return isTags(value) ? value : NO_TAGS;
}

function wrong(path: string, found: unknown, wanted: string): TranslateError {
  const text = typeof found === 'bigint' ? `${found}` : shown(found);
  return new TranslateError(path, `found ${text}, wanted ${wanted}`);
}
