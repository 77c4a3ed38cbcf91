/**
 * The critical path: the chain of work that decided when the trace ended.
 *
 * Definition (the one for the whole product), walked backwards from the end as in CRISP (Uber, USENIX ATC 2022):
 * inside a span the path goes to the child that ended last among those that had begun before the cursor, clipped to
 * the cursor; the cursor moves to that child's start; what no child explains belongs to the span itself. Unlike CRISP, a
 * child that was still running at the cursor counts: real children overlap a little, and their time must not be
 * blamed on the parent. Children are clipped to their parent. A span that does not overlap its parent at all (queues,
 * clock skew) is walked like a root; roots are walked the same way inside the whole wall time, and time between them
 * belongs to nobody.
 *
 * So the segments never overlap, they fill the wall time exactly when one root covers it, and the part of the path
 * that belongs to a span is never longer than its self time.
 * Never knows: how the path is drawn.
 */

/** Segments grouped by span: those of position p are `from[p] … from[p + 1] − 1`, latest first. */
export interface CriticalPath {
  readonly from: Uint32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

export interface TimedTree {
  readonly parent: Int32Array;
  readonly subtreeSize: Uint32Array;
  readonly start: Float64Array;
  readonly duration: Float64Array;
}

/** Computes the path of a whole trace in depth-first order. Visits only spans on the path and their children. */
export function criticalPath(tree: TimedTree): CriticalPath {
  const wall = wallTime(tree);
  const found = walkBack(tree, frame(tree, -1, wall.start, wall.end, topLevel(tree)));
  return groupBySpan(found, tree.parent.length);
}

/** Earliest start and latest end. Zeros for an empty trace. */
export function wallTime({ start, duration }: Pick<TimedTree, 'start' | 'duration'>): {
  start: number;
  end: number;
} {
  if (start.length === 0) {
    return { start: 0, end: 0 };
  }
  let first = Infinity;
  let last = -Infinity;
  for (let i = 0; i < start.length; i++) {
    first = Math.min(first, start[i]!);
    last = Math.max(last, start[i]! + duration[i]!);
  }
  return { start: first, end: last };
}

/** A span being walked: what lies between `from` and `cursor` is still to be explained. Span −1 is the wall. */
interface Frame {
  readonly span: number;
  readonly from: number;
  cursor: number;
  /** In start order. */
  readonly children: readonly number[];
  /** `last[i]`: which of the children 0 … i ended last. Makes the walk linear, without a sort. */
  readonly last: readonly number[];
  /** Children that began before the cursor. */
  begun: number;
}

interface Segments {
  readonly span: number[];
  readonly start: number[];
  readonly end: number[];
}

function frame(
  { start, duration }: TimedTree,
  span: number,
  from: number,
  cursor: number,
  children: readonly number[],
): Frame {
  const last: number[] = [];
  let latest = -Infinity;
  for (let i = 0; i < children.length; i++) {
    const end = start[children[i]!]! + duration[children[i]!]!;
    last.push(end > latest ? children[i]! : last[i - 1]!);
    latest = Math.max(latest, end);
  }
  return { span, from, cursor, children, last, begun: children.length };
}

function walkBack(tree: TimedTree, wall: Frame): Segments {
  const { start, duration } = tree;
  const found: Segments = { span: [], start: [], end: [] };
  const frames = [wall];
  while (frames.length > 0) {
    const inside = frames[frames.length - 1]!;
    const child = lastBegun(inside, start);
    const to = child < 0 ? -Infinity : Math.min(start[child]! + duration[child]!, inside.cursor);
    if (to <= inside.from) {
      emit(found, inside.span, inside.from, inside.cursor);
      frames.pop();
      continue;
    }
    const from = Math.max(start[child]!, inside.from);
    emit(found, inside.span, to, inside.cursor);
    inside.cursor = from;
    if (tree.subtreeSize[child] === 1) {
      emit(found, child, from, to);
    } else if (from < to) {
      frames.push(frame(tree, child, from, to, childrenOf(tree, child)));
    }
  }
  return found;
}

/** The child that ended last among those that began before the cursor, −1 when there is none. */
function lastBegun(inside: Frame, start: Float64Array): number {
  while (inside.begun > 0 && start[inside.children[inside.begun - 1]!]! >= inside.cursor) {
    inside.begun -= 1;
  }
  return inside.begun === 0 ? -1 : inside.last[inside.begun - 1]!;
}

function emit(found: Segments, span: number, from: number, to: number): void {
  if (span >= 0 && to > from) {
    found.span.push(span);
    found.start.push(from);
    found.end.push(to);
  }
}

function childrenOf({ subtreeSize }: TimedTree, span: number): number[] {
  const children: number[] = [];
  const last = span + subtreeSize[span]!;
  for (let child = span + 1; child < last; child += subtreeSize[child]!) {
    children.push(child);
  }
  return children;
}

/** Roots, and spans that do not overlap their parent, in start order. */
function topLevel({ parent, start, duration }: TimedTree): number[] {
  const top: number[] = [];
  for (let i = 0; i < parent.length; i++) {
    const above = parent[i]!;
    const overlaps =
      above >= 0 &&
      start[i]! < start[above]! + duration[above]! &&
      start[i]! + duration[i]! > start[above]!;
    if (!overlaps) {
      top.push(i);
    }
  }
  return top.sort((a, b) => start[a]! - start[b]!);
}

function groupBySpan({ span, start, end }: Segments, spans: number): CriticalPath {
  const from = new Uint32Array(spans + 1);
  for (const at of span) {
    from[at + 1]! += 1;
  }
  for (let i = 0; i < spans; i++) {
    from[i + 1]! += from[i]!;
  }
  const next = from.slice();
  const path = { from, start: new Float64Array(span.length), end: new Float64Array(span.length) };
  for (let i = 0; i < span.length; i++) {
    const at = next[span[i]!]!++;
    path.start[at] = start[i]!;
    path.end[at] = end[i]!;
  }
  return path;
}
