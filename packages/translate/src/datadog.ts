/**
 * The Datadog trace API → OTLP protobuf bytes.
 *
 * Spans are put together by what OTLP calls a resource: service, environment, version, process. The
 * upper half of a 128-bit trace id stands on one span of a chunk; it is applied to every span of that
 * trace in the request, and remembered for requests that come without. Never knows: HTTP.
 */

import { createWriter, type Writer } from '@clew/wire';
import {
  type Chunk,
  type DatadogBody,
  type DatadogVersion,
  keys,
  readDatadogBody,
} from './datadog-body.ts';
import type { SpanPlace } from './datadog-index.ts';
import { type DatadogTracer, type Origin, sameOrigin, writeOrigin } from './datadog-origin.ts';
import { createSpanWriter } from './datadog-span.ts';
import { TranslateError } from './translate-error.ts';

export interface DatadogRequest {
  readonly version: DatadogVersion;
  /** What the request's headers say about the tracer. */
  readonly tracer: DatadogTracer;
}

export interface DatadogTranslator {
  /** @throws TranslateError when the body is not what its version wants. */
  translate(body: Uint8Array, request: DatadogRequest): Uint8Array<ArrayBuffer>;
}

/** Traces of which the upper half of the id is remembered: about 6 MB, some minutes of busy tracers. */
const HIGHS_MAX = 65_536;
/** 0.5 refers to its texts by number, so that few bytes can ask for many. */
const OTLP_BYTES_MAX = 128 * 1024 * 1024;

/** One for each listener: what it remembers is which upper half belongs to which lower one. */
export function createDatadogTranslator(highsMax = HIGHS_MAX): DatadogTranslator {
  /** Least recently met first. By number and not by time: lower halves are random, so old ones do no harm. */
  const remembered = new Map<bigint, bigint>();
  const remember = (low: bigint, high: bigint) => {
    remembered.delete(low);
    remembered.set(low, high);
    if (remembered.size > highsMax) {
      remembered.delete(remembered.keys().next().value as bigint);
    }
  };
  return {
    translate(bytes, { version, tracer }) {
      const body = readDatadogBody(bytes, version);
      const groups = createGroups(tracerOf(body, tracer));
      for (const chunk of body.chunks) groups.add(chunk);
      const highs = highsOf(body.chunks, remembered);
      for (const [low, high] of highs) remember(low, high);
      return groups.write(body, ({ traceId }) => highs.get(traceId) ?? 0n);
    },
  };
}

/** The upper halves of a request's trace ids: those that any of its spans tells, and those known from before. */
function highsOf(
  chunks: readonly Chunk[],
  known: ReadonlyMap<bigint, bigint>,
): Map<bigint, bigint> {
  const highs = new Map<bigint, bigint>();
  for (const { spans, traceHigh } of chunks) {
    const first = spans[0];
    if (first !== undefined) note(highs, first, traceHigh);
    for (const span of spans) note(highs, span, span.traceHigh);
  }
  for (const { spans } of chunks) {
    let last: bigint | undefined;
    for (const { traceId } of spans) {
      // A chunk is of one trace, but for the odd sender.
      if (traceId === last) continue;
      last = traceId;
      const high = highs.has(traceId) ? undefined : known.get(traceId);
      if (high !== undefined) highs.set(traceId, high);
    }
  }
  return highs;
}

const NO_HIGH = '0'.repeat(16);

/** 16 hex digits on a span (or, in 0.7, on the chunk). Zeros tell as much as no tag. */
function note(highs: Map<bigint, bigint>, { traceId }: SpanPlace, traceHigh: string): void {
  if (traceHigh === '' || traceHigh === NO_HIGH) return;
  if (/^[0-9a-f]{16}$/i.test(traceHigh)) highs.set(traceId, BigInt(`0x${traceHigh}`));
}

