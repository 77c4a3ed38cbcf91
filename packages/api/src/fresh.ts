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
   * that took too long or failed: then the answer holds what is stored. With a whole trace id,
   * nothing happens unless spans of that trace wait.
   */
  load(traceId?: string): Promise<boolean>;
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
    async load(traceId) {
      if (!isPending()) return true;
      const id = traceId === undefined ? undefined : wholeId(traceId);
      if (id !== undefined && !((await collector.holds?.(id)) ?? true)) return true;
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

/** The bytes of 32 hex digits, dashes aside; a shorter id may mean several traces. */
function wholeId(text: string): Uint8Array | undefined {
  const digits = text.replaceAll('-', '');
  return /^[0-9a-f]{32}$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined;
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
