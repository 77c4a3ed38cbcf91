/**
 * Mending times: a span must start inside the window, end after it starts, and not last for ever.
 *
 * The original values stay on the span as attributes, so nothing is lost. Never knows: the walk.
 */

import { type Mending, note } from './mending.ts';
import type { Writer } from './writer.ts';

export const ORIGINAL_START = 'clew.original_start_time_unix_nano';
export const ORIGINAL_END = 'clew.original_end_time_unix_nano';

const NS_PER_MS = 1_000_000n;

export interface Times {
  readonly start: bigint;
  readonly end: bigint;
  /** Attributes to be added: key and epoch nanoseconds. */
  readonly originals: readonly (readonly [key: string, ns: bigint])[];
}

/**
 * The times that a span gets for those it has, in this order: an end before its start becomes the
 * start; too long a duration is cut; a start outside the window moves to the nearer edge, and the
 * end with it. A start that was never set has no nearer edge: it moves to the end if that lies in
 * the window, else to now.
 */
export function mendTimes(mending: Mending, start: bigint, end: bigint): Times {
  const { limits, nowMs } = mending;
  const earliest = BigInt(nowMs - limits.pastMs) * NS_PER_MS;
  const latest = BigInt(nowMs + limits.futureMs) * NS_PER_MS;
  const originals: [string, bigint][] = [];
  const inWindow = (time: bigint) => time >= earliest && time <= latest;
  if (start === 0n && !inWindow(start)) {
    const known = inWindow(end) ? end : BigInt(nowMs) * NS_PER_MS;
    note(mending, 'time_moved');
    originals.push([ORIGINAL_START, start]);
    if (end !== known) originals.push([ORIGINAL_END, end]);
    return { start: known, end: known, originals };
  }
  const sound = mendEnd(mending, start, end);
  if (!inWindow(start)) {
    note(mending, 'time_moved');
    originals.push([ORIGINAL_START, start]);
  }
  if (sound !== end) {
    originals.push([ORIGINAL_END, end]);
  }
  const moved = start < earliest ? earliest : start > latest ? latest : start;
  return { start: moved, end: moved + (sound - start), originals };
}

function mendEnd(mending: Mending, start: bigint, end: bigint): bigint {
  const longest = BigInt(mending.limits.durationMs) * NS_PER_MS;
  if (end < start) {
    note(mending, 'end_before_start');
    return start;
  }
  if (end - start > longest) {
    note(mending, 'duration_cut');
    return start + longest;
  }
  return end;
}

/** Writes the original times as int attributes of `field`; those past 2⁶³ wrap to negative ones. */
export function writeOriginals(out: Writer, field: number, times: Times): void {
  for (const [key, ns] of times.originals) {
    const pair = out.begin(field);
    out.string(1, key);
    const value = out.begin(2);
    out.varint64(3, ns);
    out.end(value);
    out.end(pair);
  }
}
