/**
 * The worker that turns the bytes of a trace into a `TraceStore`: read, order, repair, compute, hand over.
 *
 * One message in (the answer's bytes), one message out; all buffers change hands without a copy. A worker lives for
 * one trace.
 *
 * Never knows: where the bytes came from.
 */
import { readColumns } from './columns.ts';
import { buildTraceStore, storeBuffers, type TraceStore } from './trace-store.ts';

export type WorkerAnswer =
  | { readonly store: TraceStore; readonly elapsedMs: number }
  | { readonly error: string };

self.onmessage = (event: MessageEvent<ArrayBuffer>) => {
  const began = performance.now();
  try {
    const store = buildTraceStore(readColumns(event.data));
    const answer: WorkerAnswer = { store, elapsedMs: performance.now() - began };
    self.postMessage(answer, { transfer: storeBuffers(store) });
  } catch (error) {
    const answer: WorkerAnswer = { error: error instanceof Error ? error.message : String(error) };
    self.postMessage(answer);
  }
};
