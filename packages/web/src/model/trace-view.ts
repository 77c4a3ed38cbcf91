/**
 * The state of one reader of one trace: folds, zoom, selection, search. Every key and click ends in a method here, or
 * in a step of `navigate.ts` that uses them.
 *
 * Keeps plain numbers and tells its listeners after each change; hover and scroll are not here because nothing but
 * the canvas needs them. Rows are codes as in `visible-rows.ts`: a span ≥ 0, a group < 0.
 *
 * Never knows: React, the DOM, the address bar.
 */
import { clearBit, hasBit, setBit, toggleBit } from './bitset.ts';
import { findSpans, type Matches, withAncestors } from './find.ts';
import { applyFold, DEFAULT_FOLD, describeFold, type FoldSpec } from './fold.ts';
import { findSpanId, type TraceStore } from './trace-store.ts';
import {
  boundsOf,
  centreWindow,
  clampWindow,
  fitWindow,
  isWhole,
  panWindow,
  type TimeWindow,
  zoomWindow,
} from './viewport.ts';
import {
  type FoldState,
  groupOfRow,
  groupRow,
  type VisibleRows,
  visibleRows,
} from './visible-rows.ts';

export type FindMode = 'dim' | 'hide';

/** What the canvas and the panels read; a new object after every change. */
export interface ViewSnapshot {
  readonly fold: FoldState;
  readonly foldSpec: FoldSpec;
  readonly visible: VisibleRows;
  readonly window: TimeWindow;
  /** Row code of the selection, null for none. */
  readonly selected: number | null;
  readonly find: string;
  readonly findMode: FindMode;
  readonly matches: Matches | null;
}

export class TraceView {
  readonly store: TraceStore;
  readonly bounds: TimeWindow;
  #snapshot: ViewSnapshot;
  readonly #listeners = new Set<() => void>();

  constructor(store: TraceStore, spec: FoldSpec = DEFAULT_FOLD) {
    this.store = store;
    this.bounds = boundsOf(store.wallStart, store.wallEnd);
    const fold = applyFold(store, spec);
    this.#snapshot = {
      fold,
      foldSpec: spec,
      visible: visibleRows(store, fold),
      window: this.bounds,
      selected: null,
      find: '',
      findMode: 'dim',
      matches: null,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The current state; the same object until something changes. */
  readonly snapshot = (): ViewSnapshot => this.#snapshot;

  /** The span that a row code speaks of: itself, or the first member of a group. */
  spanOf(code: number): number {
    const { groups } = this.store;
    return code >= 0 ? code : groups.members[groups.from[groupOfRow(code)]!]!;
  }

  /** Row index of a code among the visible rows, −1 when hidden. */
  rowOf(code: number): number {
    const { visible } = this.#snapshot;
    return code >= 0 ? visible.rowOfSpan[code]! : visible.rowOfGroup[groupOfRow(code)]!;
  }

  // Selection ------------------------------------------------------------------------------------

  select(code: number | null): void {
    if (code !== this.#snapshot.selected) {
      this.#set({ selected: code });
    }
  }

  /** Selects a span by id and opens whatever hides it. Answers false when the trace has no such span. */
  selectId(hex: string): boolean {
    const span = findSpanId(this.store, hex);
    if (span >= 0) {
      this.reveal(span);
    }
    return span >= 0;
  }

  /** Opens ancestors and groups so that the span is a visible row, and selects it. */
  reveal(span: number): void {
    const { fold } = this.#snapshot;
    const { parent, groups, subtreeSize } = this.store;
    const collapsed = fold.collapsed.slice();
    const openGroups = fold.openGroups.slice();
    for (let at = span; at >= 0; at = parent[at]!) {
      if (fold.grouping && groups.of[at]! >= 0) {
        setBit(openGroups, groups.of[at]!);
      }
      if (at !== span) {
        clearBit(collapsed, at);
      }
    }
    const { focus, keep } = fold;
    const inFocus = focus < 0 || (span >= focus && span < focus + subtreeSize[focus]!);
    const kept = keep === null || hasBit(keep, span);
    this.#refold(
      { ...fold, collapsed, openGroups, focus: inFocus ? focus : -1, keep: kept ? keep : null },
      { selected: span, ...(kept ? {} : { findMode: 'dim' }) },
    );
  }

  // Folding --------------------------------------------------------------------------------------

  hasChildren(code: number): boolean {
    return code < 0 || this.store.subtreeSize[code]! > 1;
  }

  isOpen(code: number): boolean {
    const { fold } = this.#snapshot;
    return code < 0 ? hasBit(fold.openGroups, groupOfRow(code)) : !hasBit(fold.collapsed, code);
  }

  toggle(code: number): void {
    const { fold } = this.#snapshot;
    if (!this.hasChildren(code)) {
      return;
    }
    if (code < 0) {
      const openGroups = fold.openGroups.slice();
      toggleBit(openGroups, groupOfRow(code));
      this.#refold({ ...fold, openGroups });
    } else {
      const collapsed = fold.collapsed.slice();
      toggleBit(collapsed, code);
      this.#refold({ ...fold, collapsed });
    }
  }

  /** Folds or unfolds a span with everything below it. */
  setSubtree(code: number, open: boolean): void {
    const { fold } = this.#snapshot;
    const { groups, subtreeSize } = this.store;
    const collapsed = fold.collapsed.slice();
    const openGroups = fold.openGroups.slice();
    const roots =
      code >= 0
        ? [code]
        : groups.members.subarray(
            groups.from[groupOfRow(code)]!,
            groups.from[groupOfRow(code) + 1]!,
          );
    if (code < 0) {
      (open ? setBit : clearBit)(openGroups, groupOfRow(code));
    }
    for (const root of roots) {
      for (let span = root; span < root + subtreeSize[root]!; span++) {
        if (open) clearBit(collapsed, span);
        else if (subtreeSize[span]! > 1) setBit(collapsed, span);
      }
    }
    this.#refold({ ...fold, collapsed, openGroups });
  }

