/**
 * A sampling strategy as samplers of Jaeger's kind understand it, and the forms it is answered in.
 *
 * https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/sampling.proto
 * Never knows: where a strategy comes from.
 */
import { createReader, createWriter } from '@clew/wire';

/** The share of an operation's traces that is kept. */
export interface OperationRate {
  readonly operation: string;
  readonly rate: number;
}

export interface Strategy {
  /** The share of traces kept, 0 … 1; or at most so many per second. */
  readonly kind: 'probabilistic' | 'ratelimiting';
  readonly param: number;
  readonly operations: readonly OperationRate[];
  /** Traces per second that a client keeps of each operation whatever its rate. */
  readonly lowerBoundPerSecond: number;
  /** The rate of operations that are not listed. */
  readonly otherwise: number;
}

export function probabilistic(rate: number, operations: readonly OperationRate[] = []): Strategy {
  return {
    kind: 'probabilistic',
    param: rate,
    operations,
    lowerBoundPerSecond: 0,
    otherwise: rate,
  };
}

/**
 * The JSON of `/sampling`, enums as words; `areEnumsNumbers` gives the older form of `/`, which
 * clients from before 2018 read.
 */
export function strategyJson(strategy: Strategy, areEnumsNumbers = false): string {
  const { kind, param, operations } = strategy;
  const names = areEnumsNumbers ? [0, 1] : ['PROBABILISTIC', 'RATE_LIMITING'];
  const own =
    kind === 'probabilistic'
      ? { strategyType: names[0], probabilisticSampling: { samplingRate: param } }
      : { strategyType: names[1], rateLimitingSampling: { maxTracesPerSecond: whole(param) } };
  if (operations.length === 0) return JSON.stringify(own);
  return JSON.stringify({
    ...own,
    operationSampling: {
      defaultSamplingProbability: strategy.otherwise,
      defaultLowerBoundTracesPerSecond: strategy.lowerBoundPerSecond,
      perOperationStrategies: operations.map(({ operation, rate }) => ({
        operation,
        probabilisticSampling: { samplingRate: rate },
      })),
    },
  });
}

/** The message counts whole traces; less than one a second still means some. */
function whole(perSecond: number): number {
  return perSecond > 0 ? Math.max(1, Math.round(perSecond)) : 0;
}

/** A `SamplingStrategyResponse`. */
export function strategyProto(strategy: Strategy): Uint8Array {
  const { kind, param, operations } = strategy;
  const writer = createWriter();
  if (kind === 'ratelimiting') writer.varint(1, 1);
  const own = writer.begin(kind === 'probabilistic' ? 2 : 3);
  if (kind === 'probabilistic') writer.double(1, param);
  else writer.varint(1, whole(param));
  writer.end(own);
  if (operations.length === 0) return writer.finish();
  const all = writer.begin(4);
  writer.double(1, strategy.otherwise);
  writer.double(2, strategy.lowerBoundPerSecond);
  for (const { operation, rate } of operations) {
    const one = writer.begin(3);
    writer.string(1, operation);
    const probability = writer.begin(2);
    writer.double(1, rate);
    writer.end(probability);
    writer.end(one);
  }
  writer.end(all);
  return writer.finish();
}

/** The service of a `SamplingStrategyParameters`. @throws WireError */
export function serviceOfProto(message: Uint8Array): string {
  let service = '';
  for (const reader = createReader(message); reader.next(); ) {
    if (reader.field === 1) service = reader.string();
  }
  return service;
}
