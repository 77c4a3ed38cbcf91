/**
 * Microseconds, as foreign protocols count them, → the fixed64 nanoseconds of OTLP, without a bigint.
 *
 * Never knows: what happened then.
 */

import type { Writer } from '@clew/wire';

const WORD = 2 ** 32;
/** The last microsecond that a double counts exactly, in the year 2255. */
const LAST_US = 2 ** 53;

/**
 * Writes `us` (a whole number, exact up to 2⁵³) as nanoseconds. What is not above zero is left out, and what does
 * not fit is held at the edge: the walk over the result moves and marks times that cannot be.
 */
export function writeMicroseconds(to: Writer, field: number, us: number): void {
  if (!(us > 0)) return;
  const whole = Math.min(Math.floor(us), LAST_US);
  const high = Math.floor(whole / WORD);
  // Each product stays below 2⁵³: the low word times 1000 is below 2⁴².
  const low = (whole - high * WORD) * 1000;
  const carry = Math.floor(low / WORD);
  to.fixed64Halves(field, high * 1000 + carry, low - carry * WORD);
}

/** The number that two halves of an int64 make, rounded where it needs more than 53 bits. */
export function numberOf(high: number, low: number): number {
  return (high | 0) * WORD + (low >>> 0);
}
