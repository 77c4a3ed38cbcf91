import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW_MS, traces, wildTraces } from '../test/arbitrary.ts';
import { damagedBodies } from '../test/damage.ts';
import { modelMend } from '../test/model.ts';
import { anyValueOf, attributesOf } from './attributes.ts';
import { decodeAnyValue, decodeTraces } from './decode.ts';
import { encodeTraces } from './encode.ts';
import { type WalkLimits, walkLimits } from './limits.ts';
import { marks } from './marks.ts';
import { mendTraces } from './mend.ts';
import { WireError } from './reader.ts';
import type { AnyValue, Given, KeyValue, Span, TracesData } from './traces-data.ts';
import { walkPart, walkTraces } from './walk.ts';
import { createWriter } from './writer.ts';

const NOW_NS = BigInt(NOW_MS) * 1_000_000n;
const HOUR_NS = 3_600_000_000_000n;

/** Everything small, so that generated traces run into every limit. */
const tight: WalkLimits = {
  ...walkLimits,
  attributesPerSpan: 3,
  attributesPerResource: 2,
  keyBytes: 40,
  nameBytes: 40,
  eventsPerSpan: 1,
  linksPerSpan: 1,
  valueDepth: 2,
};

const mend = (body: Uint8Array, limits: Partial<WalkLimits> = {}) =>
  mendTraces(body, { ...walkLimits, ...limits }, NOW_MS);

const isOursClean = (bytes: Uint8Array, limits: Partial<WalkLimits> = {}) => {
  const options = { limits: { ...walkLimits, ...limits }, nowMs: NOW_MS, ours: true };
  const { verdict, reason } = walkPart('traces', bytes, options);
  return `${verdict} ${reason}`.trim();
};

const spanOf = (bytes: Uint8Array) =>
  decodeTraces(bytes).resourceSpans[0]!.scopeSpans[0]!.spans[0]!;

const plain = {
  traceId: new Uint8Array(16).fill(1),
  spanId: new Uint8Array(8).fill(2),
  name: 'GET /cart',
  startTimeUnixNano: NOW_NS,
  endTimeUnixNano: NOW_NS + 5n,
};

const body = (...spans: Given<Span>[]) =>
  encodeTraces({
    resourceSpans: [{ scopeSpans: [{ spans: spans.map((span) => ({ ...plain, ...span })) }] }],
  });

const only = (key: string, value: AnyValue) => body({ attributes: [{ key, value }] });
const many = (count: number): KeyValue[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: anyValueOf(i) }));

const withoutMarks = (made: TracesData): TracesData => ({
  resourceSpans: made.resourceSpans.map((group) => ({
    ...group,
    scopeSpans: group.scopeSpans.map((inner) => ({
      ...inner,
      spans: inner.spans.map((span) => ({ ...span, marks: 0 })),
    })),
  })),
});

