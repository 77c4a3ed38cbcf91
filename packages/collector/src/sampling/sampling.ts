/**
 * Remote sampling: which strategy a service is told, from the file of strategies, from adaptive rates,
 * or the default.
 *
 * Adaptive rates are computed every interval from the root spans that were stored. Never knows: HTTP,
 * gRPC, SQL.
 */
import { join } from 'node:path';
import { type Engine, EngineUnavailable, rootThroughput } from '@clew/store';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { nextRates, operationRates, type Rates } from './adaptive.ts';
import { readRates, writeRates } from './rates-file.ts';
import type { SamplingOptions } from './settings.ts';
import { NO_STRATEGIES, openStrategiesFile } from './strategies-file.ts';
import { probabilistic, type Strategy } from './strategy.ts';

export interface Sampling {
  strategyOf(service: string): Promise<Strategy>;
  /** Begins to follow the traffic, where rates are adaptive. */
  start(): void;
  stop(): Promise<void>;
}

export interface SamplingParts {
  readonly options: SamplingOptions;
  readonly engine: Pick<Engine, 'rows'>;
  readonly tenant: string;
  readonly dataDir: string;
  readonly log: Log;
  readonly nowMs: () => number;
}

/** @throws Error when the file of strategies cannot be used. */
export async function openSampling(parts: SamplingParts): Promise<Sampling> {
  const { options, log } = parts;
  const file =
    options.strategiesFile === ''
      ? { read: async () => NO_STRATEGIES }
      : await openStrategiesFile(options.strategiesFile, log);
  const path = join(parts.dataDir, 'sampling.json');
  let rates: Rates = options.isAdaptive ? await readRates(path) : new Map();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function follow(): Promise<void> {
    try {
      rates = nextRates(rates, await throughput(parts), options.adaptive);
      await writeRates(path, rates);
    } catch (error) {
      // Rates stay as they are; the next interval tries again.
      const level = error instanceof EngineUnavailable ? 'debug' : 'warn';
      log(level, 'sampling rates could not be computed', { error: String(error) });
    }
  }

  return {
    async strategyOf(service) {
      const { named, fallback } = await file.read();
      const own = named(service);
      if (own !== undefined) return own;
      if (options.isAdaptive) return adaptiveStrategy(rates, service, options, fallback);
      return fallback ?? probabilistic(options.defaultRate);
    },
    start() {
      if (!options.isAdaptive) return;
      let isRunning = false;
      const tick = () => {
        // An engine that is slower than the interval is not asked for more.
        if (isRunning) return;
        isRunning = true;
        running = follow().finally(() => {
          isRunning = false;
        });
      };
      timer = setInterval(tick, options.adaptive.intervalMs).unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Operations of the file's default stay as they are said there. */
function adaptiveStrategy(
  rates: Rates,
  service: string,
  { adaptive }: SamplingOptions,
  fallback: Strategy | undefined,
): Strategy {
  const fixed = fallback?.operations ?? [];
  const names = new Set(fixed.map(({ operation }) => operation));
  const found = operationRates(rates, service).filter(({ operation }) => !names.has(operation));
  return {
    ...probabilistic(adaptive.initialRate, [...fixed, ...found]),
    lowerBoundPerSecond: limits.samplingLowerBoundPerSecond,
  };
}

/**
 * Root spans that began within the last interval but for the newest seconds, whose spans may still
 * be on their way.
 */
async function throughput({ engine, tenant, options, nowMs }: SamplingParts) {
  const toMs = nowMs() - limits.samplingLagMs;
  const rows = await rootThroughput(engine, {
    tenant,
    fromMs: toMs - options.adaptive.intervalMs,
    toMs,
    rowsMax: limits.samplingRowsMax,
  });
  return rows.map(({ service, name, roots }) => ({ service, operation: name, traces: roots }));
}