  /** Starts over from a fold; groups opened and spans changed by hand are forgotten. */
  setFold(spec: FoldSpec): void {
    const { keep } = this.#snapshot.fold;
    this.#refold({ ...applyFold(this.store, spec), keep }, { foldSpec: spec });
  }

  /** Everything open, or everything folded. */
  setAll(open: boolean): void {
    this.setFold({ ...this.#plainSpec(), base: open ? 'open' : { depth: 0 } });
  }

  /** Keeps levels 0 … depth in sight. */
  setDepth(depth: number): void {
    this.setFold({ ...this.#plainSpec(), base: { depth: Math.max(0, depth) } });
  }

  /** One level more or less than what is in sight now. */
  changeDepth(by: number): void {
    const { visible } = this.#snapshot;
    let deepest = 0;
    for (let row = 0; row < visible.count; row++) {
      const code = visible.rows[row]!;
      deepest = Math.max(deepest, this.store.depth[this.spanOf(code)]!);
    }
    this.setDepth(Math.min(this.store.depthMax, deepest + by));
  }

  setGrouping(grouping: boolean): void {
    const { fold, foldSpec, selected } = this.#snapshot;
    this.#refold(
      { ...fold, grouping },
      {
        foldSpec: { ...foldSpec, grouping },
        selected: selected !== null && selected < 0 ? this.spanOf(selected) : selected,
      },
    );
  }

  /** Roots the view at a span; null shows the whole trace again. */
  setFocus(span: number | null): void {
    const { fold } = this.#snapshot;
    this.#refold({ ...fold, focus: span ?? -1 });
    if (span !== null) {
      this.fit(span);
    } else {
      this.setWindow(this.bounds);
    }
  }

  /** The fold as it stands, for the address. */
  foldSpec(): FoldSpec {
    const { foldSpec, fold } = this.#snapshot;
    return describeFold(this.store, foldSpec, fold);
  }

  // Time -----------------------------------------------------------------------------------------

  setWindow(window: TimeWindow): void {
    const next = clampWindow(window, this.bounds);
    const { from, to } = this.#snapshot.window;
    if (next.from !== from || next.to !== to) {
      this.#set({ window: next });
    }
  }

  zoomAt(atNs: number, factor: number): void {
    this.setWindow(zoomWindow(this.#snapshot.window, this.bounds, atNs, factor));
  }

  pan(share: number): void {
    this.setWindow(panWindow(this.#snapshot.window, this.bounds, share));
  }

  /** First press centres the selection, the second fits it to the width. */
  centreThenFit(): void {
    const { selected, window } = this.#snapshot;
    if (selected === null) {
      return;
    }
    const { from, to } = this.extentOf(selected);
    const centred = centreWindow(window, from, to, this.bounds);
    const isCentred =
      isWhole(window, this.bounds) ||
      Math.abs(centred.from - window.from) < (window.to - window.from) / 1000;
    if (isCentred) {
      this.setWindow(fitWindow(from, to, this.bounds));
    } else {
      this.setWindow(centred);
    }
  }

  fit(code: number): void {
    const { from, to } = this.extentOf(code);
    this.setWindow(fitWindow(from, to, this.bounds));
  }

  /** First start and last end of a span, or of a group's members. */
  extentOf(code: number): TimeWindow {
    const { start, duration, groups } = this.store;
    if (code >= 0) {
      return { from: start[code]!, to: start[code]! + duration[code]! };
    }
    let from = Infinity;
    let to = -Infinity;
    const group = groupOfRow(code);
    for (let i = groups.from[group]!; i < groups.from[group + 1]!; i++) {
      const span = groups.members[i]!;
      from = Math.min(from, start[span]!);
      to = Math.max(to, start[span]! + duration[span]!);
    }
    return { from, to };
  }

  // Search ---------------------------------------------------------------------------------------

  setFind(find: string, findMode: FindMode): void {
    const before = this.#snapshot;
    if (before.find === find && before.findMode === findMode) {
      return;
    }
    const matches = before.find === find ? before.matches : findSpans(this.store, find);
    const keep =
      matches !== null && findMode === 'hide' ? withAncestors(this.store, matches) : null;
    this.#refold({ ...before.fold, keep }, { find, findMode, matches });
  }

  #plainSpec(): FoldSpec {
    const { fold } = this.#snapshot;
    return { ...describeFold(this.store, DEFAULT_FOLD, fold), changed: [], opened: [] };
  }

  /** A selection that the new fold hides moves to its nearest visible ancestor. */
  #refold(fold: FoldState, more: Partial<ViewSnapshot> = {}): void {
    const visible = visibleRows(this.store, fold);
    const wanted = more.selected === undefined ? this.#snapshot.selected : more.selected;
    this.#set({ ...more, fold, visible, selected: this.#visibleAncestor(wanted, visible) });
  }

  #visibleAncestor(code: number | null, visible: VisibleRows): number | null {
    if (code === null) {
      return null;
    }
    if (code < 0 && visible.rowOfGroup[groupOfRow(code)]! >= 0) {
      return code;
    }
    for (let span = this.spanOf(code); span >= 0; span = this.store.parent[span]!) {
      const group = this.store.groups.of[span]!;
      if (visible.rowOfSpan[span]! >= 0) {
        return span;
      }
      if (group >= 0 && visible.rowOfGroup[group]! >= 0) {
        return groupRow(group);
      }
    }
    return null;
  }

  #set(change: Partial<ViewSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
