/**
 * When the next try may be made: at once while all is well, else after a wait that doubles with
 * every failure and is spread by chance, so that many senders do not come back at the same moment.
 *
 * While a destination fails only the oldest batch is tried, so a dead one costs one request per wait.
 */
import { limits } from '../limits.ts';
import { createBell } from './bell.ts';

export interface Retry {
  /** Failures since the last success. */
  readonly failures: number;
  /** Resolves when a batch may be tried, or when `signal` ends it. */
  turn(isFirst: () => boolean, signal: AbortSignal): Promise<void>;
  failed(reason: string, afterMs: number | undefined): void;
  succeeded(): void;
  /** Something outside changed that may make it somebody's turn. */
  stir(): void;
}

export interface RetryParts {
  readonly onFailed: (reason: string, failures: number) => void;
  readonly onRecovered: (failures: number) => void;
  readonly random?: () => number;
}

export function createRetry({ onFailed, onRecovered, random = Math.random }: RetryParts): Retry {
  const bell = createBell();
  let failures = 0;
  let notBeforeMs = 0;
  return {
    get failures() {
      return failures;
    },
    async turn(isFirst, signal) {
      for (;;) {
        if (signal.aborted) return;
        const waitMs = notBeforeMs - performance.now();
        const isTurn = failures === 0 || isFirst();
        if (isTurn && waitMs <= 0) return;
        await bell.wait(isTurn ? waitMs : Number.POSITIVE_INFINITY);
      }
    },
    failed(reason, afterMs) {
      const now = performance.now();
      // Several under way at once fail together; that is one failure, not several.
      if (now >= notBeforeMs) failures += 1;
      const waitMs = backOffMs(failures, random());
      notBeforeMs = Math.max(notBeforeMs, now + Math.max(waitMs, afterMs ?? 0));
      onFailed(reason, failures);
    },
    succeeded() {
      if (failures > 0) onRecovered(failures);
      failures = 0;
      notBeforeMs = 0;
      bell.ring();
    },
    stir: () => bell.ring(),
  };
}

/** Half of a doubling wait for sure, the other half by chance. `dice` is 0 … 1. */
export function backOffMs(failures: number, dice: number): number {
  const { forwardRetryMsMin, forwardRetryMsMax } = limits;
  const full = Math.min(forwardRetryMsMax, forwardRetryMsMin * 2 ** Math.max(0, failures - 1));
  return full / 2 + (full / 2) * dice;
}
