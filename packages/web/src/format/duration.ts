/**
 * Durations for people: three significant digits, one unit, the unit apart so that it can be dimmed.
 *
 * Never knows: the DOM, absolute times.
 */

export type FormattedDuration = { readonly value: string; readonly unit: string };

const units = [
  { unit: 'ns', ns: 1 },
  { unit: 'µs', ns: 1e3 },
  { unit: 'ms', ns: 1e6 },
  { unit: 's', ns: 1e9 },
  { unit: 'm', ns: 60e9 },
  { unit: 'h', ns: 3600e9 },
  { unit: 'd', ns: 86_400e9 },
] as const;

const namesToNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
  d: 86_400e9,
};

/** 0 → `0 ns`, 1_123_000_000 → `1.12 s`, 59.9996 s → `1.00 m`; whole nanoseconds keep no decimals. */
export function durationParts(ns: number): FormattedDuration {
  if (!Number.isFinite(ns)) return { value: '–', unit: '' };
  const size = Math.abs(ns);
  let index = 0;
  while (index + 1 < units.length && roundsUpTo(size, index)) index++;
  const { unit, ns: unitNs } = units[index]!;
  const digits = index === 0 ? String(Math.round(size)) : threeDigits(size / unitNs);
  return { value: ns < 0 ? `−${digits}` : digits, unit };
}

/** The same as one text, with a narrow no-break space between number and unit. */
export function formatDuration(ns: number): string {
  const { value, unit } = durationParts(ns);
  return unit === '' ? value : `${value}\u202f${unit}`;
}

/** `500ms`, `1.5s`, `2h30m`, `1_500` (ns) → ns; undefined when it is not a duration. Negative ones are not. */
export function parseDuration(text: string): number | undefined {
  const compact = text.trim().toLowerCase().replaceAll(/[\s_]/g, '');
  if (/^\d+$/.test(compact)) return safe(Number(compact));
  if (!/^(\d+(\.\d+)?|\.\d+)[a-zµμ]+((\d+(\.\d+)?|\.\d+)[a-zµμ]+)*$/.test(compact))
    return undefined;
  let total = 0;
  for (const [, number, name] of compact.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    const unitNs = namesToNs[name ?? ''];
    if (unitNs === undefined) return undefined;
    total += Number(number) * unitNs;
  }
  return safe(Math.round(total));
}

/** An exact text for URLs and requests that `parseDuration` reads back: the largest unit that leaves no remainder. */
export function formatDurationParameter(ns: number): string {
  for (const [name, unitNs] of [
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const) {
    if (ns !== 0 && ns % unitNs === 0) return `${ns / unitNs}${name}`;
  }
  return `${ns}ns`;
}

/** Whether three-digit rounding carries a value of unit `index` into the next one (999.6 ms is 1.00 s). */
function roundsUpTo(size: number, index: number): boolean {
  const unitNs = units[index]!.ns;
  const nextNs = units[index + 1]!.ns;
  const rounded = index === 0 ? Math.round(size) : Number(threeDigits(size / unitNs)) * unitNs;
  return rounded >= nextNs;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function safe(ns: number): number | undefined {
  return Number.isSafeInteger(ns) ? ns : undefined;
}
