/**
 * The keys of the Trace page: one table from key to command, listed in the `?` sheet by itself.
 *
 * Never knows: how commands work.
 */
import { useRef } from 'react';
import { type KeyBinding, usePageKeys } from '../keys/page-keys.ts';
import { moveBy, moveTo, stepIn, stepOut, toNext, toSibling } from '../model/navigate.ts';
import type { TraceView } from '../model/trace-view.ts';
import { focusFind } from './FindBar.tsx';
import { focusSubtree } from './pointer.ts';
import type { WaterfallStage } from './waterfall-stage.ts';
import { words } from './words.ts';

const ZOOM_STEP = 0.7;
const PAN_STEP = 0.2;

const says = words.keys;

/** Binds the keys while the page is mounted. */
export function useTraceKeys(
  view: TraceView,
  stage: WaterfallStage | null,
  toggleDetails: () => void,
): void {
  const mark = useRef<number | null>(null);
  usePageKeys(says.title, [...rowKeys(view, stage), ...jumpKeys(view)]);
  usePageKeys(says.shaping, [
    ...foldKeys(view),
    ...timeKeys(view, stage),
    bind("(m|')", "m '", says.mark, (key) => {
      const { selected } = view.snapshot();
      if (key === 'm') {
        mark.current = selected === null ? null : view.spanOf(selected);
      } else if (mark.current !== null) {
        view.reveal(mark.current);
      }
    }),
    { ...bind('$mod+\\', 'Ctrl \\', says.details, toggleDetails), everywhere: true },
    bind('Escape', 'Esc', says.escape, () => clearOneLevel(view)),
  ]);
}

/** @param keys tinykeys notation; alternatives in parentheses are told apart by `run` */
function bind(keys: string, shown: string, text: string, run: (key: string) => void): KeyBinding {
  return {
    keys,
    shown,
    says: text,
    run: (event) => {
      // The browser would scroll, or search the page.
      event.preventDefault();
      run(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    },
  };
}

function rowKeys(view: TraceView, stage: WaterfallStage | null): KeyBinding[] {
  const page = () => stage?.pageRows() ?? 20;
  const enter: KeyBinding = {
    keys: 'Enter',
    shown: 'Enter',
    says: says.enter,
    run: (event) => {
      const { selected } = view.snapshot();
      const isOnControl =
        event.target instanceof Element && event.target.closest('button, a, [role=tab]') !== null;
      if (selected !== null && !isOnControl) {
        event.preventDefault();
        focusSubtree(view, selected);
      }
    },
  };
  return [
    bind('(ArrowDown|ArrowUp)', '↑ ↓', says.rows, (key) =>
      moveBy(view, key === 'ArrowDown' ? 1 : -1),
    ),
    bind('(j|k)', 'j k', says.rows, (key) => moveBy(view, key === 'j' ? 1 : -1)),
    bind('(ArrowLeft|ArrowRight)', '← →', says.fold, (key) =>
      key === 'ArrowLeft' ? stepOut(view) : stepIn(view),
    ),
    bind('(Home|End)', 'Home End', says.ends, (key) =>
      moveTo(view, key === 'Home' ? 0 : view.snapshot().visible.count - 1),
    ),
    bind('(PageUp|PageDown)', 'PgUp PgDn', says.page, (key) =>
      moveBy(view, key === 'PageUp' ? -page() : page()),
    ),
    bind('(\\.|,)', '. ,', says.sibling, (key) => toSibling(view, key === '.')),
    enter,
  ];
}

function jumpKeys(view: TraceView): KeyBinding[] {
  const kinds = { n: 'match', e: 'error', p: 'path' } as const;
  const jump = (forward: boolean) => (key: string) =>
    toNext(view, kinds[key as keyof typeof kinds], forward);
  return [
    bind('(n|e|p)', 'n e p', says.next, jump(true)),
    bind('Shift+(n|e|p)', 'Shift n e p', says.previous, jump(false)),
    bind('/', '/', says.find, focusFind),
    { ...bind('$mod+f', 'Ctrl F', says.find, focusFind), everywhere: true },
    bind('x', 'x', says.hide, () => {
      const { find, findMode } = view.snapshot();
      view.setFind(find, findMode === 'hide' ? 'dim' : 'hide');
    }),
  ];
}

function foldKeys(view: TraceView): KeyBinding[] {
  return [
    bind('Shift+(ArrowLeft|ArrowRight)', 'Shift ← →', says.subtree, (key) => {
      const { selected } = view.snapshot();
      if (selected !== null) {
        view.setSubtree(selected, key === 'ArrowRight');
      }
    }),
    bind('(\\[|\\])', '[ ]', says.level, (key) => view.changeDepth(key === '[' ? -1 : 1)),
    // Braces come with Shift on some keyboards and with AltGr on others.
    bind('(\\{|\\})', '{ }', says.all, (key) => view.setAll(key === '}')),
    bind('Shift+(\\{|\\})', 'Shift [ ]', says.all, (key) => view.setAll(key === '}')),
    bind('([1-9])', '1 … 9', says.depth, (key) => view.setDepth(Number(key))),
    bind('Shift+G', 'Shift G', says.group, () => view.setGrouping(!view.snapshot().fold.grouping)),
  ];
}

function timeKeys(view: TraceView, stage: WaterfallStage | null): KeyBinding[] {
  const centre = () => {
    const { window } = view.snapshot();
    return stage?.pointerTime() ?? (window.from + window.to) / 2;
  };
  return [
    bind('(w|s)', 'w s', says.zoom, (key) =>
      view.zoomAt(centre(), key === 'w' ? ZOOM_STEP : 1 / ZOOM_STEP),
    ),
    bind('(a|d)', 'a d', says.pan, (key) => view.pan(key === 'a' ? -PAN_STEP : PAN_STEP)),
    bind('f', 'f', says.fit, () => view.centreThenFit()),
    bind('0', '0', says.whole, () => view.setWindow(view.bounds)),
  ];
}

/** Esc: first the find, then the zoom, then the focus, then the selection. */
function clearOneLevel(view: TraceView): void {
  const { find, window, fold } = view.snapshot();
  if (find !== '') {
    view.setFind('', 'dim');
  } else if (window.from > view.bounds.from || window.to < view.bounds.to) {
    view.setWindow(view.bounds);
  } else if (fold.focus >= 0) {
    view.setFocus(null);
  } else {
    view.select(null);
  }
}
