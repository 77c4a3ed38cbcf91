/**
 * The Datadog trace API → OTLP protobuf bytes.
 *
 * Spans are put together by what OTLP calls a resource: service, environment, version, process. The
 * upper half of a 128-bit trace id stands on one span of a chunk; it is applied to every span of that
 * trace in the chunk, and remembered for chunks that come without. Never knows: HTTP.
 */

import { createWriter, type Writer } from '@clew/wire';
import {
  type Chunk,
  type DatadogBody,
  type DatadogSpan,
  type DatadogVersion,
  readDatadogBody,
  type Tags,
  tagsOf,
} from './datadog-body.ts';
import { type DatadogTracer, type Origin, sameOrigin, writeOrigin } from './datadog-origin.ts';
import { createSpanWriter } from './datadog-span.ts';
import { integerOf, textOf } from './datadog-values.ts';
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
  const highs = new Map<bigint, bigint>();
  const remember = (low: bigint, high: bigint) => {
    highs.delete(low);
    highs.set(low, high);
    if (highs.size > highsMax) highs.delete(highs.keys().next().value as bigint);
  };
  return {
    translate(bytes, { version, tracer }) {
      const body = readDatadogBody(bytes, version);
      const groups = createGroups(tracerOf(body, tracer));
      for (const chunk of body.chunks) {
        for (const [low, high] of highsOf(chunk)) remember(low, high);
        groups.add(chunk);
      }
      return groups.write((span) => highs.get(BigInt.asUintN(64, integerOf(span.trace_id))) ?? 0n);
    },
  };
}

/** 16 hex digits on a span (or, in 0.7, on the chunk) are the upper half of that span's trace id. */
function highsOf({ spans, tags }: Chunk): Map<bigint, bigint> {
  const highs = new Map<bigint, bigint>();
  const first = spans[0];
  if (first !== undefined) note(highs, first, tags['_dd.p.tid']);
  for (const span of spans) note(highs, span, tagsOf(span.meta)['_dd.p.tid']);
  return highs;
}

function note(highs: Map<bigint, bigint>, span: DatadogSpan, tid: unknown): void {
  if (typeof tid !== 'string' || !/^[0-9a-f]{16}$/i.test(tid)) return;
  highs.set(BigInt.asUintN(64, integerOf(span.trace_id)), BigInt(`0x${tid}`));
}

/** 0.7 says in its body what the other versions leave to headers. */
function tracerOf({ tracer: told }: DatadogBody, tracer: DatadogTracer): DatadogTracer {
  return {
    language: textOf(told['language_name']) || tracer.language,
    languageVersion: textOf(told['language_version']) || tracer.languageVersion,
    interpreter: tracer.interpreter,
    version: textOf(told['tracer_version']) || tracer.version,
    containerId: textOf(told['container_id']) || tracer.containerId,
    environment: textOf(told['env']),
    serviceVersion: textOf(told['app_version']),
    instanceId: textOf(told['runtime_id']),
    hostName: textOf(told['hostname']),
  };
}

interface Group {
  readonly origin: Origin;
  readonly spans: DatadogSpan[];
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
    write(highOf: (span: DatadogSpan) => bigint): Uint8Array<ArrayBuffer> {
      const writer = createWriter();
      const writeSpan = createSpanWriter(writer);
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
  spans: readonly DatadogSpan[],
  tracer: DatadogTracer,
  writeSpan: (span: DatadogSpan) => void,
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
interface Process {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly instanceId: string;
  readonly language: string;
  readonly hostName: string;
  readonly processId: number;
}

function processOf({ spans, tags }: Chunk): Process {
  const first = (key: string): unknown => {
    for (const span of spans) {
      const value = tagsOf(span.meta)[key];
      if (value !== undefined && value !== null) return value;
    }
    return tags[key];
  };
  const carrier = spans.find((span) => typeof tagsOf(span.metrics)['process_id'] === 'number');
  return {
    service: textOf(spans.find((span) => textOf(tagsOf(span.meta)['version']) !== '')?.service),
    environment: textOf(first('env')),
    version: textOf(first('version')),
    instanceId: textOf(first('runtime-id')),
    language: textOf(first('language')),
    hostName: textOf(first('_dd.hostname')),
    processId: Number(carrier && tagsOf(carrier.metrics)['process_id']) || 0,
  };
}

function originOf(span: DatadogSpan, process: Process, tracer: DatadogTracer): Origin {
  const meta: Tags = tagsOf(span.meta);
  const service = textOf(span.service);
  // A version is that of one service; the others of the process may have none.
  const version = service === process.service ? process.version : '';
  return {
    service,
    environment: textOf(meta['env']) || process.environment || (tracer.environment ?? ''),
    version: textOf(meta['version']) || version || (tracer.serviceVersion ?? ''),
    instanceId: textOf(meta['runtime-id']) || process.instanceId || (tracer.instanceId ?? ''),
    hostName: textOf(meta['_dd.hostname']) || process.hostName || (tracer.hostName ?? ''),
    language: process.language,
    processId: process.processId,
  };
}
