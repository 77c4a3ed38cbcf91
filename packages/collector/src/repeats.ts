/**
 * A window of the requests that were taken, so that one that a client sends again (because it never saw
 * the answer) is acknowledged without being stored again.
 *
 * Two generations stand for the window: the younger one is filled, and when it is half the window old,
 * or holds half the count, it becomes the older one. So a request is remembered for between a half and
 * the whole of both bounds, and forgetting costs nothing per request. Memory: about 150 bytes each.
 *
 * The fingerprint is CRC-32 (which the frame needs anyway), length, the first 28 bytes of the first
 * span, where its random ids are, and the body's last 16. Measured at 207 kB: CRC-32 36 µs, which is
 * paid once for both, SHA-1 116 µs on top: 0.23 µs per span that random ids make needless.
 */
import type { Admitted } from './admit.ts';

export interface Repeats {
  /** The answer, or the answer to come, of an equal request within the window. */
  find(fingerprint: string): Admitted | Promise<Admitted> | undefined;
  /** Remembers a request; while its outcome is open, equal ones wait for the same outcome. */
  remember(fingerprint: string, outcome: Admitted | Promise<Admitted>): void;
  /** A request that was not stored is not remembered. */
  forget(fingerprint: string): void;
  size(): number;
}

export interface RepeatsOptions {
  readonly windowMs: number;
  readonly requestsMax: number;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
}

type Generation = Map<string, Admitted | Promise<Admitted>>;

export function createRepeats(options: RepeatsOptions): Repeats {
  const { windowMs, requestsMax, nowMs = () => performance.now() } = options;
  let young: Generation = new Map();
  let old: Generation = new Map();
  let bornMs = nowMs();

  function age(): void {
    const ageMs = nowMs() - bornMs;
    if (young.size < requestsMax / 2 && ageMs < windowMs / 2) return;
    old = ageMs < windowMs ? young : new Map();
    young = new Map();
    bornMs = nowMs();
  }

  return {
    find(fingerprint) {
      age();
      return young.get(fingerprint) ?? old.get(fingerprint);
    },
    remember(fingerprint, outcome) {
      if (windowMs === 0) return;
      if (old.has(fingerprint)) old.set(fingerprint, outcome);
      else young.set(fingerprint, outcome);
    },
    forget(fingerprint) {
      young.delete(fingerprint);
      old.delete(fingerprint);
    },
    size: () => young.size + old.size,
  };
}

/** Where the first span of a body is, from the walk. */
export interface FirstSpan {
  readonly firstSpanOffset: number;
  readonly firstSpanEnd: number;
}

/** Two tags, two lengths, 16 bytes of trace id and 8 of span id, as every encoder begins a span. */
const ID_BYTES = 28;
const TAIL_BYTES = 16;

/** Equal for equal bodies; `crc` is the CRC-32 of the whole body. */
export function fingerprint(body: Uint8Array, crc: number, first: FirstSpan): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const at = Math.max(0, first.firstSpanOffset);
  const ids = bytes.toString('latin1', at, Math.min(at + ID_BYTES, bytes.length));
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - TAIL_BYTES));
  return `${crc.toString(36)}.${bytes.length.toString(36)}.${ids}${tail}`;
}
