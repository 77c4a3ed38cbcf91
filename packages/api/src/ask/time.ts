/**
 * A point in time in a URL: RFC 3339, epoch milliseconds or nanoseconds, `now`, `now-1h`, `now+5m`.
 *
 * Times are epoch nanoseconds and never a `Date`, whose milliseconds would cut them.
 * Never knows: which parameter it came from; the clock is handed in.
 */
import { parseDurationNs } from './duration.ts';

/** What a wanted time looks like, for messages. */
export const timeForm =
  'a time such as 2026-01-31T12:00:00Z, now-1h, or epoch milliseconds or nanoseconds';

const msNs = 1_000_000n;

/** Epoch nanoseconds, or undefined when the text is no time. */
export function parseTimeNs(text: string, nowMs: number): bigint | undefined {
  if (/^\d+$/.test(text)) return epochNs(text);
  const relative = /^now(?:([-+ ])(.+))?$/.exec(text);
  return relative === null ? rfc3339Ns(text) : relativeNs(relative[1], relative[2], nowMs);
}

/** Milliseconds have up to 14 digits until the year 5138, nanoseconds 18 or 19 since 1973. */
function epochNs(digits: string): bigint | undefined {
  if (digits.length <= 14) return BigInt(digits) * msNs;
  return digits.length === 18 || digits.length === 19 ? BigInt(digits) : undefined;
}

/** A blank stands for `+`, which a URL that was not escaped turns into one. */
function relativeNs(
  sign: string | undefined,
  distance: string | undefined,
  nowMs: number,
): bigint | undefined {
  const nowNs = BigInt(Math.floor(nowMs)) * msNs;
  if (sign === undefined || distance === undefined) return nowNs;
  const distanceNs = /^\d+$/.test(distance) ? undefined : parseDurationNs(distance);
  if (distanceNs === undefined) return undefined;
  return sign === '-' ? nowNs - distanceNs : nowNs + distanceNs;
}

const rfc3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(?:[Zz]|([-+ ])(\d{2}):(\d{2}))$/;

function rfc3339Ns(text: string): bigint | undefined {
  const found = text.length > 64 ? null : rfc3339.exec(text);
  if (found === null) return undefined;
  const [, day = '', clock = '', fraction = '', sign, hours = '0', minutes = '0'] = found;
  const ms = Date.parse(`${day}T${clock}Z`);
  // Date.parse takes 30 February for 2 March; writing it back shows that.
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
  if (!isReal || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const zoneNs = BigInt(Number(hours) * 60 + Number(minutes)) * 60_000n * msNs;
  const localNs = BigInt(ms) * msNs + BigInt(fraction.padEnd(9, '0'));
  return sign === '-' ? localNs + zoneNs : localNs - zoneNs;
}
