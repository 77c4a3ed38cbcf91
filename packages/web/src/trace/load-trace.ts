/**
 * Questions about one trace: its summary first, its columns through the worker, the details of a span on demand.
 *
 * Never knows: how a trace is shown.
 */
import type { AttributeAnswer, SpanAnswer, TraceSummaryAnswer, ValueAnswer } from '@clew/api';
import { queryOptions } from '@tanstack/react-query';
import type { TraceStore } from '../model/trace-store.ts';
import type { WorkerAnswer } from '../model/trace-worker.ts';
import { askBytes, askJson } from '../server/ask.ts';

export type TraceSummary = TraceSummaryAnswer;
export type SpanDetails = SpanAnswer;
export type SpanEvent = SpanAnswer['events'][number];
export type SpanLink = SpanAnswer['links'][number];
export type Attribute = AttributeAnswer;
export type AttributeValue = ValueAnswer;

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
    queryFn: ({ signal }) => loadStore(traceId, signal),
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

/** The worker is started before the bytes are asked for: its script loads while the server works. */
async function loadStore(traceId: string, signal: AbortSignal): Promise<LoadedTrace> {
  const worker = new Worker(new URL('../model/trace-worker.ts', import.meta.url), {
    type: 'module',
  });
  try {
    const body = await askBytes(`/api/v1/traces/${traceId}/columns`, signal);
    return await buildIn(worker, body, signal);
  } finally {
    worker.terminate();
  }
}

/** Hands the bytes to the worker and takes the store back; both change hands without a copy. */
function buildIn(worker: Worker, body: ArrayBuffer, signal: AbortSignal): Promise<LoadedTrace> {
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
  });
}
