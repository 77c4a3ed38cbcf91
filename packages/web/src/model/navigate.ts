/**
 * Steps through the visible rows: up and down, in and out of subtrees, along siblings, errors, matches and the path.
 *
 * Each step is a function of a view; it reads its snapshot and ends in one of its commands.
 * Never knows: which key it is bound to.
 */
import { nextIn } from './find.ts';
import { isError, isOnPath, type TraceStore } from './trace-store.ts';
import type { TraceView } from './trace-view.ts';

/** Moves the selection by visible rows; without a selection it enters at the top. */
export function moveBy(view: TraceView, rows: number): void {
  const { selected } = view.snapshot();
  const at = selected === null ? -1 : view.rowOf(selected);
  moveTo(view, at < 0 ? 0 : at + rows);
}

/** Selects the row at an index, or the nearest there is. */
export function moveTo(view: TraceView, row: number): void {
  const { visible } = view.snapshot();
  if (visible.count > 0) {
    view.select(visible.rows[Math.min(visible.count - 1, Math.max(0, row))]!);
  }
}

/** Right: unfolds, or goes to the first child. */
export function stepIn(view: TraceView): void {
  const { selected, visible } = view.snapshot();
  if (selected === null) {
    moveTo(view, 0);
  } else if (view.hasChildren(selected) && !view.isOpen(selected)) {
    view.toggle(selected);
  } else {
    const row = view.rowOf(selected);
    if (row + 1 < visible.count && visible.indent[row + 1]! > visible.indent[row]!) {
      moveTo(view, row + 1);
    }
  }
}

/** Left: folds, or goes to the parent (for a member of a group: to the group row). */
export function stepOut(view: TraceView): void {
  const { selected, visible } = view.snapshot();
  if (selected === null) {
    return;
  }
  if (view.hasChildren(selected) && view.isOpen(selected)) {
    view.toggle(selected);
    return;
  }
  const row = view.rowOf(selected);
  for (let above = row - 1; above >= 0; above--) {
    if (visible.indent[above]! < visible.indent[row]!) {
      view.select(visible.rows[above]!);
      return;
    }
  }
}

/** The next visible row of the same indent under the same parent. */
export function toSibling(view: TraceView, forward: boolean): void {
  const { selected, visible } = view.snapshot();
  if (selected === null) {
    return;
  }
  const row = view.rowOf(selected);
  const step = forward ? 1 : -1;
  for (let at = row + step; at >= 0 && at < visible.count; at += step) {
    if (visible.indent[at]! < visible.indent[row]!) {
      return;
    }
    if (visible.indent[at] === visible.indent[row]) {
      view.select(visible.rows[at]!);
      return;
    }
  }
}

export type Landmark = 'error' | 'path' | 'match';

/** Goes to the next failed span, span of the critical path, or match, and opens what hides it. */
export function toNext(view: TraceView, kind: Landmark, forward: boolean): void {
  const { selected } = view.snapshot();
  const from = selected === null ? (forward ? -1 : view.store.spans) : view.spanOf(selected);
  const span = nextIn(landmarks(view, kind), from, forward);
  if (span >= 0) {
    view.reveal(span);
  }
}

/** Positions of all landmarks of a kind. One cheap pass per key press, so nothing is kept. */
function landmarks(view: TraceView, kind: Landmark): Int32Array {
  if (kind === 'match') {
    return view.snapshot().matches?.spans ?? new Int32Array(0);
  }
  return positionsWhere(view.store, kind === 'error' ? isError : isOnPath);
}

function positionsWhere(
  store: TraceStore,
  test: (store: TraceStore, span: number) => boolean,
): Int32Array {
  const found: number[] = [];
  for (let span = 0; span < store.spans; span++) {
    if (test(store, span)) {
      found.push(span);
    }
  }
  return Int32Array.from(found);
}
