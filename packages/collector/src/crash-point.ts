/**
 * Named places at which a test can make the process die as by `kill -9`.
 *
 * `CLEW_CRASH_AT=before-ack:17` kills at the seventeenth pass. Unset, a point costs one comparison.
 */
export type CrashPoint =
  | 'after-write'
  | 'after-sync'
  | 'before-ack'
  | 'after-seal'
  | 'during-load'
  | 'after-load'
  | 'after-ledger';

const [armed, passes] = (process.env['CLEW_CRASH_AT'] ?? '').split(':');
let left = Number(passes ?? 1);

/** Dies here when this point is armed and passed often enough. */
export function crashPoint(name: CrashPoint): void {
  if (armed !== name) return;
  left -= 1;
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
}

/** The same a moment later, for what goes on elsewhere meanwhile. */
export function crashPointSoon(name: CrashPoint, afterMs: number): void {
  if (armed === name) setTimeout(() => crashPoint(name), afterMs);
}
