/**
 * Rates that follow a target: the traces per second that were stored of an operation, against those
 * that are wanted, move its rate.
 *
 * The rules are those of Jaeger's adaptive sampler, so that its users find what they know: nothing
 * changes within 30 % of the target, a rate grows by at most half at a time, one without traces
 * doubles. https://www.jaegertracing.io/docs/latest/sampling/#adaptive-sampling
 * Pure: never knows clocks, the engine, clients.
 */
import { limits } from '../limits.ts';
import type { AdaptiveOptions } from './settings.ts';
import type { OperationRate } from './strategy.ts';

/** Traces that an operation began within one interval. */
export interface Throughput {
  readonly service: string;
  readonly operation: string;
  readonly traces: number;
}

/** What is known of an operation. */
export interface OperationState {
  readonly rate: number;
  /** Traces per second of the last intervals, newest first. */
  readonly perSecond: readonly number[];
  /** Intervals since it was last seen. */
  readonly unseen: number;
}

/** Service → operation → state. */
export type Rates = ReadonlyMap<string, ReadonlyMap<string, OperationState>>;

/** No change while the traces per second are within this share of the target. */
const TOLERANCE = 0.3;
/** The most by which a rate grows at once. */
const GROWTH_MAX = 0.5;
/** Intervals that count; the i-th newest with weight (n − i)⁴, so that the newest decides. */
const INTERVALS = 10;

/** The rates for the next interval. Operations that were not seen for long are forgotten. */
export function nextRates(
  before: Rates,
  seen: readonly Throughput[],
  options: AdaptiveOptions,
): Rates {
  const traces = byService(seen);
  const services = new Set([...traces.keys(), ...before.keys()]);
  const next = new Map<string, ReadonlyMap<string, OperationState>>();
  for (const service of services) {
    if (next.size >= limits.samplingServicesMax) break;
    const operations = nextOperations(before.get(service), traces.get(service), options);
    if (operations.size > 0) next.set(service, operations);
  }
  return next;
}

function byService(seen: readonly Throughput[]): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const { service, operation, traces } of seen) {
    const operations = found.get(service) ?? new Map<string, number>();
    operations.set(operation, traces);
    found.set(service, operations);
  }
  return found;
}

function nextOperations(
  before: ReadonlyMap<string, OperationState> = new Map(),
  traces: ReadonlyMap<string, number> = new Map(),
  options: AdaptiveOptions,
): Map<string, OperationState> {
  const next = new Map<string, OperationState>();
  // Those seen come first: where there are too many operations, the silent ones leave.
  for (const operation of new Set([...traces.keys(), ...before.keys()])) {
    if (next.size >= limits.samplingOperationsMax) break;
    const state = nextState(before.get(operation), traces.get(operation) ?? 0, options);
    if (state.unseen <= limits.samplingUnseenMax) next.set(operation, state);
  }
  return next;
}

function nextState(
  before: OperationState | undefined,
  traces: number,
  options: AdaptiveOptions,
): OperationState {
  const now = traces / (options.intervalMs / 1000);
  const perSecond = [now, ...(before?.perSecond ?? [])].slice(0, INTERVALS);
  const rate = nextRate(before?.rate ?? options.initialRate, weighted(perSecond), options);
  return { rate, perSecond, unseen: traces > 0 ? 0 : (before?.unseen ?? 0) + 1 };
}

function weighted(perSecond: readonly number[]): number {
  let [sum, weights] = [0, 0];
  for (const [at, value] of perSecond.entries()) {
    const weight = (perSecond.length - at) ** 4;
    sum += value * weight;
    weights += weight;
  }
  return sum / weights;
}

/** `perSecond` is what came of `rate`. */
export function nextRate(rate: number, perSecond: number, options: AdaptiveOptions): number {
  const { targetPerSecond, rateMin, rateMax } = options;
  const isNear = Math.abs(perSecond - targetPerSecond) / targetPerSecond <= TOLERANCE;
  if (isNear) return Math.min(rateMax, Math.max(rateMin, rate));
  const wanted = perSecond < 1e-9 ? rate * 2 : (rate * targetPerSecond) / perSecond;
  const bounded = perSecond < 1e-9 ? wanted : Math.min(wanted, rate * (1 + GROWTH_MAX));
  return Math.min(rateMax, Math.max(rateMin, bounded));
}

/** What a client of the service is told, by operation. */
export function operationRates(rates: Rates, service: string): OperationRate[] {
  return [...(rates.get(service) ?? [])].map(([operation, { rate }]) => ({ operation, rate }));
}
