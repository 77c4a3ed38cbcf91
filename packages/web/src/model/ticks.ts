/**
 * Ticks of the time axis: round times, one unit for the whole axis.
 *
 * Far into a zoom the absolute times would not differ in their visible digits; then the ticks count from the left edge
 * ("+20 ns") and the edge itself is named once. Never knows: canvas.
 */
import { formatDuration } from '../format/duration.ts';
import { type TimeWindow, windowLength } from './viewport.ts';

export interface Tick {
  /** Nanoseconds from the trace's base. */
  readonly ns: number;
  readonly label: string;
}

const UNITS = [
  { unit: 'h', ns: 3600e9 },
  { unit: 'm', ns: 60e9 },
  { unit: 's', ns: 1e9 },
  { unit: 'ms', ns: 1e6 },
  { unit: 'µs', ns: 1e3 },
  { unit: 'ns', ns: 1 },
] as const;

/** Steps that divide minutes and hours evenly, in seconds; below a second steps are 1, 2, 5 × 10ⁿ. */
const LONG_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200,
];

/** More decimals than this and a label is no longer read at a glance. */
const DECIMALS_MAX = 3;

/**
 * @param zeroNs what the labels count from: the start of the trace
 * @param count how many ticks there is room for, at least 1
 */
export function timeTicks(window: TimeWindow, zeroNs: number, count: number): Tick[] {
  const stepNs = roundStep(windowLength(window) / Math.max(1, count));
  const first = Math.ceil((window.from - zeroNs) / stepNs - 1e-9);
  const largest = Math.max(Math.abs(window.from - zeroNs), Math.abs(window.to - zeroNs));
  const { unit, ns: unitNs } = unitFor(largest);
  const decimals = decimalsOf(stepNs / unitNs);
  const ticks: Tick[] = [];
  for (let i = first; i * stepNs + zeroNs <= window.to + stepNs * 1e-9; i++) {
    const ns = i * stepNs;
    const label =
      decimals <= DECIMALS_MAX
        ? `${(ns / unitNs).toFixed(decimals)}\u202f${unit}`
        : `+${formatDuration(ns - first * stepNs)}`;
    ticks.push({ ns: ns + zeroNs, label });
  }
  const [lead, ...rest] = ticks;
  if (lead === undefined || decimals <= DECIMALS_MAX) {
    return ticks;
  }
  return [{ ns: lead.ns, label: formatDuration(lead.ns - zeroNs) }, ...rest];
}

function roundStep(roughNs: number): number {
  if (roughNs > 1e9) {
    const seconds = roughNs / 1e9;
    const step = LONG_STEPS_S.find((candidate) => candidate >= seconds);
    return (step ?? Math.ceil(seconds / 86_400) * 86_400) * 1e9;
  }
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, roughNs)));
  const lead = Math.max(1, roughNs) / magnitude;
  return magnitude * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

function unitFor(ns: number): (typeof UNITS)[number] {
  return UNITS.find((candidate) => ns >= candidate.ns) ?? UNITS[UNITS.length - 1]!;
}

/** Decimals that a multiple of `step` needs, up to 9. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 9; decimals++) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) {
      return decimals;
    }
  }
  return 9;
}
