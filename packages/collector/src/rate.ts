/**
 * How fast a counter grew over the last few seconds.
 */
const SECONDS = 5;

export interface Rate {
  perSecond(): number;
  close(): void;
}

export function createRate(read: () => number): Rate {
  const readings: { atMs: number; value: number }[] = [{ atMs: performance.now(), value: read() }];
  const timer = setInterval(() => {
    readings.push({ atMs: performance.now(), value: read() });
    if (readings.length > SECONDS) readings.shift();
  }, 1000).unref();
  return {
    perSecond() {
      const oldest = readings[0] as { atMs: number; value: number };
      const elapsedMs = performance.now() - oldest.atMs;
      return elapsedMs < 1 ? 0 : ((read() - oldest.value) / Math.max(elapsedMs, 1000)) * 1000;
    },
    close: () => clearInterval(timer),
  };
}
