/**
 * Read your writes: before a trace is read by its id, spans that are acknowledged but not yet in the
 * engine are loaded. When nothing waits, nothing happens.
 *
 * Never knows: segments, or what is asked.
 */
import { limits } from './limits.ts';
import type { CollectorView, Log } from './parts.ts';

export type Fresh = {
  /**
   * Resolves with true when everything acknowledged before the call can be read, with false when
   * that took too long or failed: then the answer holds what is stored.
   */
  load(): Promise<boolean>;
  /** Whether spans wait for the engine now. */
  isPending(): boolean;
};

export function createFresh(
  collector: CollectorView,
  log: Log,
  waitMs: number = limits.freshMsMax,
): Fresh {
  const isPending = () => {
    const { spoolBytes, openSegmentBytes } = collector.stats();
    return spoolBytes + openSegmentBytes > 0;
  };
  return {
    isPending,
    async load() {
      if (!isPending()) return true;
      const loaded = collector.sealAndLoad().then(
        () => true,
        (cause: unknown) => {
          log('warn', 'pending spans could not be loaded for a reader', { cause });
          return false;
        },
      );
      return withinTime(loaded, waitMs);
    },
  };
}

function withinTime(work: Promise<boolean>, waitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs, false);
    void work.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
