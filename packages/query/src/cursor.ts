/**
 * A cursor: where the next page of a search starts, as opaque text.
 *
 * It holds the place of the last row given and, for traces, up to where in time matches must be looked at again. A
 * checksum of the question keeps a cursor from being used with another one.
 *
 * Never knows: the range of the question, which may move between pages (`now`).
 */
import { QuestionError } from './errors.ts';
import type { Place } from './plan.ts';

export type Cursor = {
  /** Rows after this place, newest first, are still to come. */
  readonly after: Place;
  /** Matches that start later than this belong to rows already given. */
  readonly matchesFromNs: bigint;
};

/** @param question what the page was asked with; the same text must come back with the cursor */
export function printCursor(cursor: Cursor, question: string): string {
  const { after, matchesFromNs } = cursor;
  const bytes = Buffer.alloc(44);
  bytes.writeUInt32BE(checksum(question), 0);
  bytes.writeBigInt64BE(after.startNs, 4);
  bytes.write(after.traceId, 12, 'hex');
  bytes.write(after.spanId.padStart(16, '0'), 28, 'hex');
  bytes.writeBigInt64BE(matchesFromNs, 36);
  return bytes.toString('base64url');
}

/** @throws QuestionError `bad-cursor` when the text was not printed for this question */
export function readCursor(text: string, question: string): Cursor {
  const bytes = Buffer.from(text, 'base64url');
  const whole = bytes.length === 44 && bytes.toString('base64url') === text;
  if (!whole || bytes.readUInt32BE(0) !== checksum(question)) {
    throw new QuestionError('bad-cursor');
  }
  const startNs = bytes.readBigInt64BE(4);
  const matchesFromNs = bytes.readBigInt64BE(36);
  if (startNs < 0n || matchesFromNs < 0n) throw new QuestionError('bad-cursor');
  return {
    after: {
      startNs,
      traceId: bytes.toString('hex', 12, 28),
      spanId: bytes.toString('hex', 28, 36),
    },
    matchesFromNs,
  };
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function checksum(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
