/**
 * `window.__clew.trace`: what tests need from the canvas, because a canvas has no elements to ask.
 *
 * Gated at run time: it is filled in only when a test put an object at `window.__clew` before the page began.
 * Never knows: the tests.
 */
import { useEffect } from 'react';
import type { FrameStats } from '../draw/frame-loop.ts';
import { findSpanId, spanIdHex } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import type { LoadedTrace } from './load-trace.ts';
import type { WaterfallStage } from './waterfall-stage.ts';

export interface HookedRow {
  readonly row: number;
  /** Span id in hex, or `group:<span id of the first member>`. */
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly indent: number;
}

export interface TraceHook {
  readonly spans: number;
  /** Decode, order and compute in the worker, milliseconds. */
  readonly workerMs: number;
  /** Visible rows of the whole trace. */
  readonly rowCount: () => number;
  /** Rows in sight. */
  readonly rows: () => HookedRow[];
  /** The bar of a span in the window (CSS pixels), null when folded away. */
  readonly pointOf: (
    spanId: string,
  ) => { x: number; y: number; width: number; height: number } | null;
  readonly window: () => { from: number; to: number };
  readonly frameStats: () => FrameStats;
  readonly resetFrameStats: () => void;
  /** Milliseconds that folding everything and unfolding everything took, flattening included. */
  readonly timeFoldAll: () => { collapse: number; expand: number };
}

export function useTestHook(
  view: TraceView,
  stage: WaterfallStage | null,
  loaded: LoadedTrace,
): void {
  useEffect(() => {
    const holder = (window as { __clew?: { trace?: TraceHook } }).__clew;
    if (holder === undefined || stage === null) {
      return;
    }
    holder.trace = hookOf(view, stage, loaded);
    return () => {
      delete holder.trace;
    };
  }, [view, stage, loaded]);
}

function hookOf(view: TraceView, stage: WaterfallStage, loaded: LoadedTrace): TraceHook {
  return {
    spans: view.store.spans,
    workerMs: loaded.workerMs,
    rowCount: () => view.snapshot().visible.count,
    rows: () => {
      const { first, end } = stage.sight();
      return Array.from({ length: end - first }, (_, i) => describeRow(view, first + i));
    },
    pointOf: (spanId) => {
      const span = findSpanId(view.store, spanId);
      return span < 0 ? null : stage.pointOf(span);
    },
    window: () => view.snapshot().window,
    frameStats: () => stage.stats(),
    resetFrameStats: () => stage.resetStats(),
    timeFoldAll: () => ({
      collapse: timed(() => view.setAll(false)),
      expand: timed(() => view.setAll(true)),
    }),
  };
}

function describeRow(view: TraceView, row: number): HookedRow {
  const { visible } = view.snapshot();
  const { store } = view;
  const code = visible.rows[row]!;
  const span = view.spanOf(code);
  const id = spanIdHex(store, span);
  return {
    row,
    id: code < 0 ? `group:${id}` : id,
    service: store.services[store.service[span]!]!.name,
    name: store.names[store.name[span]!]!,
    indent: visible.indent[row]!,
  };
}

function timed(run: () => void): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}
