/**
 * Numbers as the screen prints them: three significant digits, unit always present.
 */

/** Nanoseconds → `1.12 s`, `41.0 ms`, `870 µs`, `12 ns`, `2 m 05 s`. */
export function printNs(ns: number): string {
  if (ns < 0) return `-${printNs(-ns)}`;
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 999.5e3) return `${digits(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${digits(ns / 1e6)} ms`;
  if (ns < 59.95e9) return `${digits(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
}

/** Bytes → `1.50 MiB`. */
export function printSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;
  let value = bytes / 1024;
  let at = 0;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return `${digits(value)} ${units[at]}`;
}

/** 1234567 → `1,234,567`. */
export function printCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 span`, `2 spans`. */
export function counted(count: number, noun: string): string {
  return `${printCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function digits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
