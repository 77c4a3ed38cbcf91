/**
 * Traces as the slow evaluator sees them: plain objects, a few of them wrong on purpose.
 *
 * Generated small and crowded, so that names, values and times meet: parents that are missing, spans that are their own
 * ancestors, repeats of a span, a client and a server of one id, traces over minutes.
 */
import type { AnyValue, Given, KeyValue, TracesData } from '@clew/wire';
import { hexToBytes } from '@clew/wire';
import fc from 'fast-check';
import { baseNs } from './engine.ts';

export type Values = Readonly<Record<string, AnyValue>>;

export type SlowSpan = {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: number;
  readonly status: number;
  readonly statusMessage: string;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly attributes: Values;
  readonly resource: Values;
  readonly events: readonly {
    readonly name: string;
    readonly atNs: bigint;
    readonly attributes: Values;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: Values;
  }[];
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: Values };
};

const plainValue: fc.Arbitrary<AnyValue> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('int' as const), value: fc.bigInt(-3n, 5n) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('double' as const),
      value: fc.constantFrom(-1.5, 0, 0.5, 1, 2.5, 3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('string' as const),
      value: fc.constantFrom('', 'a', 'ab', 'b', '1'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }) },
);

const items = (type: 'int' | 'double' | 'string' | 'bool', ...all: readonly unknown[]) =>
  fc
    .array(fc.constantFrom(...all), { minLength: 1, maxLength: 3 })
    .map((some) => some.map((one) => ({ type, value: one }) as AnyValue));

/** Mostly of one type; long strings and great numbers, whose lengths take several bytes. */
const array: fc.Arbitrary<AnyValue> = fc
  .oneof(
    items('int', -1n, 0n, 1n, 2n, 3n, 300n, 2n ** 62n),
    items('double', -1.5, 0, 1, 2.5),
    items('string', '', 'a', 'ab', 'b', 'a\n', `a${'x'.repeat(200)}`),
    items('bool', true, false),
    fc.array(plainValue, { maxLength: 3 }),
  )
  .map((value) => ({ type: 'array', value }));

const value: fc.Arbitrary<AnyValue> = fc.oneof(
  { weight: 8, arbitrary: plainValue },
  { weight: 2, arbitrary: array },
);

const values = fc.dictionary(fc.constantFrom('n', 's', 'b', 'm'), value, { maxKeys: 3 });

const shape = fc.record({
  number: fc.integer({ min: 1, max: 9 }),
  parent: fc.integer({ min: 0, max: 11 }),
  name: fc.constantFrom('a', 'b', 'c'),
  kind: fc.integer({ min: 0, max: 5 }),
  status: fc.integer({ min: 0, max: 2 }),
  statusMessage: fc.constantFrom('', 'a'),
  startS: fc.integer({ min: 0, max: 40 }),
  durationMs: fc.integer({ min: 0, max: 40_000 }),
  attributes: values,
  resource: values,
  service: fc.constantFrom('', 'a', 'b'),
  events: fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b'),
      atMs: fc.integer({ min: 0, max: 5 }),
      attributes: values,
    }),
    { maxLength: 2 },
  ),
  links: fc.array(
    fc.record({ traceId: fc.nat(3), spanId: fc.integer({ min: 1, max: 9 }), attributes: values }),
    { maxLength: 2 },
  ),
  scope: fc.record({
    name: fc.constantFrom('', 'a', 'b'),
    version: fc.constantFrom('', '1'),
    attributes: values,
  }),
  extra: fc.constantFrom('', '', '', '', 'repeat', 'twin'),
});

type Shape = typeof shape extends fc.Arbitrary<infer Made> ? Made : never;

const client = 3;
const server = 2;

/** Spans of some traces; most traces last seconds, some minutes. */
export const slowSpans: fc.Arbitrary<readonly SlowSpan[]> = fc
  .array(
    fc.record({
      startS: fc.integer({ min: 0, max: 400 }),
      stretch: fc.constantFrom(1, 1, 8),
      shapes: fc.uniqueArray(shape, { maxLength: 7, minLength: 1, selector: (one) => one.number }),
    }),
    { minLength: 3, maxLength: 10 },
  )
  .map((traces) =>
    traces.flatMap(({ startS, stretch, shapes }, at) =>
      shapes.flatMap((one) => spansOf(`${at + 1}`.padStart(32, '0'), startS, stretch, one)),
    ),
  );

function spansOf(traceId: string, startS: number, stretch: number, one: Shape): SlowSpan[] {
  const id = (number: number) => number.toString(16).padStart(16, '0');
  const startNs = baseNs + BigInt(startS + one.startS * stretch) * 1_000_000_000n;
  const service: Record<string, AnyValue> =
    one.service === '' ? {} : { 'service.name': { type: 'string', value: one.service } };
  const span: SlowSpan = {
    traceId,
    spanId: id(one.number),
    parentId: one.parent === 0 ? '' : id(one.parent),
    name: one.name,
    kind: one.extra === 'twin' ? client : one.kind,
    status: one.status,
    statusMessage: one.statusMessage,
    startNs,
    durationNs: BigInt(one.durationMs) * 1_000_000n,
    attributes: one.attributes,
    resource: { ...one.resource, ...service },
    events: one.events.map(({ name, atMs, attributes }) => ({
      name,
      atNs: startNs + BigInt(atMs) * 1_000_000n,
      attributes,
    })),
    links: one.links.map(({ traceId, spanId, attributes }) => ({
      traceId: `${traceId + 1}`.padStart(32, '0'),
      spanId: id(spanId),
      attributes,
    })),
    scope: one.scope,
  };
  if (one.extra === 'repeat') return [span, span];
  if (one.extra !== 'twin') return [span];
  return [span, { ...span, kind: server, name: 'c', startNs: startNs + 1n }];
}

export function tracesOfSlow(spans: readonly SlowSpan[]): Given<TracesData> {
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: pairsOf(span.resource) },
      scopeSpans: [
        {
          scope: { ...span.scope, attributes: pairsOf(span.scope.attributes) },
          spans: [
            {
              traceId: hexToBytes(span.traceId)!,
              spanId: hexToBytes(span.spanId)!,
              parentSpanId: hexToBytes(span.parentId)!,
              name: span.name,
              kind: span.kind,
              status: { code: span.status, message: span.statusMessage },
              startTimeUnixNano: span.startNs,
              endTimeUnixNano: span.startNs + span.durationNs,
              attributes: pairsOf(span.attributes),
              events: span.events.map((event) => ({
                timeUnixNano: event.atNs,
                name: event.name,
                attributes: pairsOf(event.attributes),
              })),
              links: span.links.map((link) => ({
                traceId: hexToBytes(link.traceId)!,
                spanId: hexToBytes(link.spanId)!,
                attributes: pairsOf(link.attributes),
              })),
            },
          ],
        },
      ],
    })),
  };
}

function pairsOf(of: Values): KeyValue[] {
  return Object.entries(of).map(([key, value]) => ({ key, value }));
}
