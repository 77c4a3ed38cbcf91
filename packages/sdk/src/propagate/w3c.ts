/**
 * W3C Trace Context, level 2: the headers traceparent and tracestate.
 * Never knows: baggage. Source: https://www.w3.org/TR/trace-context-2/
 */

import type { TextMapPropagator } from '@opentelemetry/api';
import { ownContext } from '../context.ts';
import { isId } from '../ids.ts';
import { all, incoming, outgoing, single } from './carry.ts';
import { parseTraceState } from './trace-state.ts';

const PARENT = 'traceparent';
const STATE = 'tracestate';
/** version, trace id, parent id, flags, and what a later version adds. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Sampled and random; this version must send all others as zero. */
const FLAGS = 3;

export const traceContext: TextMapPropagator = {
  inject(context, carrier, setter) {
    const found = outgoing(context);
    if (found === undefined) return;
    const { traceId, spanId, traceFlags, traceState } = found;
    setter.set(carrier, PARENT, `00-${traceId}-${spanId}-0${traceFlags & FLAGS}`);
    const state = traceState?.serialize();
    if (state) setter.set(carrier, STATE, state);
  },

  /** A traceparent that is missing, doubled or invalid leaves the context as it was. */
  extract(given, carrier, getter) {
    const context = ownContext(given);
    const [, version, traceId, spanId, flags, more] =
      FORM.exec(single(getter, carrier, PARENT) ?? '') ?? [];
    if (version === undefined || version === 'ff') return context;
    if (version === '00' && more !== undefined) return context;
    if (!isId(traceId, 32) || !isId(spanId, 16)) return context;
    const traceState = parseTraceState(all(getter, carrier, STATE).join(','));
    return incoming(context, {
      traceId,
      spanId,
      traceFlags: Number.parseInt(flags!, 16) & FLAGS,
      ...(traceState === undefined ? {} : { traceState }),
    });
  },

  fields: () => [PARENT, STATE],
};
