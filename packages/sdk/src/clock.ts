/**
 * Times of spans: whole milliseconds since the epoch and the nanoseconds inside that millisecond.
 *
 * A double holds today's milliseconds to 0.24 µs only, so the two are kept apart and a time that
 * was given exactly stays exact. Never knows: what happened at a time.
 */

import type { HrTime, TimeInput } from '@opentelemetry/api';

export const NS_PER_MS = 1_000_000;

/** A moment: `ms` whole milliseconds of the epoch, `ns` of 0 … 999,999. */
export interface Moment {
  readonly ms: number;
  readonly ns: number;
}

/** An anchor serves the traces of this long: the clock that is set meanwhile shows a second late. */
const ANCHOR_MS = 1000;
let anchor = 0;
let anchorUntil = 0;

/**
 * What to add to `performance.now()`, which is `nowMs`, for the time of the epoch. Each local trace
 * keeps the one it began with, so its times never run backwards.
 */
export function anchorAt(nowMs: number): number {
  if (nowMs >= anchorUntil) {
    anchor = Date.now() - performance.now();
    anchorUntil = nowMs + ANCHOR_MS;
  }
  return anchor;
}

/**
 * The moment that a caller gave: HrTime, Date, milliseconds of the epoch, or a value of
 * `performance.now()` (told apart, as in the stock SDK, by not being larger than that is now).
 */
export function momentOf(time: TimeInput | undefined, anchor: number): Moment {
  if (Array.isArray(time)) return momentOfHr(time as HrTime);
  if (time instanceof Date) return momentOfMs(time.getTime());
  if (typeof time === 'number' && Number.isFinite(time)) {
    return momentOfMs(time <= performance.now() ? time + performance.timeOrigin : time);
  }
  return momentOfMs(anchor + performance.now());
}

function momentOfMs(given: number): Moment {
  const time = Math.max(given, 0);
  const ms = Math.floor(time);
  return { ms, ns: Math.floor((time - ms) * NS_PER_MS) };
}

function momentOfHr([seconds, nanos]: HrTime): Moment {
  const ms = Math.floor(nanos / NS_PER_MS);
  const whole = seconds * 1000 + ms;
  return whole >= 0 ? { ms: whole, ns: Math.floor(nanos - ms * NS_PER_MS) } : { ms: 0, ns: 0 };
}

export function hrTimeOf(ms: number, ns: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, (ms - seconds * 1000) * NS_PER_MS + ns];
}
