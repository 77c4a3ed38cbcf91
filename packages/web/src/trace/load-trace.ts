/**
 * Questions about one trace: its summary first, its columns through the worker, the details of a span on demand.
 *
 * Never knows: how a trace is shown.
 */
import { queryOptions } from '@tanstack/react-query';
import type { TraceStore } from '../model/trace-store.ts';
import type { WorkerAnswer } from '../model/trace-worker.ts';
import { askBytes, askJson } from '../server/ask.ts';

export interface TraceSummary {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  readonly depth: number;
  readonly missingParents: number;
  readonly services: readonly {
    readonly name: string;
    readonly look: number;
    readonly spans: number;
    readonly errors: number;
  }[];
}

export type AttributeType =
  | 'string'
  | 'int'
  | 'double'
  | 'bool'
  | 'array'
  | 'kvlist'
  | 'bytes'
  | 'empty';

/** A typed value as the server hands it out: int as decimal text, array and key-list nested, bytes in base64. */
export interface AttributeValue {
  readonly type: AttributeType;
  readonly value: unknown;
}

export interface Attribute extends AttributeValue {
  readonly key: string;
}

export interface SpanEvent {
  readonly timeNs: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
}

export interface SpanDetails {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly service: string;
  readonly name: string;
  readonly statusMessage: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly durationNs: number;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEvents: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinks: number;
  readonly resource: { readonly attributes: readonly Attribute[]; readonly schemaUrl: string };
  readonly scope: {
    readonly name: string;
    readonly version: string;
    readonly attributes: readonly Attribute[];
    readonly schemaUrl: string;
  };
  readonly marks: readonly string[];
  readonly arrivedMs: number;
  readonly listener: string;
}

/** A trace in memory and how long the worker took to make it. */
export interface LoadedTrace {
  readonly store: TraceStore;
  readonly workerMs: number;
}

/** Traces stay this long after they were left, so that going back is instant; columns of 100k spans are 12 MB. */
const KEEP_MS = 120_000;

export function summaryQuestion(traceId: string) {
  return queryOptions({
    queryKey: ['trace', traceId, 'summary'],
    queryFn: ({ signal }) => askJson<TraceSummary>(`/api/v1/traces/${traceId}/summary`, signal),
    staleTime: Infinity,
  });
}

export function storeQuestion(traceId: string) {
  return queryOptions({
    queryKey: ['trace', traceId, 'store'],
    queryFn: async ({ signal }) => {
      const body = await askBytes(`/api/v1/traces/${traceId}/columns`, signal);
      return buildInWorker(body, signal);
    },
    staleTime: Infinity,
    gcTime: KEEP_MS,
    structuralSharing: false,
  });
}

export function spanQuestion(traceId: string, spanId: string) {
  return queryOptions({
    queryKey: ['trace', traceId, 'span', spanId],
    queryFn: ({ signal }) =>
      askJson<SpanDetails>(`/api/v1/traces/${traceId}/spans/${spanId}`, signal),
    staleTime: Infinity,
  });
}

/** Hands the bytes to a fresh worker and takes the store back; both change hands without a copy. */
function buildInWorker(body: ArrayBuffer, signal: AbortSignal): Promise<LoadedTrace> {
  const worker = new Worker(new URL('../model/trace-worker.ts', import.meta.url), {
    type: 'module',
  });
  return new Promise<LoadedTrace>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if ('error' in data) {
        reject(new Error(data.error));
      } else {
        resolve({ store: data.store, workerMs: data.elapsedMs });
      }
    };
    worker.onerror = (event) => reject(new Error(event.message || 'the trace worker stopped'));
    worker.postMessage(body, [body]);
  }).finally(() => worker.terminate());
}
