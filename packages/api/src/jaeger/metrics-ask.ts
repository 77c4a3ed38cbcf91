/**
 * The parameters of the Monitor tab → what to count, and over which steps.
 *
 * Never knows: how counts become rates.
 */
import type { RedFilter } from '@clew/query';
import { all, BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';
import { rangeOf } from './ask.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const msNs = 1_000_000n;

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
type Kind = (typeof kinds)[number];

export type MetricsAsk = {
  readonly services: readonly string[];
  readonly kinds: readonly Kind[];
  readonly byOperation: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whole minutes, which is how counts are kept. */
  readonly stepMs: number;
  /** Each point counts what started within this long before it. A multiple of the step. */
  readonly windowMs: number;
};

/** @throws BadAsk */
export function metricsAskOf(given: Parameters, nowMs: number): MetricsAsk {
  const services = all(given, 'service').filter((name) => name !== '');
  if (services.length === 0) {
    throw new BadAsk("unable to parse param 'service': please provide at least one service name");
  }
  if (services.length > limits.metricServicesMax) {
    throw new BadAsk(
      `found ${services.length} services, wanted at most ${limits.metricServicesMax}`,
    );
  }
  const range = rangeOf(given, nowMs, hourMs);
  const [fromMs, toMs] = [Number(range.fromNs / msNs), Number(range.toNs / msNs)];
  if (fromMs >= toMs)
    throw new BadAsk("unable to parse param 'lookback': found no time to look at");
  const stepMs = stepOf(milliseconds(given, 'step', 5000), toMs - fromMs);
  const windowMs = Math.min(milliseconds(given, 'ratePer', 10 * minuteMs), dayMs);
  return {
    services,
    kinds: kindsOf(all(given, 'spanKind')),
    byOperation: isTrue(first(given, 'groupByOperation')),
    fromMs,
    toMs,
    stepMs,
    windowMs: Math.max(Math.round(windowMs / stepMs), 1) * stepMs,
  };
}

/** 0 to 1, required. @throws BadAsk */
export function quantileOf(given: Parameters): number {
  const written = first(given, 'quantile');
  const quantile = written === '' ? Number.NaN : Number(written);
  if (quantile >= 0 && quantile <= 1) return quantile;
  const found = JSON.stringify(written.slice(0, 80));
  throw new BadAsk(
    `unable to parse param 'quantile': strconv.ParseFloat: parsing ${found}: invalid syntax`,
  );
}

/** The counts that the points need: those of the first window begin before the range. */
export function redFilterOf(ask: MetricsAsk): RedFilter {
  const { services, byOperation, stepMs } = ask;
  const fromMs = Math.max(firstPoint(ask) - ask.windowMs, 0);
  return {
    services,
    kinds: ask.kinds,
    range: { fromNs: BigInt(fromMs) * msNs, toNs: BigInt(ask.toMs) * msNs },
    stepMinutes: stepMs / minuteMs,
    byOperation,
  };
}

/** Points stand at the ends of whole steps, so that every one but the newest counts a full step. */
export function firstPoint({ fromMs, stepMs }: MetricsAsk): number {
  return (Math.floor(fromMs / stepMs) + 1) * stepMs;
}

/** At least a minute, and long enough that there are not too many steps. */
function stepOf(wantedMs: number, lookbackMs: number): number {
  const leastMs = Math.max(wantedMs, lookbackMs / limits.metricStepsMax, minuteMs);
  return Math.ceil(leastMs / minuteMs) * minuteMs;
}

function milliseconds(given: Parameters, name: string, otherwise: number): number {
  const written = first(given, name);
  if (written === '') return otherwise;
  if (/^\d{1,15}$/.test(written)) return Number(written);
  const found = JSON.stringify(written.slice(0, 80));
  throw new BadAsk(
    `unable to parse param '${name}': strconv.ParseInt: parsing ${found}: invalid syntax`,
  );
}

/** `server` or `SPAN_KIND_SERVER`; none means server, whose spans are what others wait for. */
function kindsOf(written: readonly string[]): readonly Kind[] {
  if (written.length === 0) return ['server'];
  return written.map((name) => {
    const kind = kinds.find((each) => each === name.replace(/^SPAN_KIND_/, '').toLowerCase());
    if (kind !== undefined) return kind;
    throw new BadAsk(`unable to parse param 'spanKind': unsupported span kind: '${name}'`);
  });
}

function isTrue(written: string): boolean {
  return /^(1|t|true)$/i.test(written);
}
