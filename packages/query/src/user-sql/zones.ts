/**
 * Arguments that the engine takes for more than a value: names of time zones, which it looks for in a file if they begin
 * with `file:`, and names of types. They are taken as plain words in quotes only; what is computed might be anything.
 *
 * Which functions take a zone, and where, was found by giving each function on the list one in every place.
 *
 * Never knows: which zones there are.
 */
import { isOfTimes } from './functions.ts';

/** `UTC`, `Europe/Berlin`, `Etc/GMT+5`: no dot and no colon, so neither a path nor a scheme. */
export function isZoneName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(text);
}

/** `UInt8`: a type that is not made of others, which have parameters. */
export function isTypeName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(text);
}

/** How many arguments come before a zone, where that is not one. */
const before = new Map(
  Object.entries({
    now: 0,
    today: 0,
    yesterday: 0,
    toDateTime64: 2,
    toDateTime64OrNull: 2,
    parseDateTime64BestEffort: 2,
    parseDateTime64BestEffortOrNull: 2,
    parseDateTime: 2,
    parseDateTimeOrNull: 2,
    fromUnixTimestamp: 2,
    toWeek: 2,
    week: 2,
    toDayOfWeek: 2,
    toStartOfWeek: 2,
    toStartOfInterval: 2,
    dateTrunc: 2,
    date_trunc: 2,
    dateName: 2,
    formatDateTime: 2,
    formatDateTimeInJodaSyntax: 2,
    dateDiff: 3,
    date_diff: 3,
    timestampDiff: 3,
    timestamp_diff: 3,
    age: 3,
    dateAdd: 3,
    date_add: 3,
    dateSub: 3,
    date_sub: 3,
    timeSlots: 3,
    makeDate: 3,
    makeDateTime: 6,
  }),
);

/**
 * The places (0 is the first) of a call at which only a zone may stand.
 * @param name as the engine spells it
 * @param count of arguments
 */
export function zonePlaces(name: string, count: number): readonly number[] {
  if (!isOfTimes(name) && name !== 'toString') return [];
  const isShift = /^(?:add|subtract)[A-Z]/.test(name);
  // With four arguments the third is the time from which intervals are counted.
  const isCountedFrom = name === 'toStartOfInterval' && count === 4;
  const first = isCountedFrom ? 3 : isShift ? 2 : (before.get(name) ?? 1);
  return Array.from({ length: Math.max(0, count - first) }, (_, at) => first + at);
}

/** The place of the name of a type; null for every other function. */
export function typePlace(name: string): number | null {
  return name.startsWith('accurateCast') ? 1 : null;
}
