/**
 * A range in words, for the button that shows it, and the presets that are offered.
 *
 * Never knows: the wall clock.
 */
import { formatMinute } from '../format/instants.ts';
import { isRelative, pointMs, type TimeRange } from './range.ts';

export const presets: readonly TimeRange[] = ['15m', '1h', '6h', '24h', '7d'].map((length) => ({
  from: `now-${length}`,
  to: 'now',
}));

const unitNames: Readonly<Record<string, string>> = {
  s: 's',
  m: 'min',
  h: 'h',
  d: 'd',
  w: 'weeks',
};

/** `Last 90 min`, or `2026-11-20 14:00 – 15:00`. */
export function rangeWords(range: TimeRange, nowMs: number): string {
  const relative = /^now-(\d+)([smhdw])$/.exec(range.from);
  if (relative && range.to === 'now') return `Last ${relative[1]} ${unitNames[relative[2]!]}`;
  if (isRelative(range)) return `${range.from} – ${range.to}`;
  const from = pointMs(range.from, nowMs);
  const to = pointMs(range.to, nowMs);
  if (from === undefined || to === undefined) return `${range.from} – ${range.to}`;
  const start = formatMinute(from);
  if (range.to === 'now') return `Since ${start}`;
  const end = formatMinute(to);
  return `${start} – ${end.slice(0, 10) === start.slice(0, 10) ? end.slice(11) : end}`;
}

/** The same range with both ends fixed at the clock given. */
export function frozen(range: TimeRange, nowMs: number): TimeRange {
  const at = (point: string) => new Date(pointMs(point, nowMs) ?? nowMs).toISOString();
  return { from: at(range.from), to: at(range.to) };
}
