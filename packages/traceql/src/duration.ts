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

const prometheusUnits: readonly (readonly [name: string, ns: bigint])[] = [
  ['y', 365n * 24n * hourNs],
  ['w', 7n * 24n * hourNs],
  ['d', 24n * hourNs],
  ['h', hourNs],
  ['m', minuteNs],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
];

const goUnits: Readonly<Record<string, bigint>> = {
  h: hourNs,
  m: minuteNs,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ns: 1n,
};

/**
 * `1h30m`, `1w2d`, `1.5h`, `100µs` → nanoseconds; undefined when the text is no duration. Prometheus' rules first
 * (integers, units in descending order), then Go's (fractions, units in any order).
 */
export function parseDuration(text: string): bigint | undefined {
  return parsePrometheusDuration(text) ?? parseGoDuration(text);
}

function parsePrometheusDuration(text: string): bigint | undefined {
  const parts = [...text.matchAll(/([0-9]+)(ms|[ywdhms])/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  let total = 0n;
  let last = -1;
  for (const [, count, name] of parts) {
    const place = prometheusUnits.findIndex(([unit]) => unit === name);
    if (place <= last) return undefined;
    last = place;
    total += BigInt(count!) * prometheusUnits[place]![1];
  }
  return total;
}

function parseGoDuration(text: string): bigint | undefined {
  const parts = [...text.matchAll(/([0-9]+\.?[0-9]*|\.[0-9]+)(ms|us|µs|μs|ns|h|m|s)/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((total, [, number, unit]) => total + scale(number!, goUnits[unit!]!), 0n);
}

/** `1.5` × a unit, exact in integers; what is below a nanosecond is cut. */
function scale(number: string, unitNs: bigint): bigint {
  const [whole = '', fraction = ''] = number.split('.');
  return (BigInt(`${whole}${fraction}` || '0') * unitNs) / 10n ** BigInt(fraction.length);
}
