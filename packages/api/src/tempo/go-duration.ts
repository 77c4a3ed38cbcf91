/**
 * Durations as Go prints them: `168h0m0s`, `1m30s`, `1.5s`, `100ms`, `0s`. https://pkg.go.dev/time#Duration.String
 *
 * Never knows: what lasted that long.
 */

const secondNs = 1_000_000_000n;

export function printGoDuration(ns: bigint): string {
  if (ns < 0n) return `-${printGoDuration(-ns)}`;
  if (ns === 0n) return '0s';
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${decimal(ns, 1_000n)}µs`;
  if (ns < secondNs) return `${decimal(ns, 1_000_000n)}ms`;
  const seconds = `${decimal(ns % (60n * secondNs), secondNs)}s`;
  const minutes = ns / (60n * secondNs);
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(ns: bigint, unitNs: bigint): string {
  const fraction = `${ns % unitNs}`.padStart(`${unitNs}`.length - 1, '0').replace(/0+$/, '');
  return fraction === '' ? `${ns / unitNs}` : `${ns / unitNs}.${fraction}`;
}
