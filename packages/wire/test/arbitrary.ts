/**
 * Generators for tests: OTLP traces with every kind of value, and bytes that have suffered.
 *
 * Never knows: what is expected of them.
 */

import fc from 'fast-check';
import type { AnyValue, KeyValue, ResourceSpans, Span, TracesData } from '../src/traces-data.ts';

/** The clock of all tests here. */
export const NOW_MS = 1_750_000_000_000;
const NOW_NS = BigInt(NOW_MS) * 1_000_000n;

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((s) => s.toWellFormed());
const uint32 = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffffffff }));
const bytes = fc.uint8Array({ maxLength: 12 });

const leaf: fc.Arbitrary<AnyValue> = fc.oneof(
  text.map((value) => ({ type: 'string', value }) as const),
  fc.boolean().map((value) => ({ type: 'bool', value }) as const),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => ({ type: 'int', value }) as const),
  fc.double().map((value) => ({ type: 'double', value }) as const),
  bytes.map((value) => ({ type: 'bytes', value }) as const),
  fc.constant({ type: 'empty' } as const),
  fc.constantFrom<AnyValue>(
    { type: 'string', value: '' },
    { type: 'int', value: 0n },
    { type: 'int', value: -1n },
    { type: 'double', value: 0 },
    { type: 'double', value: Number.NaN },
    { type: 'double', value: Number.NEGATIVE_INFINITY },
    { type: 'array', value: [] },
    { type: 'kvlist', value: [] },
    { type: 'bytes', value: new Uint8Array(0) },
  ),
);

export const anyValue: fc.Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue; pair: KeyValue }>(
  (tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }).map((value) => ({ type: 'array', value }) as const),
      fc.array(tie('pair'), { maxLength: 3 }).map((value) => ({ type: 'kvlist', value }) as const),
    ),
    pair: fc.record({ key: text, value: tie('value') }),
  }),
).value;

const attributes = fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 4 });

const idOf = (size: number) =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((id) => {
    id[0] = (id[0] ?? 0) | 1;
    return id;
  });

const event = fc.record({
  timeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  name: text,
  attributes,
  droppedAttributesCount: uint32,
});

const link = fc.record({
  traceId: fc.oneof(idOf(16), fc.constant(new Uint8Array(0))),
  spanId: fc.oneof(idOf(8), fc.constant(new Uint8Array(0))),
  traceState: text,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
});

/** Spans that the walk calls clean. */
export const span: fc.Arbitrary<Span> = fc
  .record({
    traceId: idOf(16),
    spanId: idOf(8),
    traceState: text,
    parentSpanId: fc.oneof(idOf(8), fc.constant(new Uint8Array(0))),
    name: text,
    kind: fc.integer({ min: 0, max: 5 }),
    startTimeUnixNano: fc.bigInt({ min: NOW_NS - 10n ** 13n, max: NOW_NS }),
    endTimeUnixNano: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    attributes,
    droppedAttributesCount: uint32,
    events: fc.array(event, { maxLength: 2 }),
    droppedEventsCount: uint32,
    links: fc.array(link, { maxLength: 2 }),
    droppedLinksCount: uint32,
    status: fc.record({ message: text, code: fc.integer({ min: 0, max: 2 }) }),
    flags: uint32,
    marks: fc.constant(0),
  })
  .map((made) => ({
    ...made,
    endTimeUnixNano: made.startTimeUnixNano + made.endTimeUnixNano,
  }));

export function tracesOf(spans: fc.Arbitrary<Span>): fc.Arbitrary<TracesData> {
  const scopeSpans = fc.record({
    scope: fc.record({ name: text, version: text, attributes, droppedAttributesCount: uint32 }),
    spans: fc.array(spans, { maxLength: 3 }),
    schemaUrl: text,
  });
  const resourceSpans: fc.Arbitrary<ResourceSpans> = fc.record({
    resource: fc.record({ attributes, droppedAttributesCount: uint32 }),
    scopeSpans: fc.array(scopeSpans, { maxLength: 2 }),
    schemaUrl: text,
  });
  return fc.record({ resourceSpans: fc.array(resourceSpans, { maxLength: 2 }) });
}

/** Traces that the walk calls clean. */
export const traces = tracesOf(span);

const wildTime = fc.oneof(
  fc.bigInt({ min: NOW_NS - 10n ** 12n, max: NOW_NS + 10n ** 12n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n),
);
const longText = fc
  .string({ unit: 'binary', minLength: 10, maxLength: 60 })
  .map((s) => s.toWellFormed());
const wildId = fc.uint8Array({ maxLength: 17 });

/** Traces with everything out of bounds now and then. */
export const wildTraces = tracesOf(
  fc
    .tuple(
      span,
      fc.record(
        {
          traceId: wildId,
          spanId: wildId,
          parentSpanId: wildId,
          kind: fc.integer({ min: 0, max: 9 }),
          startTimeUnixNano: wildTime,
          endTimeUnixNano: wildTime,
          status: fc.record({ message: text, code: fc.integer({ min: 0, max: 5 }) }),
          name: longText,
          attributes: fc.array(fc.record({ key: longText, value: anyValue }), { maxLength: 5 }),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([sound, wild]) => ({ ...sound, ...wild })),
);
