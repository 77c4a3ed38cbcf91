/**
 * Asks a Jaeger-compatible server every minute which share of which operation to sample.
 *
 * Until the first answer, and while the server is away, the last known strategy decides.
 * Never knows: the parent; put it as root into `parentBased`.
 *
 * Source: https://www.jaegertracing.io/docs/latest/architecture/sampling/#remote-sampling
 */

import { diag } from '@opentelemetry/api';
import { activeContext, runIn } from '../async-context.ts';
import { suppressed } from '../context.ts';
import { SAMPLE, type Sampler } from '../sampler.ts';
import { rateLimit } from './rate-limit.ts';
import { traceIdRatio } from './ratio.ts';

export interface JaegerRemoteOptions {
  /** Without the query; `http://localhost:5778/sampling` when absent. */
  readonly endpoint?: string;
  readonly service: string;
  readonly pollingIntervalMs?: number;
  /** Decides until the server has answered. */
  readonly initial?: Sampler;
}

export interface JaegerRemoteSampler extends Sampler {
  /** Asks now; resolves when the answer is in force or was reported. */
  refresh(): Promise<void>;
  stop(): void;
}

const ENDPOINT = 'http://localhost:5778/sampling';
const POLL_MS = 60_000;
const ANSWER_MS_MAX = 10_000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const OPERATIONS_MAX = 2000;
const INITIAL_SHARE = 0.001;

export function jaegerRemote(options: JaegerRemoteOptions): JaegerRemoteSampler {
  const url = new URL(options.endpoint ?? ENDPOINT);
  url.searchParams.set('service', options.service);
  let strategy = options.initial ?? traceIdRatio(INITIAL_SHARE);
  let lastText = '';
  const refresh = async () => {
    try {
      const text = await runIn(suppressed(activeContext()), () => fetchText(url));
      // The same strategy keeps its rate limiter with the tokens that are left in it.
      if (text !== lastText) strategy = strategyOf(JSON.parse(text), strategy);
      lastText = text;
    } catch (error) {
      diag.warn(`sampling strategy: no good answer of ${url.origin}; the last one stays`, error);
    }
  };
  const timer = setInterval(refresh, options.pollingIntervalMs ?? POLL_MS);
  timer.unref();
  void refresh();
  return {
    shouldSample: (...question) => strategy.shouldSample(...question),
    toString: () => `JaegerRemoteSampler{${url.origin}, ${strategy}}`,
    refresh,
    stop: () => clearInterval(timer),
  };
}

interface Answer {
  readonly strategyType?: string | number;
  readonly probabilisticSampling?: { readonly samplingRate?: number };
  readonly rateLimitingSampling?: { readonly maxTracesPerSecond?: number };
  readonly operationSampling?: {
    readonly defaultSamplingProbability?: number;
    readonly defaultLowerBoundTracesPerSecond?: number;
    readonly perOperationStrategies?: readonly {
      readonly operation?: string;
      readonly probabilisticSampling?: { readonly samplingRate?: number };
    }[];
  };
}

function strategyOf(answer: Answer, otherwise: Sampler): Sampler {
  const { probabilisticSampling, rateLimitingSampling, operationSampling } = answer;
  if (operationSampling !== undefined) return perOperation(operationSampling);
  const rate = rateLimitingSampling?.maxTracesPerSecond;
  const isRate = answer.strategyType === 'RATE_LIMITING' || answer.strategyType === 1;
  if (typeof rate === 'number' && (isRate || probabilisticSampling === undefined)) {
    return rateLimit(rate);
  }
  const share = probabilisticSampling?.samplingRate;
  if (typeof share === 'number') return traceIdRatio(share);
  diag.warn(
    'sampling strategy: found none of probability, rate and operations; the last one stays',
  );
  return otherwise;
}

/** Each operation has its share, and a rate below which its traces are taken in any case. */
function perOperation(given: NonNullable<Answer['operationSampling']>): Sampler {
  const lowest = given.defaultLowerBoundTracesPerSecond ?? 0;
  const make = (share: number) => atLeast(traceIdRatio(share), lowest);
  const others = make(given.defaultSamplingProbability ?? INITIAL_SHARE);
  const known = new Map<string, Sampler>();
  for (const { operation, probabilisticSampling } of given.perOperationStrategies ?? []) {
    if (operation === undefined || known.size >= OPERATIONS_MAX) continue;
    known.set(operation, make(probabilisticSampling?.samplingRate ?? INITIAL_SHARE));
  }
  return {
    shouldSample: (context, traceId, name, ...rest) =>
      (known.get(name) ?? others).shouldSample(context, traceId, name, ...rest),
    toString: () => `PerOperation{${known.size}}`,
  };
}

function atLeast(sampler: Sampler, perSecond: number): Sampler {
  if (perSecond <= 0) return sampler;
  const floor = rateLimit(perSecond);
  return {
    shouldSample(...question) {
      const answer = sampler.shouldSample(...question);
      return answer.decision === SAMPLE ? answer : floor.shouldSample(...question);
    },
    toString: () => `${sampler} at least ${perSecond}/s`,
  };
}

async function fetchText(url: URL): Promise<string> {
  // Not imported above: every program has this module, few ask a server.
  const { get } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  return new Promise((resolve, reject) => {
    // For all of the answer: a slow drip of bytes is no progress.
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const request = get(url, { agent: false, signal }, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > ANSWER_BYTES_MAX) request.destroy(new Error('the answer is larger than 1 MiB'));
        else parts.push(part);
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(parts).toString());
        else reject(new Error(`found status ${response.statusCode}, wanted 200`));
      });
    });
    request.on('error', reject);
    request.on('socket', (socket) => socket.unref());
  });
}
