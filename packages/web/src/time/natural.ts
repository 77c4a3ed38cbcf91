/**
 * A time range as a person types it: `last 90m`, `2h30m`, `today`, `yesterday 14:00-15:00`, ISO, epoch digits.
 *
 * Local times are read in the browser's zone. Never knows: the wall clock, the DOM.
 */
import { ago, canonicalPoint, pointMs, type TimePoint, type TimeRange } from './range.ts';

const day = 86_400_000;

const unitWords: readonly (readonly [RegExp, number])[] = [
  [/^(s|sec|secs|second|seconds)$/, 1000],
  [/^(m|min|mins|minute|minutes)$/, 60_000],
  [/^(h|hr|hrs|hour|hours)$/, 3_600_000],
  [/^(d|day|days)$/, day],
  [/^(w|week|weeks)$/, 7 * day],
];

/**
 * @returns the range, relative where the text is relative, or undefined when it cannot be read or ends before it begins.
 * A single instant becomes five minutes on either side of it ("around this moment").
 */
export function parseRange(text: string, nowMs: number): TimeRange | undefined {
  const clean = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (clean === '') return undefined;
  return (
    parseRelative(clean) ??
    parseDay(clean, nowMs) ??
    parseTwoPoints(clean, nowMs) ??
    parseAround(clean, nowMs)
  );
}

/** `last 90m`, `past 2 hours`, `90m`, `1h30m`, `last hour`. */
function parseRelative(text: string): TimeRange | undefined {
  const rest = text.replace(/^(the )?(last|past) /, '').replace(/ ago$/, '');
  const ms = parseSpan(rest) ?? (rest === text ? undefined : parseSpan(`1 ${rest}`));
  return ms === undefined ? undefined : { from: ago(ms), to: 'now' };
}

/** A length of time in ms: `90m`, `1h 30m`, `2 hours`. */
function parseSpan(text: string): number | undefined {
  if (!/^(\d+(\.\d+)? ?[a-z]+ ?)+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, number, word] of text.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+)/g)) {
    const unit = unitWords.find(([pattern]) => pattern.test(word!))?.[1];
    if (unit === undefined) return undefined;
    ms += Number(number) * unit;
  }
  return ms >= 1000 && ms <= 3660 * day ? ms : undefined;
}

/** `today`, `yesterday`, `yesterday 14:00-15:00`, `14:00-15:00`, `2026-11-20`, `2026-11-20 14:00-15:00`. */
function parseDay(text: string, nowMs: number): TimeRange | undefined {
  const match =
    /^(today|yesterday|\d{4}-\d\d-\d\d)?(?: ?(\d\d?:\d\d(?::\d\d)?) ?(?:-|–|to|until) ?(\d\d?:\d\d(?::\d\d)?))?$/.exec(
      text,
    );
  if (!match || (match[1] === undefined && match[2] === undefined)) return undefined;
  const start = startOfDay(match[1] ?? 'today', nowMs);
  if (start === undefined) return undefined;
  if (match[2] === undefined) {
    const isToday = match[1] === 'today';
    return { from: iso(start), to: isToday ? 'now' : iso(nextDay(start)) };
  }
  const from = atClock(start, match[2]);
  const to = atClock(start, match[3]!);
  return from === undefined || to === undefined ? undefined : ordered(iso(from), iso(to), nowMs);
}

/** `A to B` where each is an instant: ISO (with or without zone), `now…`, epoch digits. */
function parseTwoPoints(text: string, nowMs: number): TimeRange | undefined {
  for (const separator of [' to ', ' until ', ' – ', '–', ' - ', '..', '/', '~']) {
    const parts = text.split(separator);
    if (parts.length !== 2) continue;
    const from = parsePoint(parts[0]!);
    const to = parsePoint(parts[1]!);
    if (from !== undefined && to !== undefined) return ordered(from, to, nowMs);
  }
  return undefined;
}

/** One instant → the ten minutes around it; `now-2h` and `since …` → from there to now. */
function parseAround(text: string, nowMs: number): TimeRange | undefined {
  const since = text.replace(/^(since|from) /, '');
  const point = parsePoint(since);
  if (point === undefined || point === 'now') return undefined;
  if (since !== text || point.startsWith('now')) return ordered(point, 'now', nowMs);
  const ms = pointMs(point, nowMs)!;
  return { from: iso(ms - 300_000), to: iso(ms + 300_000) };
}

function parsePoint(text: string): TimePoint | undefined {
  const clean = text.trim();
  if (clean.startsWith('now')) {
    const back = /^now ?- ?(.+)$/.exec(clean)?.[1];
    const ms = back === undefined ? undefined : parseSpan(back);
    return clean === 'now' ? 'now' : ms === undefined ? undefined : ago(ms);
  }
  if (/^\d{9,19}$/.test(clean)) return canonicalPoint(clean);
  if (
    !/^\d{4}-\d\d-\d\d([t ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?( ?(z|[+-]\d\d:?\d\d))?)?$/.test(clean)
  ) {
    return undefined;
  }
  const ms = Date.parse(toIso(clean));
  return Number.isNaN(ms) ? undefined : iso(ms);
}

/** Brings `2026-11-20 14:00` into the one form every engine parses as local time. */
function toIso(text: string): string {
  const upper = text
    .toUpperCase()
    .replace(',', '.')
    .replace(/ (?=Z|[+-]\d\d)/, '');
  return upper.length === 10 ? `${upper}T00:00:00` : upper.replace(' ', 'T');
}

function startOfDay(name: string, nowMs: number): number | undefined {
  if (name !== 'today' && name !== 'yesterday') {
    const ms = Date.parse(`${name}T00:00:00`);
    return Number.isNaN(ms) ? undefined : ms;
  }
  const at = new Date(nowMs);
  at.setHours(0, 0, 0, 0);
  if (name === 'yesterday') at.setDate(at.getDate() - 1);
  return at.getTime();
}

/** Calendar arithmetic, so that a day with a change of the clocks has its 23 or 25 hours. */
function nextDay(startMs: number): number {
  const at = new Date(startMs);
  at.setDate(at.getDate() + 1);
  return at.getTime();
}

function atClock(startMs: number, clock: string): number | undefined {
  const [hours, minutes, seconds = 0] = clock.split(':').map(Number);
  if (hours! > 24 || minutes! > 59 || seconds > 59) return undefined;
  const at = new Date(startMs);
  at.setHours(hours!, minutes, seconds, 0);
  return at.getTime();
}

function ordered(from: TimePoint, to: TimePoint, nowMs: number): TimeRange | undefined {
  return pointMs(from, nowMs)! < pointMs(to, nowMs)! ? { from, to } : undefined;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
