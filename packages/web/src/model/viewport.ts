/**
 * The part of the time axis that is on screen, and the arithmetic between time and pixels.
 *
 * Times are nanoseconds from the trace's base as doubles: exact up to 2^53 ns, about 104 days. Windows are values;
 * every function returns a new one that lies inside the bounds.
 *
 * Never knows: rows, canvas, or who asked for the zoom.
 */

/** A stretch of time, `from` < `to`, in nanoseconds. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** The closest zoom: ten nanoseconds across the screen, where neighbouring ticks are still whole nanoseconds. */
export const WINDOW_MIN_NS = 10;

/** The bounds of a trace; a trace without extent gets a microsecond so that something can be drawn. */
export function boundsOf(wallStart: number, wallEnd: number): TimeWindow {
  const length = wallEnd - wallStart;
  return { from: wallStart, to: wallStart + (length < WINDOW_MIN_NS ? 1000 : length) };
}

export function windowLength(window: TimeWindow): number {
  return window.to - window.from;
}

/** The window moved and shrunk so that it fits the bounds and is not below the closest zoom. */
export function clampWindow(window: TimeWindow, bounds: TimeWindow): TimeWindow {
  const full = windowLength(bounds);
  const length = Math.min(full, Math.max(Math.min(WINDOW_MIN_NS, full), windowLength(window)));
  const middle = (window.from + window.to) / 2;
  const wanted =
    windowLength(window) >= WINDOW_MIN_NS && length === windowLength(window)
      ? window.from
      : middle - length / 2;
  const from = Math.min(Math.max(wanted, bounds.from), bounds.to - length);
  return { from, to: from + length };
}

/** Zooms so that `atNs` stays under the same pixel. `factor` < 1 zooms in. */
export function zoomWindow(
  window: TimeWindow,
  bounds: TimeWindow,
  atNs: number,
  factor: number,
): TimeWindow {
  const length = Math.min(
    windowLength(bounds),
    Math.max(WINDOW_MIN_NS, windowLength(window) * factor),
  );
  const share = (atNs - window.from) / windowLength(window);
  const from = atNs - share * length;
  return clampWindow({ from, to: from + length }, bounds);
}

/** Moves the window by a share of its own length; it stops at the bounds without shrinking. */
export function panWindow(window: TimeWindow, bounds: TimeWindow, share: number): TimeWindow {
  const by = windowLength(window) * share;
  return clampWindow({ from: window.from + by, to: window.to + by }, bounds);
}

/** The window that shows [from, to] with a tenth of air on both sides. */
export function fitWindow(from: number, to: number, bounds: TimeWindow): TimeWindow {
  const air = Math.max(WINDOW_MIN_NS / 2, (to - from) * 0.1);
  return clampWindow({ from: from - air, to: to + air }, bounds);
}

/** The same zoom with [from, to] in the middle. */
export function centreWindow(
  window: TimeWindow,
  from: number,
  to: number,
  bounds: TimeWindow,
): TimeWindow {
  const middle = (from + to) / 2;
  const half = windowLength(window) / 2;
  return clampWindow({ from: middle - half, to: middle + half }, bounds);
}

export function isWhole(window: TimeWindow, bounds: TimeWindow): boolean {
  return window.from <= bounds.from && window.to >= bounds.to;
}

/** Pixel of a time in a lane that begins at `left` and is `width` pixels wide. */
export function timeToX(ns: number, window: TimeWindow, left: number, width: number): number {
  return left + ((ns - window.from) / windowLength(window)) * width;
}

/** Time under a pixel: the inverse of `timeToX`. */
export function xToTime(x: number, window: TimeWindow, left: number, width: number): number {
  return window.from + ((x - left) / width) * windowLength(window);
}
