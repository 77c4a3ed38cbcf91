/**
 * Does what the parent did; a root asks another sampler. Never knows: how a root decides.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#parentbased
 */

import { type Context, isSpanContextValid } from '@opentelemetry/api';
import { spanOf } from '../context.ts';
import {
  LOCAL_SAMPLED,
  LOCAL_UNSAMPLED,
  NO_PARENT,
  type ParentState,
  REMOTE_SAMPLED,
  REMOTE_UNSAMPLED,
  type Sampler,
} from '../sampler.ts';
import { alwaysOff, alwaysOn } from './always.ts';

export interface ParentBasedOptions {
  readonly root: Sampler;
  readonly remoteParentSampled?: Sampler;
  readonly remoteParentNotSampled?: Sampler;
  readonly localParentSampled?: Sampler;
  readonly localParentNotSampled?: Sampler;
}

export function parentBased(options: ParentBasedOptions): Sampler {
  const delegates: Record<ParentState, Sampler> = [
    options.root,
    options.remoteParentNotSampled ?? alwaysOff,
    options.remoteParentSampled ?? alwaysOn,
    options.localParentNotSampled ?? alwaysOff,
    options.localParentSampled ?? alwaysOn,
  ];
  const isQuick = Object.values(delegates).every(({ quick }) => quick !== undefined);
  const sampler: Sampler = {
    shouldSample: (context, ...rest) =>
      delegates[parentStateOf(context)].shouldSample(context, ...rest),
    toString: () =>
      `ParentBased{root=${delegates[0]}, remoteParentSampled=${delegates[2]}, ` +
      `remoteParentNotSampled=${delegates[1]}, localParentSampled=${delegates[4]}, ` +
      `localParentNotSampled=${delegates[3]}}`,
  };
  if (isQuick) sampler.quick = (parent, trace) => delegates[parent].quick!(parent, trace);
  return sampler;
}

/** An invalid parent counts as none. */
export function parentStateOf(context: Context): ParentState {
  const parent = spanOf(context)?.spanContext();
  if (parent === undefined || !isSpanContextValid(parent)) return NO_PARENT;
  const isSampled = (parent.traceFlags & 1) !== 0;
  if (parent.isRemote) return isSampled ? REMOTE_SAMPLED : REMOTE_UNSAMPLED;
  return isSampled ? LOCAL_SAMPLED : LOCAL_UNSAMPLED;
}
