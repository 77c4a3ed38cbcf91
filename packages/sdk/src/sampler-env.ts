/**
 * The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name.
 * Never knows: samplers that have no name there.
 */

import { diag } from '@opentelemetry/api';
import { type Env, envNumber, envPairs, envText } from './env.ts';
import type { Sampler } from './sampler.ts';
import { alwaysOff, alwaysOn } from './samplers/always.ts';
import { jaegerRemote } from './samplers/jaeger-remote.ts';
import { parentBased } from './samplers/parent-based.ts';
import { traceIdRatio } from './samplers/ratio.ts';

type Make = (env: Env, service: string) => Sampler;

const ratio: Make = (env) => traceIdRatio(envNumber(env, 'OTEL_TRACES_SAMPLER_ARG', 0, 1) ?? 1);

/** `endpoint=http://…,pollingIntervalMs=5000,initialSamplingRate=0.25` */
function remote(env: Env, service: string): Sampler {
  const given = new Map(envPairs(env, 'OTEL_TRACES_SAMPLER_ARG'));
  const number = (name: string) => envNumber(Object.fromEntries(given), name);
  const endpoint = given.get('endpoint');
  const pollingIntervalMs = number('pollingIntervalMs');
  const share = number('initialSamplingRate');
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    diag.warn(`OTEL_TRACES_SAMPLER_ARG: found endpoint "${endpoint}", wanted an http address`);
  }
  return jaegerRemote({
    service,
    ...(endpoint !== undefined && URL.canParse(endpoint) ? { endpoint } : {}),
    ...(pollingIntervalMs ? { pollingIntervalMs } : {}),
    ...(share === undefined ? {} : { initial: traceIdRatio(share) }),
  });
}

const SAMPLERS: Readonly<Record<string, Make>> = {
  always_on: () => alwaysOn,
  always_off: () => alwaysOff,
  traceidratio: ratio,
  parentbased_always_on: () => parentBased({ root: alwaysOn }),
  parentbased_always_off: () => parentBased({ root: alwaysOff }),
  parentbased_traceidratio: (env, service) => parentBased({ root: ratio(env, service) }),
  jaeger_remote: remote,
  parentbased_jaeger_remote: (env, service) => parentBased({ root: remote(env, service) }),
};
const DEFAULT = 'parentbased_always_on';

/** `service` is what a remote sampler asks for. */
export function samplerFromEnv(env: Env = process.env, service = 'unknown_service:node'): Sampler {
  const name = envText(env, 'OTEL_TRACES_SAMPLER') ?? DEFAULT;
  const make = SAMPLERS[name];
  if (make !== undefined) return make(env, service);
  const wanted = Object.keys(SAMPLERS).join(', ');
  diag.warn(`OTEL_TRACES_SAMPLER: found "${name}", wanted one of ${wanted}; ${DEFAULT} is used`);
  return SAMPLERS[DEFAULT]!(env, service);
}
