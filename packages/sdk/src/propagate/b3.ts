/**
 * B3, the headers of Zipkin, in one header or several.
 * Never knows: baggage. Source: https://github.com/openzipkin/b3-propagation
 */

import {
  type Context,
  createContextKey,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { isId } from '../ids.ts';
import { incoming, outgoing, single } from './carry.ts';

const B3 = 'b3';
const TRACE = 'x-b3-traceid';
const SPAN = 'x-b3-spanid';
const SAMPLED = 'x-b3-sampled';
const FLAGS = 'x-b3-flags';

/** Debug is no flag of a span context, so it travels in the context beside it. */
const DEBUG = createContextKey('clew b3 debug');

/** Reads both forms, the single one first; writes the one that is named. */
export function b3(form: 'single' | 'multi' = 'single'): TextMapPropagator {
  return {
    inject(context, carrier, setter) {
      const found = outgoing(context);
      if (found === undefined) return;
      const isDebug = context.getValue(DEBUG) === true;
      const isSampled = (found.traceFlags & 1) === 1;
      if (form === 'single') {
        const state = isDebug ? 'd' : isSampled ? '1' : '0';
        setter.set(carrier, B3, `${found.traceId}-${found.spanId}-${state}`);
        return;
      }
      setter.set(carrier, TRACE, found.traceId);
      setter.set(carrier, SPAN, found.spanId);
      if (isDebug) setter.set(carrier, FLAGS, '1');
      else setter.set(carrier, SAMPLED, isSampled ? '1' : '0');
    },
    extract: (context, carrier, getter) =>
      extractSingle(context, carrier, getter) ?? extractMulti(context, carrier, getter) ?? context,
    fields: () => (form === 'single' ? [B3] : [TRACE, SPAN, FLAGS, SAMPLED]),
  };
}

function extractSingle<C>(
  context: Context,
  carrier: C,
  getter: TextMapGetter<C>,
): Context | undefined {
  const [traceId, spanId, state] = (single(getter, carrier, B3) ?? '').split('-');
  return joined(context, traceId, spanId, state);
}

function extractMulti<C>(
  context: Context,
  carrier: C,
  getter: TextMapGetter<C>,
): Context | undefined {
  const read = (key: string) => single(getter, carrier, key);
  const state = read(FLAGS) === '1' ? 'd' : read(SAMPLED);
  return joined(context, read(TRACE), read(SPAN), state);
}

function joined(
  context: Context,
  traceId: string | undefined,
  spanId: string | undefined,
  state: string | undefined,
): Context | undefined {
  const long = traceId?.toLowerCase().padStart(32, '0');
  const parent = spanId?.toLowerCase();
  if (traceId?.length !== 16 && traceId?.length !== 32) return undefined;
  if (!isId(long, 32) || !isId(parent, 16)) return undefined;
  const isSampled = state === '1' || state === 'd' || state?.toLowerCase() === 'true';
  const found: SpanContext = { traceId: long, spanId: parent, traceFlags: isSampled ? 1 : 0 };
  const next = incoming(context, found);
  return state === 'd' ? next.setValue(DEBUG, true) : next;
}
