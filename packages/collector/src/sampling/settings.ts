/**
 * What an operator may set about remote sampling.
 *
 * The rows are part of the collector's table. Never knows: how a rate is found.
 */
import type { Setting, SettingValues } from '../settings.ts';

const SECOND = 1000;

export const samplingSettings: readonly Setting[] = [
  {
    key: 'listen.sampling',
    type: 'listen',
    default: '127.0.0.1:5778',
    says: 'where samplers ask for their strategy (GET /sampling?service=NAME, as of a Jaeger agent); off closes it',
  },
  {
    key: 'sampling.strategies',
    type: 'string',
    default: '',
    says: "a file of strategies in Jaeger's JSON form; read again when it changes",
  },
  {
    key: 'sampling.default_rate',
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    says: 'the share of traces for services that no strategy names',
  },
  {
    key: 'sampling.mode',
    type: 'choice',
    choices: ['static', 'adaptive'],
    default: 'static',
    says: 'adaptive: services without a strategy of their own get rates, by operation, that follow sampling.target_per_second',
  },
  {
    key: 'sampling.target_per_second',
    type: 'number',
    default: 1,
    min: 0.001,
    max: 100_000,
    says: 'adaptive: traces per second wanted of each operation that begins traces',
  },
  {
    key: 'sampling.initial_rate',
    type: 'number',
    default: 0.1,
    min: 0.000_01,
    max: 1,
    says: 'adaptive: the rate of an operation that was not seen yet',
  },
  {
    key: 'sampling.rate_min',
    type: 'number',
    default: 0.000_01,
    min: 0.000_000_1,
    max: 1,
    says: 'adaptive: no rate goes below this',
  },
  {
    key: 'sampling.rate_max',
    type: 'number',
    default: 1,
    min: 0.000_000_1,
    max: 1,
    says: 'adaptive: no rate goes above this',
  },
  {
    key: 'sampling.interval',
    type: 'duration',
    default: 60 * SECOND,
    min: SECOND,
    max: 3600 * SECOND,
    says: 'adaptive: how often rates are computed, from the traces of that long a time',
  },
];

export interface SamplingOptions {
  /** `host:port`, `off` or `false`. */
  readonly listen: string;
  readonly strategiesFile: string;
  readonly defaultRate: number;
  readonly isAdaptive: boolean;
  readonly adaptive: AdaptiveOptions;
}

export interface AdaptiveOptions {
  readonly targetPerSecond: number;
  readonly initialRate: number;
  readonly rateMin: number;
  readonly rateMax: number;
  readonly intervalMs: number;
}

/** @throws Error when the rates contradict each other. */
export function samplingOptions(read: (key: string) => SettingValues[string]): SamplingOptions {
  const number = (key: string) => Number(read(`sampling.${key}`));
  const [rateMin, initialRate, rateMax] = [
    number('rate_min'),
    number('initial_rate'),
    number('rate_max'),
  ];
  if (rateMin > rateMax) {
    throw new Error(
      `sampling.rate_min: found ${rateMin}, wanted at most sampling.rate_max (${rateMax})`,
    );
  }
  return {
    listen: String(read('listen.sampling')),
    strategiesFile: String(read('sampling.strategies')),
    defaultRate: number('default_rate'),
    isAdaptive: read('sampling.mode') === 'adaptive',
    adaptive: {
      targetPerSecond: number('target_per_second'),
      initialRate: Math.min(rateMax, Math.max(rateMin, initialRate)),
      rateMin,
      rateMax,
      intervalMs: number('interval'),
    },
  };
}
