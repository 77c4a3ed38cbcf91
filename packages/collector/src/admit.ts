/**
 * Step 2 of 10 in a span's walk.   before: receivers/http.ts   after: segment.ts
 *
 * Decides what becomes of a request: refused, mended, recognised as a repeat, or appended as the very
 * bytes that came. Never builds a span.
 */
import { crc32 } from 'node:zlib';
import { frame, type Mended, mendTraces, type WalkLimits, walkTraces } from '@clew/wire';
import { CollectorError } from './errors.ts';
import type { Ledger } from './ledger.ts';
import { type Counters, count } from './metrics.ts';
import { fingerprint, type Repeats } from './repeats.ts';
import type { Frame } from './segment.ts';

/** What a sender is told: nothing when all is well, a partial success otherwise. */
export interface Admitted {
  readonly rejected: number;
  readonly message: string;
}

/** Resolves when the request is as durable as `spool.sync` promises; rejects with a CollectorError. */
export type Admit = (body: Uint8Array, listener: string) => Promise<Admitted>;

export interface AdmitParts {
  readonly limits: WalkLimits;
  readonly repeats: Repeats;
  readonly append: (frame: Frame) => Promise<void>;
  readonly counters: Counters;
  readonly ledger: Ledger;
  readonly nowMs: () => number;
}

/** Until there are credentials there is one tenant. */
export const DEFAULT_TENANT = 'default';

const ALL_WELL: Admitted = { rejected: 0, message: '' };

export function createAdmit(parts: AdmitParts): Admit {
  return async (body, listener) => {
    const { nowMs, repeats } = parts;
    const { verdict, spans, offset, reason, firstSpanOffset, firstSpanEnd } = walkTraces(
      body,
      parts.limits,
      nowMs(),
    );
    if (verdict === 'refuse') throw refusal(reason, offset, parts.limits);
    if (spans === 0) return ALL_WELL;
    const crc = crc32(body);
    const print = fingerprint(body, crc, { firstSpanOffset, firstSpanEnd });
    const earlier = repeats.find(print);
    if (earlier !== undefined) {
      const answer = await earlier;
      noteRepeat(parts, spans, listener);
      return answer;
    }
    const outcome =
      verdict === 'clean'
        ? store(parts, { body, crc, spans, listener }, ALL_WELL)
        : storeMended(parts, body, listener);
    repeats.remember(print, outcome);
    try {
      const answer = await outcome;
      repeats.remember(print, answer);
      return answer;
    } catch (error) {
      repeats.forget(print);
      throw error;
    }
  };
}

interface Storable {
  readonly body: Uint8Array;
  readonly crc: number;
  readonly spans: number;
  readonly listener: string;
}

/** Appends the body as it is, and answers `answer` once it is durable. */
async function store(
  { append, counters, nowMs }: AdmitParts,
  { body, crc, spans, listener }: Storable,
  answer: Admitted,
): Promise<Admitted> {
  const facts = { tenant: DEFAULT_TENANT, arrivedMs: nowMs(), listener };
  // The checksum of the body is known already; the trailer's continues from it.
  const sum = (bytes: Uint8Array, previous?: number) =>
    previous === undefined ? crc : crc32(bytes, previous);
  const { head, trailer } = frame(body, facts, sum);
  const bytes = head.length + body.length + trailer.length;
  await append({ ...facts, parts: [head, body, trailer], bytes, spans });
  count(counters.requestsAccepted, listener);
  count(counters.spansAccepted, listener, spans);
  count(counters.bytesReceived, listener, body.length);
  return answer;
}

/**
 * Stores what mending leaves. The mended bytes are what is found on disk when the window of repeats
 * is rebuilt after a restart, so they are looked for, and remembered, beside the bytes that came.
 */
async function storeMended(
  parts: AdmitParts,
  body: Uint8Array,
  listener: string,
): Promise<Admitted> {
  const { limits, counters, ledger, repeats } = parts;
  const nowMs = parts.nowMs();
  const mended = mendTraces(body, limits, nowMs);
  const answer = describe(mended);
  const { bytes, spans } = mended;
  if (spans > 0) {
    const crc = crc32(bytes);
    const print = fingerprint(bytes, crc, walkTraces(bytes, limits, nowMs));
    if (repeats.find(print) !== undefined) {
      noteRepeat(parts, spans, listener);
      return answer;
    }
    await store(parts, { body: bytes, crc, spans, listener }, answer);
    repeats.remember(print, answer);
  }
  noteMended(counters, ledger, mended, listener);
  return answer;
}

function noteRepeat({ counters, ledger }: AdmitParts, spans: number, listener: string): void {
  count(counters.requestsRepeated, listener);
  ledger.note({ outcome: 'dropped', reason: 'repeat', listener, requests: 1, spans, bytes: 0 });
}

function noteMended(counters: Counters, ledger: Ledger, mended: Mended, listener: string): void {
  for (const { reason, spans } of mended.rejected) {
    count(counters.spansRejected, reason, spans);
    ledger.note({ outcome: 'refused', reason, listener, requests: 0, spans, bytes: 0 });
  }
  for (const { reason, count: times } of mended.cut) {
    count(counters.thingsCut, reason, times);
    ledger.note({ outcome: 'truncated', reason, listener, requests: 0, spans: times, bytes: 0 });
  }
}

/** The words of a partial success. Rejected may be 0: then it is a warning, as OTLP allows. */
function describe(mended: Mended): Admitted {
  const rejected = mended.rejected.reduce((sum, { spans }) => sum + spans, 0);
  const parts: string[] = [];
  if (rejected > 0) {
    const reasons = mended.rejected.map(({ reason, spans }) => `${reason} ${spans}`).join(', ');
    parts.push(`rejected ${rejected} of ${rejected + mended.spans} spans (${reasons})`);
  }
  if (mended.cut.length > 0) {
    const reasons = mended.cut.map(({ reason, count: times }) => `${reason} ${times}`).join(', ');
    parts.push(`kept with changes, marked on the spans (${reasons})`);
  }
  return { rejected, message: parts.join('; ') };
}

function refusal(reason: string, offset: number, limits: WalkLimits): CollectorError {
  return reason === 'too-many-spans'
    ? new CollectorError('TOO_MANY_SPANS', { limit: limits.spansPerRequest })
    : new CollectorError('MALFORMED_PROTOBUF', { reason, offset });
}
