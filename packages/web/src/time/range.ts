/**
 * A time range as two points: relative ones (`now-1h`) stay relative in links, absolute ones are ISO texts.
 *
 * Never knows: the wall clock; functions that need it are given `nowMs`.
 */

/** `now`, `now-90m`, an ISO 8601 instant, or epoch milliseconds or nanoseconds as digits. */
export type TimePoint = string;
export type TimeRange = { readonly from: TimePoint; readonly to: TimePoint };

export const defaultRange: TimeRange = { from: 'now-1h', to: 'now' };

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The instant of a point in epoch ms, given the clock; undefined when it cannot be read. */
export function pointMs(point: TimePoint, nowMs: number): number | undefined {
  if (point === 'now') return nowMs;
  const relative = /^now-(\d{1,9})([smhdw])$/.exec(point);
  // Before 1970 there are no spans, and a date so far back could not be printed.
  if (relative) return Math.max(0, nowMs - Number(relative[1]) * (unitMs[relative[2]!] ?? 0));
  if (/^\d{9,19}$/.test(point)) return epochMs(point);
  if (!/^\d{4}-\d\d-\d\dT/.test(point)) return undefined;
  const ms = Date.parse(point);
  return Number.isNaN(ms) ? undefined : Math.floor(ms);
}

/** `now-5400s` style text of a span of time before now, in the largest unit that fits exactly. */
export function ago(ms: number): TimePoint {
  for (const unit of ['w', 'd', 'h', 'm'] as const) {
    const size = unitMs[unit]!;
    if (ms >= size && ms % size === 0) return `now-${ms / size}${unit}`;
  }
  return `now-${Math.max(1, Math.round(ms / 1000))}s`;
}

/** Absolute points become ISO instants in UTC, relative ones stay; undefined when the text is neither. */
export function canonicalPoint(text: string): TimePoint | undefined {
  if (text.startsWith('now')) return pointMs(text, 0) === undefined ? undefined : text;
  const ms = pointMs(text, 0);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** Whether both ends move with the clock. */
export function isRelative(range: TimeRange): boolean {
  return range.from.startsWith('now') && range.to.startsWith('now');
}

/** Epoch seconds, milliseconds, microseconds or nanoseconds, told apart by the number of digits. */
function epochMs(digits: string): number {
  const length = digits.length;
  if (length <= 11) return Number(digits) * 1000;
  if (length <= 14) return Number(digits);
  return Math.round(Number(digits) / (length <= 17 ? 1e3 : 1e6));
}