/** 0.7 says in its body what the other versions leave to headers. */
function tracerOf({ tracer: told }: DatadogBody, tracer: DatadogTracer): DatadogTracer {
  return {
    language: told['language_name'] || tracer.language,
    languageVersion: told['language_version'] || tracer.languageVersion,
    interpreter: tracer.interpreter,
    version: told['tracer_version'] || tracer.version,
    containerId: told['container_id'] || tracer.containerId,
    environment: told['env'] ?? '',
    serviceVersion: told['app_version'] ?? '',
    instanceId: told['runtime_id'] ?? '',
    hostName: told['hostname'] ?? '',
  };
}

interface Group {
  readonly origin: Origin;
  readonly spans: SpanPlace[];
}

/** A request of more resources than this is odd; the key of a map is dearer than a few comparisons. */
const GROUPS_COMPARED = 8;

/** Spans by resource. */
function createGroups(tracer: DatadogTracer) {
  const groups = new Map<string, Group>();
  const first: Group[] = [];
  const groupOf = (origin: Origin): Group => {
    for (const group of first) if (sameOrigin(group.origin, origin)) return group;
    const key = JSON.stringify(Object.values(origin));
    const group = groups.get(key) ?? { origin, spans: [] };
    groups.set(key, group);
    if (first.length < GROUPS_COMPARED && !first.includes(group)) first.push(group);
    return group;
  };
  return {
    add(chunk: Chunk) {
      const process = processOf(chunk);
      for (const span of chunk.spans) groupOf(originOf(span, process, tracer)).spans.push(span);
    },
    write(
      { reader, tags }: DatadogBody,
      highOf: (span: SpanPlace) => bigint,
    ): Uint8Array<ArrayBuffer> {
      const writer = createWriter();
      const writeSpan = createSpanWriter({ writer, reader, keys, tags });
      for (const { origin, spans } of groups.values()) {
        const mark = writer.begin(1);
        writeOrigin(writer, origin, tracer);
        writeSpans(writer, spans, tracer, (span) => writeSpan(span, highOf(span)));
        writer.end(mark);
      }
      return writer.finish();
    },
  };
}

function writeSpans(
  writer: Writer,
  spans: readonly SpanPlace[],
  tracer: DatadogTracer,
  writeSpan: (span: SpanPlace) => void,
): void {
  const mark = writer.begin(2);
  const scope = writer.begin(1);
  writer.string(1, 'Datadog');
  if (tracer.version !== '') writer.string(2, tracer.version);
  writer.end(scope);
  for (const span of spans) {
    const inner = writer.begin(2);
    writeSpan(span);
    writer.end(inner);
    if (writer.length > OTLP_BYTES_MAX) {
      throw new TranslateError('', `found spans of more than ${OTLP_BYTES_MAX} bytes together`);
    }
  }
  writer.end(mark);
}

/** Tags of the process, which most tracers put on the first span of a chunk only. */
type Process = Omit<Origin, 'service'> & { readonly versionOf: string };

function processOf({ spans }: Chunk): Process {
  const first = (pick: (span: SpanPlace) => string): string => {
    for (const span of spans) if (pick(span) !== '') return pick(span);
    return '';
  };
  return {
    environment: first(({ environment }) => environment),
    version: first(({ version }) => version),
    versionOf: spans.find(({ version }) => version !== '')?.service ?? '',
    instanceId: first(({ instanceId }) => instanceId),
    language: first(({ language }) => language),
    hostName: first(({ hostName }) => hostName),
    processId: spans.find(({ processId }) => processId > 0)?.processId ?? 0,
  };
}

function originOf(span: SpanPlace, process: Process, tracer: DatadogTracer): Origin {
  const { service } = span;
  // A version is that of one service; the others of the process may have none.
  const version = service === process.versionOf ? process.version : '';
  return {
    service,
    environment: span.environment || process.environment || (tracer.environment ?? ''),
    version: span.version || version || (tracer.serviceVersion ?? ''),
    instanceId: span.instanceId || process.instanceId || (tracer.instanceId ?? ''),
    hostName: span.hostName || process.hostName || (tracer.hostName ?? ''),
    language: process.language,
    processId: process.processId,
  };
}