describe('mendTraces', () => {
  it('leaves clean bodies as they are, byte for byte', () => {
    fc.assert(
      fc.property(traces, (made) => {
        const bytes = encodeTraces(made);
        expect(mend(bytes).bytes).toEqual(bytes);
        expect(mend(bytes)).toMatchObject({ rejected: [], cut: [] });
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('does what decoding, normalising and encoding would do, marks included', () => {
    fc.assert(
      fc.property(wildTraces, (made) => {
        const mended = mend(encodeTraces(made), tight);
        const expected = modelMend(made, tight, NOW_MS);
        expect(decodeTraces(mended.bytes)).toEqual(expected);
        expect(isOursClean(mended.bytes, tight)).toBe('clean');
      }),
      { numRuns: 400, seed: 2 },
    );
  });

  it('makes damaged bodies clean, and keeps their meaning', () => {
    for (const bytes of damagedBodies(11, 2500)) {
      const { verdict } = walkTraces(bytes, walkLimits, NOW_MS);
      if (verdict !== 'mend') continue;
      const mended = mend(bytes);
      expect([isOursClean(mended.bytes), bytes]).toEqual(['clean', bytes]);
      const expected = modelMend(decodeTraces(bytes), walkLimits, NOW_MS);
      expect(withoutMarks(decodeTraces(mended.bytes))).toEqual(withoutMarks(expected));
    }
  });

  it('throws for bodies that the walk refuses', () => {
    expect(() => mend(Uint8Array.of(0x0a, 5))).toThrow(WireError);
  });

  it('drops spans without ids, says why, and keeps their neighbours byte for byte', () => {
    const bad = { traceId: new Uint8Array(16) };
    const mended = mend(
      body({}, bad, bad, { spanId: new Uint8Array(7) }, { parentSpanId: new Uint8Array(1) }, {}),
    );
    expect(mended.bytes).toEqual(body({}, {}));
    expect(mended.spans).toBe(2);
    expect(mended.rejected).toEqual([
      { reason: 'trace-id', spans: 2 },
      { reason: 'span-id', spans: 1 },
      { reason: 'parent-span-id', spans: 1 },
    ]);
  });

  it('drops reserved fields and keeps unknown ones', () => {
    const unknown = [0xa2, 0x06, 1, 9];
    const reserved = [0xc2, 0x3e, 1, 0x61];
    const mended = mend(Uint8Array.from([...reserved, ...body({}), ...unknown]));
    expect(mended.bytes).toEqual(Uint8Array.from([...body({}), ...unknown]));
    expect(mended.cut).toEqual([{ reason: 'reserved_field', count: 1 }]);
  });

  it('merges resources, scopes and statuses given twice', () => {
    const resource = (key: string) =>
      encodeTraces({ resourceSpans: [{ resource: { attributes: attributesOf({ [key]: 1 }) } }] });
    const first = resource('a').subarray(2);
    const second = resource('b').subarray(2);
    const bytes = Uint8Array.from([0x0a, first.length + second.length, ...first, ...second]);
    const [merged] = decodeTraces(mend(bytes).bytes).resourceSpans;
    expect(merged!.resource.attributes).toEqual(attributesOf({ a: 1, b: 1 }));
  });

  it('cuts from a resource what does not fit, and keeps the small attributes behind it', () => {
    const attributes = attributesOf({
      command: 'c'.repeat(30_000),
      classpath: 'p'.repeat(30_000),
      flags: 'f'.repeat(30_000),
      'service.name': 'cart',
    });
    const { bytes } = mend(encodeTraces({ resourceSpans: [{ resource: { attributes } }] }));
    expect(isOursClean(bytes)).toBe('clean');
    const { resource } = decodeTraces(bytes).resourceSpans[0]!;
    expect(resource.attributes.map(({ key }) => key)).toEqual([
      'command',
      'classpath',
      'service.name',
    ]);
    expect(resource.droppedAttributesCount).toBe(1);
  });

  it('takes a million of anything without holding on to it', () => {
    const million = new Uint8Array(2_000_000);
    const flood = (tag: number) => {
      for (let i = 0; i < million.length; i += 2) million[i] = tag;
      return million;
    };
    const span = createWriter();
    const outer = [span.begin(1), span.begin(2), span.begin(2)];
    span.bytes(1, plain.traceId);
    span.bytes(2, plain.spanId);
    span.fixed64(7, NOW_NS);
    for (const tag of [0x4a, 0x5a, 0x6a, 0x7a]) span.raw(flood(tag), 0, million.length);
    const pair = span.begin(9);
    const value = span.begin(2);
    span.raw(flood(0x2a), 0, million.length);
    span.end(value);
    span.end(pair);
    for (const mark of outer.reverse()) span.end(mark);
    const mended = mend(span.finish());
    expect(isOursClean(mended.bytes)).toBe('clean');
    expect(spanOf(mended.bytes)).toMatchObject({
      droppedAttributesCount: 1_000_001 - 127,
      droppedEventsCount: 1_000_000 - 128,
      droppedLinksCount: 1_000_000 - 128,
    });
  });

  it('marks the spans of a resource that was cut', () => {
    const group = { resource: { attributes: many(130) }, scopeSpans: [{ spans: [plain, plain] }] };
    const mended = decodeTraces(mend(encodeTraces({ resourceSpans: [group] })).bytes)
      .resourceSpans[0]!;
    expect(mended.resource).toMatchObject({ droppedAttributesCount: 2 });
    expect(mended.scopeSpans[0]!.spans.map((span) => span.marks)).toEqual([
      marks.origin_mended,
      marks.origin_mended,
    ]);
  });
});

describe('mendTraces, on times', () => {
  const cases: [string, [bigint, bigint], [bigint, bigint], number, Record<string, bigint>][] = [
    [
      'before the window',
      [1n, 11n],
      [NOW_NS - 24n * HOUR_NS, NOW_NS - 24n * HOUR_NS + 10n],
      marks.time_moved,
      { start: 1n },
    ],
    [
      'after the window',
      [2n ** 62n, 2n ** 62n + 10n],
      [NOW_NS + HOUR_NS, NOW_NS + HOUR_NS + 10n],
      marks.time_moved,
      { start: 2n ** 62n },
    ],
    [
      '2^64 - 1',
      [2n ** 64n - 1n, 2n ** 64n - 1n],
      [NOW_NS + HOUR_NS, NOW_NS + HOUR_NS],
      marks.time_moved,
      { start: -1n },
    ],
    [
      'an end before the start',
      [NOW_NS, NOW_NS - 1n],
      [NOW_NS, NOW_NS],
      marks.end_before_start,
      { end: NOW_NS - 1n },
    ],
    ['no start', [0n, NOW_NS], [NOW_NS, NOW_NS], marks.time_moved, { start: 0n }],
    ['no times', [0n, 0n], [NOW_NS, NOW_NS], marks.time_moved, { start: 0n, end: 0n }],
    [
      'an endless span',
      [NOW_NS, 2n ** 63n],
      [NOW_NS, NOW_NS + 720n * HOUR_NS],
      marks.duration_cut,
      { end: -(2n ** 63n) },
    ],
  ];
  for (const [what, [start, end], [newStart, newEnd], mark, originals] of cases) {
    it(`handles ${what}`, () => {
      const mended = mend(body({ startTimeUnixNano: start, endTimeUnixNano: end }));
      const attributes = Object.entries(originals).map(([edge, ns]) => ({
        key: `clew.original_${edge}_time_unix_nano`,
        value: anyValueOf(ns),
      }));
      expect(spanOf(mended.bytes)).toMatchObject({
        startTimeUnixNano: newStart,
        endTimeUnixNano: newEnd,
        marks: mark,
        attributes,
      });
    });
  }

  it('makes room for the originals among the attributes', () => {
    const { attributes, droppedAttributesCount } = spanOf(
      mend(body({ startTimeUnixNano: 0n, endTimeUnixNano: 0n, attributes: many(128) })).bytes,
    );
    expect([attributes.length, droppedAttributesCount]).toEqual([128, 2]);
    expect(attributes.at(-1)!.key).toBe('clew.original_end_time_unix_nano');
  });
});

describe('mendTraces, on values', () => {
  const mendedValue = (value: AnyValue, limits: Partial<WalkLimits> = {}) => {
    const mended = mend(only('k', value), limits);
    expect(isOursClean(mended.bytes, limits)).toBe('clean');
    const span = spanOf(mended.bytes);
    return { value: span.attributes[0]!.value, marks: span.marks };
  };

  it('cuts text between characters', () => {
    expect(mendedValue(anyValueOf('😀'.repeat(20)), { valueBytes: 66 })).toEqual({
      value: anyValueOf('😀'.repeat(16)),
      marks: marks.value_cut,
    });
  });

  it('cuts bytes', () => {
    const long = anyValueOf(new Uint8Array(70).fill(7));
    expect(mendedValue(long, { valueBytes: 64 }).value).toEqual(
      anyValueOf(new Uint8Array(64).fill(7)),
    );
  });

  it('keeps the head of a list that is too long', () => {
    const { value, marks: bits } = mendedValue(
      anyValueOf(Array.from({ length: 50 }, (_, i) => i)),
      {
        valueBytes: 64,
      },
    );
    expect(value).toEqual(anyValueOf(Array.from({ length: 13 }, (_, i) => i)));
    expect(bits).toBe(marks.value_cut);
  });

  it('cuts a long text inside a list, and inside a key list in it', () => {
    const inside = { list: ['x'.repeat(100), 'never reached'] };
    const { value } = mendedValue(anyValueOf([inside]), { valueBytes: 100 });
    const text = JSON.stringify(value);
    expect(text).toMatch(/x{20,}/);
    expect(text).not.toContain('never reached');
  });

  it('keeps values nested too deep as bytes that can still be read', () => {
    const deep = anyValueOf([['bottom']]);
    const { value, marks: bits } = mendedValue(anyValueOf([[['bottom']]]), { valueDepth: 2 });
    const kept = value.type === 'array' ? value.value[0]! : value;
    expect(kept.type === 'bytes' && decodeAnyValue(kept.value)).toEqual(deep);
    expect(bits).toBe(marks.value_flattened);
  });

  it('keeps the last of two members, and of two keys', () => {
    const writer = createWriter();
    const outer = [writer.begin(1), writer.begin(2), writer.begin(2)];
    writer.bytes(1, plain.traceId);
    writer.bytes(2, plain.spanId);
    writer.fixed64(7, NOW_NS);
    writer.fixed64(8, NOW_NS);
    const pair = writer.begin(9);
    writer.string(1, 'first');
    writer.string(1, 'second');
    const value = writer.begin(2);
    writer.string(1, 'text');
    writer.varint64(3, -5n);
    writer.end(value);
    writer.end(pair);
    for (const mark of outer.reverse()) writer.end(mark);
    const span = spanOf(mend(writer.finish()).bytes);
    expect(span.attributes).toEqual(attributesOf({ second: -5 }));
    expect(span.marks).toBe(marks.repeated_field);
  });

  it('replaces bytes that are no UTF-8', () => {
    const bytes = only('k', anyValueOf('a?b'));
    bytes[bytes.lastIndexOf(0x3f)] = 0xff;
    const mended = mend(bytes);
    expect(isOursClean(mended.bytes)).toBe('clean');
    const span = spanOf(mended.bytes);
    expect(span.attributes).toEqual(attributesOf({ k: 'a\ufffdb' }));
    expect(span.marks).toBe(marks.text_repaired);
  });
});
