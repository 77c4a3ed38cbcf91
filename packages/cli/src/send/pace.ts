/**
 * How fast spans may go: so many a second on average, from the first on.
 *
 * What was late is not made up for beyond a second, so that a server that was away is not flooded when it returns.
 * Never knows: requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  /** Resolves when `spans` more may go; at once when no rate was asked for. Ends early when aborted. */
  wait(spans: number): Promise<void>;
}

const MADE_UP_MS_MAX = 1_000;

/** `perSecond` 0: as fast as the server takes them. */
export function createPace(perSecond: number, now: () => number, signal: AbortSignal): Pace {
  let dueMs = now();
  return {
    async wait(spans) {
      if (perSecond === 0) return;
      const waitMs = dueMs - now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      dueMs = Math.max(dueMs, now() - MADE_UP_MS_MAX) + (1000 * spans) / perSecond;
    },
  };
}
