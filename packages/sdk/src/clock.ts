/**
 * Times of spans: whole milliseconds since the epoch and the nanoseconds inside that millisecond.
 *
 * A double holds today's milliseconds to 0.24 µs only, so the two are kept apart and a time that
 * was given exactly stays exact. Never knows: what happened at a time.
 */

import { diag, type HrTime, type TimeInput } from '@opentelemetry/api';

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

/** What 64 bits of nanoseconds hold, in the year 2554. */
const MS_MAX = 18_446_744_073_708;

/**
 * The moment that a caller gave: HrTime, Date, milliseconds of the epoch, or a value of
 * `performance.now()` (told apart, as in the stock SDK, by not being larger than that is now). What is
 * no time, or one that OTLP cannot hold, is reported and taken for now.
 */
export function momentOf(time: TimeInput | undefined, anchor: number): Moment {
  const nowMs = performance.now();
  if (time === undefined) return momentOfMs(anchor + nowMs);
  const moment = Array.isArray(time) ? momentOfHr(time as HrTime) : momentOfMs(msOf(time, nowMs));
  if (moment.ms >= 0 && moment.ms <= MS_MAX) return moment;
  const found = typeof time === 'object' ? 'an invalid HrTime or Date' : String(time);
  diag.warn(`time: found ${found}, wanted one from 1970 to 2554; now is taken`);
  return momentOfMs(anchor + nowMs);
}

function msOf(time: TimeInput, nowMs: number): number {
  if (time instanceof Date) return time.getTime();
  if (typeof time !== 'number') return Number.NaN;
  return time >= 0 && time <= nowMs ? time + performance.timeOrigin : time;
}

function momentOfMs(time: number): Moment {
  const ms = Math.floor(time);
  return { ms, ns: Math.floor((time - ms) * NS_PER_MS) };
}

function momentOfHr([seconds, nanos]: HrTime): Moment {
  if (typeof seconds !== 'number' || typeof nanos !== 'number') return momentOfMs(Number.NaN);
  const ms = Math.floor(nanos / NS_PER_MS);
  return { ms: seconds * 1000 + ms, ns: Math.floor(nanos - ms * NS_PER_MS) };
}

export function hrTimeOf(ms: number, ns: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, (ms - seconds * 1000) * NS_PER_MS + ns];
}
