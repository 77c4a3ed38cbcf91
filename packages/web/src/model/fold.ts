/**
 * The fold of a trace as text, so that a link carries it, and as bits, so that flattening is fast.
 *
 * Text is a comma list: what stays in sight (`cp`, `err`, `depth:3`, `min:5ms`), or `open` for everything; then
 * `client` (folds client spans), `nogroup`, `in:<span id>` for the subtree in focus, and single changes by hand
 * `x:<span id>` (a span folded or unfolded) and `g:<span id>` (the group of that span opened or closed).
 * Empty text is the default: everything open up to 2,000 spans, above that the automatic fold.
 *
 * Never knows: the address bar, or visible rows.
 */
import { formatDurationParameter, parseDuration } from '../format/duration.ts';
import { type Bitset, createBitset, hasBit, setBit, toggleBit } from './bitset.ts';
import { findSpanId, isError, isOnPath, spanIdHex, type TraceStore } from './trace-store.ts';
import type { FoldState } from './visible-rows.ts';

/** Above this many spans a trace opens folded. */
export const AUTO_FOLD_ROWS = 2000;

/** Changes by hand beyond this many are not put into a link: 100 ids are about 1,900 characters. */
export const FOLD_CHANGES_MAX = 100;

/** OTLP span kind of a client. */
const KIND_CLIENT = 3;

/** What stays in sight. Empty: nothing but the roots. */
export interface Keep {
  readonly criticalPath?: boolean;
  readonly errors?: boolean;
  /** Levels that stay open; 0 shows the roots alone. */
  readonly depth?: number;
  readonly minNs?: number;
}

export interface FoldSpec {
  readonly base: 'auto' | 'open' | Keep;
  readonly foldClients: boolean;
  readonly grouping: boolean;
  readonly focusId: string | null;
  /** Span ids whose fold differs from the base. */
  readonly changed: readonly string[];
  /** Span ids of the first members of groups that differ from the base: open, or closed when the base is `open`. */
  readonly opened: readonly string[];
}

export const DEFAULT_FOLD: FoldSpec = {
  base: 'auto',
  foldClients: false,
  grouping: true,
  focusId: null,
  changed: [],
  opened: [],
};

/** Reads the text of a link. Parts it does not understand are left out. */
export function parseFold(text: string): FoldSpec {
  let base: FoldSpec['base'] = 'auto';
  const keep = (more: Keep) => {
    base = { ...(typeof base === 'string' ? {} : base), ...more };
  };
  const changed: string[] = [];
  const opened: string[] = [];
  let focusId: string | null = null;
  const parts = text.split(',');
  for (const part of parts) {
    const [key, value = ''] = part.split(':', 2) as [string, string?];
    if (key === 'open') base = 'open';
    else if (key === 'cp') keep({ criticalPath: true });
    else if (key === 'err') keep({ errors: true });
    else if (key === 'depth' && /^\d{1,6}$/.test(value)) keep({ depth: Number(value) });
    else if (key === 'min' && parseDuration(value) !== undefined)
      keep({ minNs: parseDuration(value)! });
    else if (key === 'in' && isSpanId(value)) focusId = value;
    else if (key === 'x' && isSpanId(value)) changed.push(value);
    else if (key === 'g' && isSpanId(value)) opened.push(value);
  }
  return {
    base,
    foldClients: parts.includes('client'),
    grouping: !parts.includes('nogroup'),
    focusId,
    changed: changed.slice(0, FOLD_CHANGES_MAX),
    opened: opened.slice(0, FOLD_CHANGES_MAX),
  };
}

/** The text of a link; `parseFold(formatFold(spec))` equals the spec. */
export function formatFold(spec: FoldSpec): string {
  const { base } = spec;
  const parts: string[] = [];
  if (base === 'open') parts.push('open');
  if (typeof base === 'object') {
    if (base.criticalPath) parts.push('cp');
    if (base.errors) parts.push('err');
    if (base.depth !== undefined) parts.push(`depth:${base.depth}`);
    if (base.minNs !== undefined) parts.push(`min:${formatDurationParameter(base.minNs)}`);
  }
  if (spec.foldClients) parts.push('client');
  if (!spec.grouping) parts.push('nogroup');
  if (spec.focusId !== null) parts.push(`in:${spec.focusId}`);
  parts.push(...spec.changed.slice(0, FOLD_CHANGES_MAX).map((id) => `x:${id}`));
  parts.push(...spec.opened.slice(0, FOLD_CHANGES_MAX).map((id) => `g:${id}`));
  return parts.join(',');
}

