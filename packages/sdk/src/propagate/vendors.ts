/**
 * The headers of Jaeger, AWS X-Ray, Datadog, OpenTracing's basic tracers, and the plain ones of home-made tracers.
 * Never knows: W3C.
 *
 * Sources: https://www.jaegertracing.io/docs/1.7/client-libraries/#propagation-format ·
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader ·
 * https://docs.datadoghq.com/tracing/trace_collection/trace_context_propagation/
 */

import {
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { isId } from '../ids.ts';
import { encodeBaggageValue } from './baggage.ts';
import { all, incoming, outgoing, single } from './carry.ts';

function joined(
  context: Context,
  traceId: string | undefined,
  spanId: string | undefined,
  isSampled: boolean,
): Context {
  if (!isId(traceId, 32) || !isId(spanId, 16)) return context;
  return incoming(context, { traceId, spanId, traceFlags: isSampled ? 1 : 0 });
}

const pad = (hex: string | undefined, digits: number) => hex?.toLowerCase().padStart(digits, '0');

const UBER = 'uber-trace-id';
const UBER_BAGGAGE = 'uberctx-';

/** `{trace id}:{span id}:{parent, unused}:{flags}`, and a header for each pair of baggage. */
export const jaeger: TextMapPropagator = {
  inject(context, carrier, setter) {
    const found = outgoing(context);
    if (found === undefined) return;
    const { traceId, spanId, traceFlags } = found;
    setter.set(carrier, UBER, `${traceId}:${spanId}:0:0${traceFlags & 1}`);
    for (const [key, { value }] of propagation.getBaggage(context)?.getAllEntries() ?? []) {
      setter.set(carrier, UBER_BAGGAGE + key, encodeBaggageValue(value));
    }
  },
  extract(context, carrier, getter) {
    const text = decode(single(getter, carrier, UBER) ?? '');
    const [traceId, spanId, , flags = ''] = text.split(':');
    const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
    const next = joined(context, pad(traceId, 32), pad(spanId, 16), isSampled);
    return jaegerBaggage(next, carrier, getter);
  },
  fields: () => [UBER],
};

function jaegerBaggage<C>(context: Context, carrier: C, getter: TextMapGetter<C>): Context {
  const keys = getter.keys(carrier).filter((key) => key.startsWith(UBER_BAGGAGE));
  if (keys.length === 0) return context;
  let found = propagation.getBaggage(context) ?? propagation.createBaggage();
  for (const key of keys) {
    const [value = ''] = all(getter, carrier, key);
    found = found.setEntry(key.slice(UBER_BAGGAGE.length), { value: decode(value) });
  }
  return propagation.setBaggage(context, found);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const AMAZON = 'x-amzn-trace-id';
const ROOT = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i;

/** `Root=1-8 digits-24 digits;Parent=16 digits;Sampled=0 or 1`; all three are needed. */
export const xray: TextMapPropagator = {
  inject(context, carrier, setter) {
    const found = outgoing(context);
    if (found === undefined) return;
    const { traceId, spanId, traceFlags } = found;
    const root = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
    setter.set(carrier, AMAZON, `Root=${root};Parent=${spanId};Sampled=${traceFlags & 1}`);
  },
  extract(context, carrier, getter) {
    const parts = new Map<string, string>();
    for (const part of (single(getter, carrier, AMAZON) ?? '').split(';')) {
      const [key = '', value = ''] = part.split('=');
      parts.set(key.trim(), value.trim());
    }
    const [, time, rest] = ROOT.exec(parts.get('Root') ?? '') ?? [];
    const sampled = parts.get('Sampled');
    if (time === undefined || (sampled !== '0' && sampled !== '1')) return context;
    const traceId = (time + rest).toLowerCase();
    return joined(context, traceId, parts.get('Parent')?.toLowerCase(), sampled === '1');
  },
  fields: () => [AMAZON],
};

const DATADOG = {
  trace: 'x-datadog-trace-id',
  parent: 'x-datadog-parent-id',
  priority: 'x-datadog-sampling-priority',
  tags: 'x-datadog-tags',
};
const DECIMAL = /^\d{1,20}$/;

/** Ids as decimal numbers of 64 bits; the upper half of the trace id travels in a tag. */
export const datadog: TextMapPropagator = {
  inject(context, carrier, setter) {
    const found = outgoing(context);
    if (found === undefined) return;
    const { traceId, spanId, traceFlags } = found;
    setter.set(carrier, DATADOG.trace, String(BigInt(`0x${traceId.slice(16)}`)));
    setter.set(carrier, DATADOG.parent, String(BigInt(`0x${spanId}`)));
    setter.set(carrier, DATADOG.priority, String(traceFlags & 1));
    const high = traceId.slice(0, 16);
    if (!/^0+$/.test(high)) setter.set(carrier, DATADOG.tags, `_dd.p.tid=${high}`);
  },
  extract(context, carrier, getter) {
    const read = (key: string) => single(getter, carrier, key);
    const low = hexOfDecimal(read(DATADOG.trace));
    const [, high = ''] =
      /(?:^|,)_dd\.p\.tid=([0-9a-f]{16})(?:,|$)/.exec(read(DATADOG.tags) ?? '') ?? [];
    const isSampled = Number(read(DATADOG.priority) ?? 0) > 0;
    const traceId = low === undefined ? undefined : high.padStart(16, '0') + low;
    return joined(context, traceId, hexOfDecimal(read(DATADOG.parent)), isSampled);
  },
  fields: () => Object.values(DATADOG),
};

function hexOfDecimal(text: string | undefined): string | undefined {
  if (text === undefined || !DECIMAL.test(text)) return undefined;
  const hex = BigInt(text).toString(16).padStart(16, '0');
  return hex.length === 16 ? hex : undefined;
}

const OT = { trace: 'ot-tracer-traceid', span: 'ot-tracer-spanid', sampled: 'ot-tracer-sampled' };

/** The lower half of the trace id, the span id, and whether it is sampled, as a word. */
export const otTrace: TextMapPropagator = {
  inject(context, carrier, setter) {
    const found = outgoing(context);
    if (found === undefined) return;
    setter.set(carrier, OT.trace, found.traceId.slice(16));
    setter.set(carrier, OT.span, found.spanId);
    setter.set(carrier, OT.sampled, String((found.traceFlags & 1) === 1));
  },
  extract(context, carrier, getter) {
    const read = (key: string) => single(getter, carrier, key);
    const isSampled = read(OT.sampled) === 'true' || read(OT.sampled) === '1';
    return joined(context, pad(read(OT.trace), 32), pad(read(OT.span), 16), isSampled);
  },
  fields: () => Object.values(OT),
};

const PLAIN = { trace: 'x-trace-id', span: 'x-span-id', parent: 'x-parent-span-id' };

/** The sender's span is the receiver's parent; who sends these headers records. */
export const plainHeaders: TextMapPropagator = {
  inject(context, carrier, setter) {
    const found = outgoing(context);
    if (found === undefined) return;
    setter.set(carrier, PLAIN.trace, found.traceId);
    setter.set(carrier, PLAIN.span, found.spanId);
  },
  extract(context, carrier, getter) {
    const read = (key: string) => single(getter, carrier, key)?.toLowerCase().replaceAll('-', '');
    const traceId = pad(read(PLAIN.trace), 32);
    return joined(context, traceId, pad(read(PLAIN.span) ?? read(PLAIN.parent), 16), true);
  },
  fields: () => Object.values(PLAIN),
};
