/**
 * Durations as TraceQL writes them: whole nanoseconds ↔ `1h30m`, `1.5s`, `250ms`, `100ns`.
 *
 * Never knows: dates, or calendar units longer than an hour on output.
 */

const units: readonly (readonly [name: string, ns: bigint])[] = [
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['ns', 1n],
];

const minuteNs = 60_000_000_000n;
const hourNs = 60n * minuteNs;

/** `5400000000000n` → `1h30m`, `1500000000n` → `1.5s`, `250000000n` → `250ms`, `0n` → `0s`. */
export function printDuration(durationNs: bigint): string {
  if (durationNs < 0n) return `-${printDuration(-durationNs)}`;
  if (durationNs === 0n) return '0s';
  const hours = durationNs / hourNs;
  const minutes = (durationNs % hourNs) / minuteNs;
  const rest = durationNs % minuteNs;
  const whole = `${hours > 0n ? `${hours}h` : ''}${minutes > 0n ? `${minutes}m` : ''}`;
  return rest > 0n ? whole + printBelowMinute(rest) : whole;
}

function printBelowMinute(durationNs: bigint): string {
  const [name, unitNs] = units.find(([, ns]) => durationNs >= ns)!;
  const fraction = (durationNs % unitNs).toString().padStart(unitNs.toString().length - 1, '0');
  const digits = fraction.replace(/0+$/, '');
  const whole = durationNs / unitNs;
  return digits === '' || unitNs === 1n ? `${whole}${name}` : `${whole}.${digits}${name}`;
}