function isSpanId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/** The bits that a spec stands for in one trace. Ids that the trace does not have are ignored. */
export function applyFold(store: TraceStore, spec: FoldSpec): FoldState {
  const collapsed = baseFold(store, spec);
  for (const id of spec.changed) {
    const span = findSpanId(store, id);
    if (span >= 0) {
      toggleBit(collapsed, span);
    }
  }
  const openGroups = baseGroups(store, spec);
  for (const id of spec.opened) {
    const span = findSpanId(store, id);
    if (span >= 0 && store.groups.of[span]! >= 0) {
      toggleBit(openGroups, store.groups.of[span]!);
    }
  }
  return {
    collapsed,
    openGroups,
    grouping: spec.grouping,
    keep: null,
    focus: spec.focusId === null ? -1 : findSpanId(store, spec.focusId),
  };
}

/** The spec of a state: the base it began with plus what differs from it. */
export function describeFold(store: TraceStore, spec: FoldSpec, state: FoldState): FoldSpec {
  const base = baseFold(store, spec);
  const changed: string[] = [];
  for (let word = 0; word < base.length && changed.length < FOLD_CHANGES_MAX; word++) {
    for (
      let differs = base[word]! ^ state.collapsed[word]!;
      differs !== 0;
      differs &= differs - 1
    ) {
      changed.push(spanIdHex(store, word * 32 + (31 - Math.clz32(differs & -differs))));
    }
  }
  const groups = baseGroups(store, spec);
  const opened: string[] = [];
  for (let group = 0; group < store.groups.count && opened.length < FOLD_CHANGES_MAX; group++) {
    if (hasBit(state.openGroups, group) !== hasBit(groups, group)) {
      opened.push(spanIdHex(store, store.groups.members[store.groups.from[group]!]!));
    }
  }
  return {
    ...spec,
    grouping: state.grouping,
    focusId: state.focus < 0 ? null : spanIdHex(store, state.focus),
    changed: changed.slice(0, FOLD_CHANGES_MAX),
    opened,
  };
}

/** Groups are closed, unless everything is open. */
function baseGroups(store: TraceStore, { base }: FoldSpec): Bitset {
  const groups = createBitset(store.groups.count);
  return base === 'open' ? groups.fill(0xffff_ffff) : groups;
}

/** What an automatic fold keeps: the path, the errors, and the first levels. */
const AUTO_KEEP: Keep = { criticalPath: true, errors: true, depth: 3 };

function baseFold(store: TraceStore, { base, foldClients }: FoldSpec): Bitset {
  const automatic = base === 'auto' && store.spans > AUTO_FOLD_ROWS;
  const keep = automatic ? AUTO_KEEP : base;
  const collapsed = typeof keep === 'string' ? createBitset(store.spans) : foldAllBut(store, keep);
  if (foldClients) {
    for (let span = 0; span < store.spans; span++) {
      if (store.kind[span] === KIND_CLIENT && store.subtreeSize[span]! > 1) {
        setBit(collapsed, span);
      }
    }
  }
  return collapsed;
}

/** Folds every span that has nothing worth keeping below it. */
function foldAllBut(store: TraceStore, keep: Keep): Bitset {
  const collapsed = createBitset(store.spans);
  const needed = new Uint8Array(store.spans);
  for (let span = store.spans - 1; span >= 0; span--) {
    const hasNeeded = needed[span] === 1;
    if (!hasNeeded && store.subtreeSize[span]! > 1) {
      setBit(collapsed, span);
    }
    const above = store.parent[span]!;
    if (above >= 0 && (hasNeeded || isKept(store, keep, span))) {
      needed[above] = 1;
    }
  }
  return collapsed;
}

function isKept(store: TraceStore, keep: Keep, span: number): boolean {
  return (
    (keep.depth !== undefined && store.depth[span]! <= keep.depth) ||
    (keep.errors === true && isError(store, span)) ||
    (keep.criticalPath === true && isOnPath(store, span)) ||
    (keep.minNs !== undefined && store.duration[span]! >= keep.minNs)
  );
}
