/**
 * Ids as people and other systems write them → the one spelling Clew uses.
 *
 * Never knows: whether an id exists.
 */
import { QuestionError } from './errors.ts';

/**
 * 32 lower-case hex digits. Any case, dashes and blanks around are taken; fewer digits are padded with zeros on the left,
 * as Jaeger and Tempo do.
 * @throws QuestionError `bad-trace-id`
 */
export function readTraceId(written: string): string {
  const digits = written.trim().replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{1,32}$/.test(digits) || /^0+$/.test(digits)) {
    throw new QuestionError('bad-trace-id', { found: JSON.stringify(written.slice(0, 80)) });
  }
  return digits.padStart(32, '0');
}

/** A span id as the number its 16 digits spell. @throws QuestionError `bad-span-id` */
export function readSpanId(written: string): bigint {
  const digits = written.trim();
  if (!/^[0-9a-f]{16}$/i.test(digits) || /^0+$/.test(digits)) {
    throw new QuestionError('bad-span-id', { found: JSON.stringify(written.slice(0, 80)) });
  }
  return BigInt(`0x${digits}`);
}

/** The last 16 digits of an id that has no more than these; null for a full 128-bit id. */
export function lowHalfOnly(traceId: string): string | null {
  return traceId.startsWith('0'.repeat(16)) ? traceId.slice(16) : null;
}
