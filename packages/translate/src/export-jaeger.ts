/**
 * OTLP bytes → the JSON that Jaeger's user interface saves and opens: `{"data":[{traceID, spans, processes}]}`.
 *
 * Read back by `jaeger-json.ts`. Beside what Jaeger has no place for (`export-jaeger-model.ts`), what is shorter than a
 * microsecond is lost. Never knows: HTTP.
 * https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go
 */

import {
  type JaegerExportSpan,
  type JaegerProcess,
  type JaegerReference,
  jaegerSpans,
} from './export-jaeger-model.ts';
import { microsecondsOf } from './export-otlp.ts';

interface Trace {
  readonly traceID: string;
  readonly spans: object[];
  readonly processes: Record<string, JaegerProcess>;
}

/** The text of the document, traces in order of appearance. @throws WireError when the bytes are no OTLP. */
export function jaegerJson(otlp: Uint8Array): string {
  const traces = new Map<string, Trace>();
  for (const span of jaegerSpans(otlp)) {
    const { traceId: traceID } = span;
    const trace = traces.get(traceID) ?? { traceID, spans: [], processes: {} };
    traces.set(traceID, trace);
    trace.spans.push(spanOf(span, idOf(span.process, trace.processes)));
  }
  return JSON.stringify({ data: [...traces.values()] });
}

/** A process that looks like one before is the same. */
function idOf(process: JaegerProcess, processes: Trace['processes']): string {
  const text = JSON.stringify(process);
  const known = Object.entries(processes).find(([, one]) => JSON.stringify(one) === text);
  if (known !== undefined) return known[0];
  const id = `p${Object.keys(processes).length + 1}`;
  processes[id] = process;
  return id;
}

function spanOf(span: JaegerExportSpan, processID: string): object {
  const startTime = microsecondsOf(span.startNs);
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    ...(span.flags !== 0 && { flags: span.flags }),
    operationName: span.name,
    references: span.references.map(referenceOf),
    startTime,
    duration: microsecondsOf(span.startNs + span.durationNs) - startTime,
    tags: span.tags,
    logs: span.logs.map(({ timeNs, fields }) => ({ timestamp: microsecondsOf(timeNs), fields })),
    processID,
    warnings: span.warnings.length === 0 ? null : span.warnings,
  };
}

function referenceOf({ refType, traceId: traceID, spanId: spanID }: JaegerReference): object {
  return { refType, traceID, spanID };
}
