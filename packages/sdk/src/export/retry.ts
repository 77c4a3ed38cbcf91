/**
 * When to try again: exponential back-off with jitter, unless the server says when.
 * Never knows: HTTP requests.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-throttling
 */

const FIRST_MS = 500;
const FACTOR = 2;
const MOST_MS = 5000;

/** The answers that the specification names as worth another try. */
export function isRetryable(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** Milliseconds to wait before try `attempt` (from 1); `chance` of 0 … 1 spreads it by ± 20 %. */
export function delayMs(attempt: number, chance: number): number {
  return Math.min(FIRST_MS * FACTOR ** (attempt - 1), MOST_MS) * (0.8 + 0.4 * chance);
}

/** Milliseconds of a Retry-After header, given as seconds or as a date; `undefined` for others. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
