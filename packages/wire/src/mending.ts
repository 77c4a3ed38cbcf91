/**
 * What a mending keeps track of: its output, and what it did to whom.
 *
 * Never knows: protobuf messages.
 */

import type { WalkLimits } from './limits.ts';
import { type Mark, marks } from './marks.ts';
import { WireError } from './reader.ts';
import { type Part, walkPart } from './walk.ts';
import { createWriter, type Writer } from './writer.ts';

/** Why a span was rejected: which of its ids is none. */
export type RejectReason = 'trace-id' | 'span-id' | 'parent-span-id';

export interface Mending {
  readonly out: Writer;
  readonly limits: WalkLimits;
  readonly nowMs: number;
  /** Spans written. */
  spans: number;
  /** Bits of `marks` for what was done since they were last set. */
  marks: number;
  readonly cut: Map<Mark, number>;
  readonly rejected: Map<RejectReason, number>;
}

/** A run of bytes somewhere. */
export interface Slice {
  readonly source: Uint8Array;
  readonly at: number;
  readonly end: number;
}

export function createMending(limits: WalkLimits, nowMs: number): Mending {
  return {
    out: createWriter(),
    limits,
    nowMs: Math.trunc(nowMs),
    spans: 0,
    marks: 0,
    cut: new Map(),
    rejected: new Map(),
  };
}

/** Notes that `mark` applies, `count` times. */
export function note(mending: Mending, mark: Mark, count = 1): void {
  mending.marks |= marks[mark];
  mending.cut.set(mark, (mending.cut.get(mark) ?? 0) + count);
}

/**
 * How many spans the slice holds if, as a message of the kind `part`, it may stay as it is;
 * −1 if it may not.
 *
 * @throws WireError when a walk refuses it; bodies come here after a walk that did not.
 */
export function cleanSpans(mending: Mending, part: Part, slice: Slice): number {
  const { limits, nowMs } = mending;
  const bytes = slice.source.subarray(slice.at, slice.end);
  const walk = walkPart(part, bytes, { limits, nowMs, ours: false });
  if (walk.verdict === 'refuse') {
    throw new WireError(walk.reason, slice.at + walk.offset, 'bytes that a walk does not refuse');
  }
  return walk.verdict === 'clean' ? walk.spans : -1;
}

export function isClean(mending: Mending, part: Part, slice: Slice): boolean {
  return cleanSpans(mending, part, slice) >= 0;
}
