/** A `TraceView` in React: re-renders when the selected part of its state changes, compared by identity. */
import { useSyncExternalStore } from 'react';
import type { TraceView, ViewSnapshot } from '../model/trace-view.ts';

/** @param select must answer the same value (===) while nothing it reads has changed */
export function useView<T>(view: TraceView, select: (snapshot: ViewSnapshot) => T): T {
  return useSyncExternalStore(view.subscribe, () => select(view.snapshot()));
}
