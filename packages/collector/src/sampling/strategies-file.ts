/**
 * A file of strategies in the form that Jaeger reads, and what it says about a service.
 *
 * https://www.jaegertracing.io/docs/latest/sampling/#file-based-sampling-configuration
 * The file is looked at when somebody asks, at most once a second; one that cannot be read leaves
 * the strategies before it in force.
 */
import { readFile, stat } from 'node:fs/promises';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { type OperationRate, probabilistic, type Strategy } from './strategy.ts';

export interface Strategies {
  /** What the file says of the service by name; undefined when it does not name it. */
  named(service: string): Strategy | undefined;
  /** For every other service; undefined when the file has no default. */
  readonly fallback: Strategy | undefined;
}

export const NO_STRATEGIES: Strategies = { named: () => undefined, fallback: undefined };

export interface StrategiesFile {
  /** The strategies in force. */
  read(): Promise<Strategies>;
}

/** Reads the file at once. @throws Error that says what is wrong with it. */
export async function openStrategiesFile(path: string, log: Log): Promise<StrategiesFile> {
  let strategies = parseStrategies(await readBounded(path));
  let seen = await versionOf(path);
  let lookedAtMs = performance.now();
  async function look(): Promise<void> {
    const version = await versionOf(path);
    if (version === seen) return;
    seen = version;
    strategies = parseStrategies(await readBounded(path));
    log('info', 'sampling strategies read again', { path });
  }
  return {
    async read() {
      if (performance.now() - lookedAtMs < limits.samplingFileLookMs) return strategies;
      lookedAtMs = performance.now();
      try {
        await look();
      } catch (error) {
        const reason = (error as Error).message;
        log('error', 'sampling strategies stay as they were', { path, reason });
      }
      return strategies;
    },
  };
}

async function versionOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs} ${size} ${ino}`;
}

async function readBounded(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > limits.samplingFileBytesMax) {
    throw new Error(
      `sampling.strategies: ${path} holds ${size} bytes, wanted at most ${limits.samplingFileBytesMax}`,
    );
  }
  return readFile(path, 'utf8');
}

interface Row {
  readonly service?: unknown;
  readonly operation?: unknown;
  readonly type?: unknown;
  readonly param?: unknown;
  readonly operation_strategies?: unknown;
}

/** @throws Error that names the entry, what was found and what was wanted. */
export function parseStrategies(text: string): Strategies {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Error(`sampling.strategies: the file is no JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw wrong('the file', parsed, 'an object with default_strategy and service_strategies');
  }
  const { default_strategy, service_strategies = [] } = parsed as Record<string, unknown>;
  const fallback =
    default_strategy === undefined
      ? undefined
      : readStrategy(rowOf(default_strategy, 'default_strategy'), 'default_strategy', []);
  if (!Array.isArray(service_strategies)) {
    throw wrong('service_strategies', service_strategies, 'a list');
  }
  const services = new Map<string, Strategy>();
  for (const [at, one] of service_strategies.entries()) {
    const row = rowOf(one, `service_strategies[${at}]`);
    const { service } = row;
    if (typeof service !== 'string') {
      throw wrong(`service_strategies[${at}].service`, service, 'a name');
    }
    services.set(service, readStrategy(row, `strategy of ${service}`, fallback?.operations ?? []));
  }
  return { named: (service) => services.get(service), fallback };
}

/** A service's operations come before those of the default, which apply to it as well. */
function readStrategy(row: Row, where: string, inherited: readonly OperationRate[]): Strategy {
  const { type = 'probabilistic', param = 1, operation_strategies = [] } = row;
  if (type !== 'probabilistic' && type !== 'ratelimiting') {
    throw wrong(`${where}: type`, type, 'probabilistic or ratelimiting');
  }
  const max = type === 'probabilistic' ? 1 : Number.MAX_SAFE_INTEGER;
  const rate = readParam(param, `${where}: param`, max);
  if (!Array.isArray(operation_strategies)) {
    throw wrong(`${where}: operation_strategies`, operation_strategies, 'a list');
  }
  const own = operation_strategies.map((one) =>
    readOperation(rowOf(one, `${where}: an operation`), where),
  );
  const names = new Set(own.map(({ operation }) => operation));
  const operations = [...own, ...inherited.filter(({ operation }) => !names.has(operation))];
  if (type === 'probabilistic') return probabilistic(rate, operations);
  return { ...probabilistic(1, operations), kind: type, param: rate };
}

/** Clients know only rates by operation: https://github.com/jaegertracing/jaeger, StrategyStore. */
function readOperation({ operation, type, param }: Row, where: string): OperationRate {
  if (typeof operation !== 'string') throw wrong(`${where}: operation`, operation, 'a name');
  if (type !== undefined && type !== 'probabilistic') {
    throw wrong(
      `${where}: type of operation ${operation}`,
      type,
      'probabilistic, the only one that samplers know by operation',
    );
  }
  return { operation, rate: readParam(param, `${where}: param of operation ${operation}`, 1) };
}

function rowOf(value: unknown, where: string): Row {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw wrong(where, value, 'an object');
}

function readParam(param: unknown, where: string, max: number): number {
  if (typeof param === 'number' && param >= 0 && param <= max) return param;
  throw wrong(where, param, max === 1 ? 'a number from 0 to 1' : 'traces per second, at least 0');
}

function wrong(where: string, found: unknown, wanted: string): Error {
  return new Error(
    `sampling.strategies: ${where}: found ${JSON.stringify(found) ?? 'nothing'}, wanted ${wanted}`,
  );
}
