import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { suppressed } from '../context.ts';
import { b3 } from './b3.ts';
import { baggage } from './baggage.ts';
import { composite, propagatorFromEnv } from './composite.ts';
import { emptyTraceState, parseTraceState } from './trace-state.ts';
import { datadog, jaeger, otTrace, plainHeaders, xray } from './vendors.ts';
import { traceContext } from './w3c.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
type Headers = Record<string, string | string[]>;

const contextOf = (given: Partial<SpanContext> = {}) =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, ...given });

function inject(propagator: TextMapPropagator, context = contextOf()): Headers {
  const headers: Headers = {};
  propagator.inject(context, headers, defaultTextMapSetter);
  return headers;
}

const extract = (propagator: TextMapPropagator, headers: Headers) =>
  trace.getSpanContext(propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));

describe('W3C trace context', () => {
  const parent = `00-${traceId}-${spanId}-01`;
  const read = (traceparent: string | string[], tracestate?: string | string[]) =>
    extract(traceContext, tracestate === undefined ? { traceparent } : { traceparent, tracestate });

  it('K3 writes version 00 with the sampled and random flags only', () => {
    expect(inject(traceContext)).toEqual({ traceparent: parent });
    expect(inject(traceContext, contextOf({ traceFlags: 0xff }))['traceparent']).toMatch(/-03$/);
  });

  it('K3 reads what it writes, as remote', () => {
    expect(read(parent)).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true });
    expect(read(` ${parent}\t`)?.traceId).toBe(traceId);
  });

  const invalid: [string, string | string[]][] = [
    ['version ff', `ff-${traceId}-${spanId}-01`],
    ['version 00 with more data', `${parent}-what`],
    ['a later version without a dash', `cc-${traceId}-${spanId}-01what`],
    ['upper case', parent.toUpperCase()],
    ['a zero trace id', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a zero parent id', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['flags of one digit', `00-${traceId}-${spanId}-1`],
    ['an illegal character', `00-${traceId}-${spanId}-.1`],
    ['nothing', ''],
    ['K5 two headers', [parent, parent]],
  ];
  for (const [what, header] of invalid) {
    it(`K1 K3 starts again at ${what}, and drops the trace state`, () => {
      expect(read(header, 'a=1')).toBeUndefined();
    });
  }

  it('K3 takes a later version with more data', () => {
    expect(read(`cc-${traceId}-${spanId}-01-what`)?.spanId).toBe(spanId);
  });

  it('K5 joins several tracestate headers in order', () => {
    expect(read(parent, ['a=1,b=2', ' c=3 '])?.traceState?.serialize()).toBe('a=1,b=2,c=3');
  });

  const badStates = ['foo=,bar=3', '@foo=1', 'foo=1=2', 'FOO=1', 'foo =1', `${'z'.repeat(257)}=1`];
  for (const state of [...badStates, Array.from({ length: 33 }, (_, at) => `k${at}=1`).join()]) {
    it(`K3 K4 discards all of ${state.slice(0, 12)}`, () => {
      expect(read(parent, state)).toMatchObject({ traceId });
      expect(read(parent, state)?.traceState).toBeUndefined();
    });
  }

  it('K4 takes the keys of level 2', () => {
    expect(parseTraceState('foo@=1,foo@@bar=2,0a=3,a-b*/_=4')?.get('foo@@bar')).toBe('2');
  });

  it('K4 changes move to the front and leave the old one', () => {
    const state = parseTraceState('a=1,b=2')!;
    expect(state.set('b', '3').serialize()).toBe('b=3,a=1');
    expect(state.unset('a').serialize()).toBe('b=2');
    expect(state.set('B!', '3')).toBe(state);
    expect(state.serialize()).toBe('a=1,b=2');
    expect(emptyTraceState.set('x', 'y').serialize()).toBe('x=y');
  });

  it('B11 K16 injects nothing in a suppressed context', () => {
    expect(inject(traceContext, suppressed(contextOf()))).toEqual({});
  });
});

describe('baggage', () => {
  const round = (entries: Record<string, { value: string }>) => {
    const context = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(entries));
    const headers = inject(baggage, context);
    const back = baggage.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    return { headers, back: propagation.getBaggage(back)?.getAllEntries() };
  };

  it('K6 K8 carries any value', () => {
    const entries = { tier: { value: 'gold, "x"; é=😀%' }, Tier: { value: '' } };
    expect(round(entries).back).toEqual(Object.entries(entries));
  });

  it('K6 keeps what follows a semicolon as one text', () => {
    const context = baggage.extract(
      ROOT_CONTEXT,
      { baggage: 'a=1;p=2;q , b = 3' },
      defaultTextMapGetter,
    );
    expect(propagation.getBaggage(context)?.getEntry('a')?.metadata?.toString()).toBe('p=2;q');
    expect(inject(baggage, context)).toEqual({ baggage: 'a=1;p=2;q,b=3' });
  });

  it('K7 carries 64 pairs and drops whole pairs beyond 8192 bytes', () => {
    const many = Object.fromEntries(
      Array.from({ length: 64 }, (_, at) => [`key${at}`, { value: 'v'.repeat(100) }]),
    );
    expect(round(many).back).toHaveLength(64);
    const large = {
      a: { value: 'x'.repeat(4000) },
      b: { value: 'y'.repeat(4300) },
      c: { value: 'z' },
    };
    expect(round(large).back?.map(([key]) => key)).toEqual(['a', 'c']);
  });

  it('K1 skips bad pairs', () => {
    const headers = { baggage: 'a,=1,b=%zz,c=3' };
    const context = baggage.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    expect(
      propagation
        .getBaggage(context)
        ?.getAllEntries()
        .map(([key]) => key),
    ).toEqual(['c']);
  });
});

