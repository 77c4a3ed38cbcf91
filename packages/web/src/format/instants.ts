/**
 * Instants for people. The server sends epoch nanoseconds as text, because they do not fit a number; only the
 * milliseconds ever become a `Date`.
 *
 * Never knows: the DOM, the clock (callers pass `nowMs`).
 */

/** Epoch nanoseconds as text → epoch milliseconds, rounded down. */
export function epochMsOf(ns: string): number {
  return ns.length <= 6 ? 0 : Number(ns.slice(0, -6));
}

/** `14:02:11.482`; with the day in front when it is not the day of `nowMs`. */
export function formatClock(ms: number, nowMs: number): string {
  const at = new Date(ms);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  return at.toDateString() === new Date(nowMs).toDateString() ? clock : `${formatDay(at)} ${clock}`;
}

/** The whole truth, for a tooltip: local date, time to the microsecond, zone. */
export function formatExact(ns: string): string {
  const ms = epochMsOf(ns);
  const micros = ns.padStart(9, '0').slice(-9, -3);
  const at = new Date(ms);
  const zone = -at.getTimezoneOffset();
  const sign = zone < 0 ? '−' : '+';
  const hours = two(Math.floor(Math.abs(zone) / 60));
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${day} ${clock}.${micros} UTC${sign}${hours}:${two(Math.abs(zone) % 60)}`;
}

/** `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.round((nowMs - ms) / 1000);
  if (seconds < 0) return 'in the future';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `2026-03-14 09:26`, local. */
export function formatMinute(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

const dayFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });

function formatDay(at: Date): string {
  return dayFormat.format(at);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
