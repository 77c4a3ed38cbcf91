/**
 * How fast the world of this example turns: SPEED=12 makes 24 seconds two.
 * Never knows: what is waited for.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const speed = Math.max(1, Number(process.env['SPEED'] ?? 1) || 1);

/** Waits `ms` of the example's time; rejects when `gone` is aborted. */
export function work(ms: number, gone?: AbortSignal): Promise<void> {
  return sleep(ms / speed, undefined, gone === undefined ? {} : { signal: gone });
}

/** A time limit in real milliseconds: a slow machine must not miss one that was made short. */
export function limit(ms: number): number {
  return Math.max(1_000, ms / speed);
}
