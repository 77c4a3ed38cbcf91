/**
 * Numbers and times as an agent reads them: short, with their unit.
 *
 * Pure. Never knows: what they measure.
 */

export function printDuration(ns: number): string {
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${short(ns / 1e3)} µs`;
  if (ns < 1e9) return `${short(ns / 1e6)} ms`;
  return ns < 60e9 ? `${short(ns / 1e9)} s` : `${short(ns / 60e9)} min`;
}

/** Three digits that count. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toString();
  return String(Number(value.toPrecision(3)));
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${short((100 * part) / whole)} %`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function printTime(ns: bigint | string): string {
  return new Date(Number(BigInt(ns) / 1_000_000n)).toISOString();
}

/** A range that ends ahead of the clock, for senders whose clock is, ends now to a reader. */
export function printRange(
  { fromNs, toNs }: { readonly fromNs: bigint; readonly toNs: bigint },
  nowMs: number,
): string {
  const end = toNs > BigInt(Math.ceil(nowMs)) * 1_000_000n ? 'now' : printTime(toNs);
  return `from ${printTime(fromNs)} to ${end}`;
}
