/**
 * The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name.
 * Never knows: samplers that have no name there.
 */

import { diag } from '@opentelemetry/api';
import { type Env, envNumber, envText } from './env.ts';
import type { Sampler } from './sampler.ts';
import { alwaysOff, alwaysOn } from './samplers/always.ts';
import { parentBased } from './samplers/parent-based.ts';
import { traceIdRatio } from './samplers/ratio.ts';

type Make = (env: Env) => Sampler;

const ratio: Make = (env) => traceIdRatio(envNumber(env, 'OTEL_TRACES_SAMPLER_ARG', 0, 1) ?? 1);

const SAMPLERS: Readonly<Record<string, Make>> = {
  always_on: () => alwaysOn,
  always_off: () => alwaysOff,
  traceidratio: ratio,
  parentbased_always_on: () => parentBased({ root: alwaysOn }),
  parentbased_always_off: () => parentBased({ root: alwaysOff }),
  parentbased_traceidratio: (env) => parentBased({ root: ratio(env) }),
};
const DEFAULT = 'parentbased_always_on';

export function samplerFromEnv(env: Env = process.env): Sampler {
  const name = envText(env, 'OTEL_TRACES_SAMPLER') ?? DEFAULT;
  const make = SAMPLERS[name];
  if (make !== undefined) return make(env);
  const wanted = Object.keys(SAMPLERS).join(', ');
  diag.warn(`OTEL_TRACES_SAMPLER: found "${name}", wanted one of ${wanted}; ${DEFAULT} is used`);
  return SAMPLERS[DEFAULT]!(env);
}