describe('other formats', () => {
  const pairs: [string, TextMapPropagator, Headers][] = [
    ['K9 Zipkin in one header', b3(), { b3: `${traceId}-${spanId}-1` }],
    [
      'K9 Zipkin in several headers',
      b3('multi'),
      { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' },
    ],
    ['K10 Jaeger', jaeger, { 'uber-trace-id': `${traceId}:${spanId}:0:01` }],
    [
      'K11 X-Ray',
      xray,
      { 'x-amzn-trace-id': `Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${spanId};Sampled=1` },
    ],
    [
      'K13 Datadog',
      datadog,
      {
        'x-datadog-trace-id': String(0x8448eb211c80319cn),
        'x-datadog-parent-id': String(0xb7ad6b7169203331n),
        'x-datadog-sampling-priority': '1',
        'x-datadog-tags': '_dd.p.tid=0af7651916cd43dd',
      },
    ],
    ['plain headers', plainHeaders, { 'x-trace-id': traceId, 'x-span-id': spanId }],
  ];
  for (const [what, propagator, headers] of pairs) {
    it(`${what} writes and reads`, () => {
      expect(inject(propagator)).toEqual(headers);
      expect(extract(propagator, headers)).toEqual({
        traceId,
        spanId,
        traceFlags: 1,
        isRemote: true,
      });
    });

    it(`${what} leaves the context alone at bad values`, () => {
      const bad = Object.fromEntries(Object.keys(headers).map((key) => [key, 'Root=%zz;:-']));
      expect(extract(propagator, bad)).toBeUndefined();
      expect(extract(propagator, {})).toBeUndefined();
    });
  }

  it('K9 keeps debug and pads short ids', () => {
    const headers = { b3: `a3ce929d0e0e4736-${spanId}-d` };
    const context = b3().extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    expect(inject(b3('multi'), context)).toEqual({
      'x-b3-traceid': '0000000000000000a3ce929d0e0e4736',
      'x-b3-spanid': spanId,
      'x-b3-flags': '1',
    });
    expect(extract(b3(), { b3: '0' })).toBeUndefined();
  });

  it('K10 Jaeger pads short ids, decodes, and carries baggage', () => {
    const headers = { 'uber-trace-id': 'abc%3Adef%3A0%3A1', 'uberctx-a': 'b%20c' };
    const context = jaeger.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    expect(trace.getSpanContext(context)?.spanId).toBe('0000000000000def');
    expect(propagation.getBaggage(context)?.getEntry('a')?.value).toBe('b c');
  });

  it('K11 X-Ray without Sampled is invalid', () => {
    const header = `Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${spanId}`;
    expect(extract(xray, { 'x-amzn-trace-id': header })).toBeUndefined();
  });
});

describe('the headers of OpenTracing', () => {
  it('K12 carry the lower half of the trace id', () => {
    const carrier: Record<string, string> = {};
    const span = { traceId, spanId, traceFlags: 1 };
    otTrace.inject(trace.setSpanContext(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
    expect(carrier).toEqual({
      'ot-tracer-traceid': traceId.slice(16),
      'ot-tracer-spanid': spanId,
      'ot-tracer-sampled': 'true',
    });
    const found = otTrace.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
    expect(trace.getSpanContext(found)).toMatchObject({
      traceId: traceId.slice(16).padStart(32, '0'),
      traceFlags: 1,
    });
  });
});

describe('several propagators', () => {
  it('K2 L4 come from the environment: order, repetitions, none, unknown names', () => {
    const fields = (names?: string) => propagatorFromEnv({ OTEL_PROPAGATORS: names }).fields();
    expect(fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
    expect(fields('b3,b3,nonsense')).toEqual(['b3']);
    expect(fields('none')).toEqual([]);
  });

  it('K1 a broken one does not stop the others', () => {
    const broken: TextMapPropagator = {
      inject: () => {
        throw new Error('x');
      },
      extract: () => {
        throw new Error('x');
      },
      fields: () => [],
    };
    const both = composite([broken, traceContext]);
    expect(extract(both, inject(both) as Headers)?.traceId).toBe(traceId);
  });
});
