/**
 * The bodies of the Datadog trace API, versions 0.3 to 0.5 and 0.7 → where its spans stand, chunk by chunk.
 *
 * 0.3 and 0.4 are arrays of traces, in msgpack or JSON; 0.5 puts all text into a table before them and spans into arrays
 * of twelve; 0.7 wraps chunks in a message about the tracer. JSON is turned into msgpack first. Of a span only
 * what decides where it goes is read here; its tags stay where they are. Never knows: OTLP.
 */

import { walkLimits } from '@clew/wire';
import { encode } from '@msgpack/msgpack';
import { createSpanIndexer, type SpanPlace, type TagList } from './datadog-index.ts';
import { createKeys } from './datadog-keys.ts';
import { parseJson } from './json-text.ts';
import { checkMsgpack, type MsgpackLimits } from './msgpack.ts';
import { MsgpackReader } from './msgpack-reader.ts';
import { TranslateError } from './translate-error.ts';

/** Spans of one trace and one process that came together; most often a part of the trace. */
export interface Chunk {
  readonly spans: readonly SpanPlace[];
  /** The tag `_dd.p.tid` of the chunk, where the version has one. */
  readonly traceHigh: string;
}

export interface DatadogBody {
  readonly reader: MsgpackReader;
  readonly tags: TagList;
  readonly chunks: readonly Chunk[];
  /** What the message around the chunks of 0.7 says of the tracer. */
  readonly tracer: Readonly<Record<string, string>>;
}

export type DatadogVersion = '0.3' | '0.4' | '0.5' | '0.7';

/** A span takes four levels, its links and events up to ten more. Values take a byte at least, so they are bounded. */
const LIMITS: MsgpackLimits = {
  depthMax: 32,
  valuesMax: Number.MAX_SAFE_INTEGER,
  containersMax: Number.MAX_SAFE_INTEGER,
};

/** Kept over requests: a tracer's keys are the same every time. Values that many spans share have a table apart. */
export const keys = createKeys();
const values = createKeys();

/** @throws TranslateError naming the place of what is not as the version wants it. */
export function readDatadogBody(given: Uint8Array, version: DatadogVersion): DatadogBody {
  // JSON was parsed to a bounded depth; the encoder's own bound is lower.
  const bytes = isJson(given) ? encode(parseJson(given), { maxDepth: 1000 }) : given;
  checkMsgpack(bytes, LIMITS);
  const reader = new MsgpackReader(bytes);
  const index = createSpanIndexer(reader, keys, values);
  const read = createChunkReader(reader, index, version);
  if (version === '0.7') return { reader, tags: index.tags, ...read.payload() };
  if (version === '0.5') readTable(reader);
  return { reader, tags: index.tags, chunks: read.traces(), tracer: {} };
}

/** A bracket or a space, which in msgpack would be a small number and no list of anything. */
function isJson(bytes: Uint8Array): boolean {
  return [0x5b, 0x7b, 0x20, 0x0a, 0x0d, 0x09].includes(bytes[0] ?? 0);
}

/** An array of two, the first of them an array of texts; leaves the reader before the traces. */
function readTable(reader: MsgpackReader): void {
  if (reader.array() !== 2) throw wrong(reader, 'body', 'an array of two: texts and traces');
  const count = reader.array();
  if (count < 0) throw wrong(reader, 'texts', 'an array');
  const table = new Uint32Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    if (!reader.text()) throw wrong(reader, `texts[${i}]`, 'a text');
    table[2 * i] = reader.textAt;
    table[2 * i + 1] = reader.textEnd;
  }
  reader.table = table;
}

function createChunkReader(
  reader: MsgpackReader,
  index: ReturnType<typeof createSpanIndexer>,
  version: DatadogVersion,
) {
  let spansSeen = 0;
  const spansOf = (path: string): SpanPlace[] => {
    const count = arrayAt(reader, path);
    spansSeen += count;
    // The walk over the result allows no more either; here it bounds what is remembered of each.
    if (spansSeen > walkLimits.spansPerRequest) {
      throw new TranslateError(path, `found more than ${walkLimits.spansPerRequest} spans`);
    }
    const spans: SpanPlace[] = [];
    for (let i = 0; i < count; i += 1) {
      const span = version === '0.5' ? index.row() : index.map();
      if (typeof span === 'string') throw new TranslateError(`${path}[${i}]`, span);
      spans.push(span);
    }
    return spans;
  };
  const traces = (): Chunk[] => {
    const chunks: Chunk[] = [];
    const count = arrayAt(reader, 'traces');
    for (let i = 0; i < count; i += 1) {
      const spans = spansOf(`traces[${i}]`);
      if (spans.length > 0) chunks.push({ spans, traceHigh: '' });
    }
    return chunks;
  };
  const chunk = (path: string): Chunk => {
    let spans: SpanPlace[] = [];
    let traceHigh = '';
    eachPair(reader, path, (name) => {
      if (name === 'spans') spans = spansOf(`${path}.spans`);
      else if (name === 'tags') traceHigh = textsOf(reader)['_dd.p.tid'] ?? '';
      else reader.skip();
    });
    return { spans, traceHigh };
  };
  return {
    traces,
    payload(): Pick<DatadogBody, 'chunks' | 'tracer'> {
      const chunks: Chunk[] = [];
      const tracer: Record<string, string> = {};
      eachPair(reader, 'body', (name) => {
        if (name !== 'chunks') {
          if (reader.text()) tracer[name] = textAt(reader);
          return;
        }
        const count = arrayAt(reader, 'chunks');
        for (let i = 0; i < count; i += 1) chunks.push(chunk(`chunks[${i}]`));
      });
      return { chunks, tracer };
    },
  };
}

function eachPair(reader: MsgpackReader, path: string, take: (name: string) => void): void {
  const count = reader.map();
  if (count < 0) throw wrong(reader, path, 'a map');
  for (let i = 0; i < count; i += 1) {
    if (reader.text()) take(keys.find(reader.bytes, reader.textAt, reader.textEnd).text);
    else reader.skip();
  }
}

/** The texts of a map by their keys; other values are left out. */
function textsOf(reader: MsgpackReader): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  const count = reader.map();
  for (let i = 0; i < count; i += 1) {
    const name = reader.text() ? textAt(reader) : '';
    if (reader.text()) texts[name] = textAt(reader);
  }
  return texts;
}

function textAt({ bytes, textAt: at, textEnd }: MsgpackReader): string {
  return keys.find(bytes, at, textEnd).text;
}

function arrayAt(reader: MsgpackReader, path: string): number {
  const count = reader.array();
  if (count < 0) throw wrong(reader, path, 'an array');
  return count;
}

function wrong({ at }: MsgpackReader, path: string, wanted: string): TranslateError {
  return new TranslateError(path, `found something else before byte ${at}, wanted ${wanted}`);
}
