/**
 * Wakes whoever waits for something to change, or for time to pass. A ring that nobody waits for is
 * remembered for the next one who does, so that no change is slept through.
 */
export interface Bell {
  /** Something changed. */
  ring(): void;
  /** Resolves at the next ring, or after `ms`. */
  wait(ms?: number): Promise<void>;
}

export function createBell(): Bell {
  let isRung = false;
  let waiters: (() => void)[] = [];
  return {
    ring() {
      isRung = waiters.length === 0;
      const woken = waiters;
      waiters = [];
      for (const wake of woken) wake();
    },
    wait(ms = Number.POSITIVE_INFINITY) {
      if (isRung) {
        isRung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const timer = Number.isFinite(ms) ? setTimeout(wake, Math.max(0, ms)) : undefined;
        function wake() {
          clearTimeout(timer);
          waiters = waiters.filter((one) => one !== wake);
          resolve();
        }
        waiters.push(wake);
      });
    },
  };
}
