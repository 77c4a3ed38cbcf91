import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW_MS, traces } from '../test/arbitrary.ts';
import { damagedBodies } from '../test/damage.ts';
import { referenceDecode, referenceSpans, root } from '../test/reference.ts';
import { anyValueOf, attributesOf } from './attributes.ts';
import { encodeTraces } from './encode.ts';
import { fields } from './fields.ts';
import { type WalkLimits, walkLimits } from './limits.ts';
import type { AnyValue, Given, KeyValue, Span } from './traces-data.ts';
import type { WalkReason } from './verdict.ts';
import { walkTraces } from './walk.ts';
import { createWriter, type Writer } from './writer.ts';

const NOW_NS = BigInt(NOW_MS) * 1_000_000n;
const HOUR_NS = 3_600_000_000_000n;

const plain = {
  traceId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
  spanId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  name: 'GET /cart',
  startTimeUnixNano: NOW_NS,
  endTimeUnixNano: NOW_NS + 5n,
};

const body = (span: Given<Span>) =>
  encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...plain, ...span }] }] }] });

const walk = (bytes: Uint8Array, limits: Partial<WalkLimits> = {}) => ({
  ...walkTraces(bytes, { ...walkLimits, ...limits }, NOW_MS),
});

/** A body with one plain span, to whose fields `write` adds. */
function raw(write: (writer: Writer) => void): Uint8Array {
  const writer = createWriter();
  const marks = [writer.begin(1), writer.begin(2), writer.begin(2)];
  writer.bytes(1, plain.traceId);
  writer.bytes(2, plain.spanId);
  writer.fixed64(7, NOW_NS);
  writer.fixed64(8, NOW_NS);
  write(writer);
  for (const mark of marks.reverse()) writer.end(mark);
  return writer.finish();
}

/** A body with one plain span and one attribute whose value holds `bytes`. */
function rawValue(...bytes: number[]): Uint8Array {
  return raw((writer) => {
    const pair = writer.begin(9);
    writer.string(1, 'k');
    writer.bytes(2, Uint8Array.from(bytes));
    writer.end(pair);
  });
}

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);
const append = (bytes: number[]) => (writer: Writer) =>
  writer.raw(bytesOf(...bytes), 0, bytes.length);

const many = (count: number): KeyValue[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: anyValueOf(i) }));

function nested(depth: number): AnyValue {
  return depth === 1 ? anyValueOf(1) : { type: 'array', value: [nested(depth - 1)] };
}

describe('walkTraces, on sound bytes', () => {
  it('calls them clean and counts as the reference decoder does', () => {
    fc.assert(
      fc.property(traces, (made) => {
        const bytes = encodeTraces(made);
        const { verdict, spans } = walk(bytes);
        const reference = referenceDecode(bytes);
        expect(reference).not.toBeInstanceOf(Error);
        expect({ verdict, spans }).toEqual({
          verdict: 'clean',
          spans: reference instanceof Error ? -1 : referenceSpans(reference),
        });
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('calls an empty body clean', () => {
    expect(walk(new Uint8Array(0))).toMatchObject({
      verdict: 'clean',
      spans: 0,
      firstSpanOffset: -1,
    });
  });

  it('says where the first span is', () => {
    const bytes = body({});
    const { firstSpanOffset, firstSpanEnd } = walk(bytes);
    expect(bytes.slice(firstSpanOffset + 2, firstSpanOffset + 18)).toEqual(plain.traceId);
    expect(firstSpanEnd).toBe(bytes.length);
  });

  it('reads a body that is a view into a larger buffer', () => {
    const bytes = body({
      attributes: attributesOf({ 'http.route': '/cart', n: 1, f: 0.5, b: true }),
    });
    const larger = new Uint8Array(bytes.length + 14).fill(0xff);
    larger.set(bytes, 7);
    expect(walk(larger.subarray(7, 7 + bytes.length))).toEqual(walk(bytes));
  });

  const passes: [string, Uint8Array][] = [
    [
      'unknown fields of every sort',
      raw(
        append([
          0xa0, 0x06, 5, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xa2, 0x06, 1, 9, 0xa5, 0x06, 1, 2, 3,
          4,
        ]),
      ),
    ],
    ['unknown fields on the top', bytesOf(...body({}), 0x12, 3, 1, 2, 3)],
    ['a value without members', rawValue()],
    ['links without ids', body({ links: [{}] })],
    ['a parent id without bytes', raw((writer) => writer.bytes(4, bytesOf()))],
    ['repeated attribute keys', body({ attributes: [...many(2), ...many(2)] })],
    ['a tag in more bytes than needed', raw(append([0xaa, 0x80, 0x00, 1, 0x61]))],
    ['a length in more bytes than needed', raw(append([0x2a, 0x81, 0x80, 0x00, 0x61]))],
    [
      'the earliest start',
      body({ startTimeUnixNano: NOW_NS - 24n * HOUR_NS, endTimeUnixNano: NOW_NS }),
    ],
    [
      'the latest start',
      body({ startTimeUnixNano: NOW_NS + HOUR_NS, endTimeUnixNano: NOW_NS + HOUR_NS }),
    ],
    ['values at the deepest level', body({ attributes: [{ key: 'k', value: nested(16) }] })],
  ];
  for (const [what, bytes] of passes) {
    it(`passes ${what}`, () => {
      expect(walk(bytes)).toMatchObject({ verdict: 'clean', spans: 1, reason: '', offset: -1 });
    });
  }
});

describe('walkTraces, on what must be mended', () => {
  const utf8 = (field: number) => (writer: Writer) => writer.bytes(field, bytesOf(0xc3, 0x28));
  const mends: [WalkReason, string, Uint8Array][] = [
    ['trace-id', 'short trace id', body({ traceId: bytesOf(1, 2) })],
    ['trace-id', 'zero trace id', body({ traceId: new Uint8Array(16) })],
    ['trace-id', 'no trace id', body({ traceId: bytesOf() })],
    ['span-id', 'long span id', body({ spanId: new Uint8Array(9).fill(1) })],
    ['span-id', 'zero span id', body({ spanId: new Uint8Array(8) })],
    ['span-id', 'no span id', body({ spanId: bytesOf() })],
    ['parent-span-id', 'short parent id', body({ parentSpanId: bytesOf(1) })],
    ['link-id', 'short link trace id', body({ links: [{ traceId: bytesOf(1) }] })],
    ['link-id', 'long link span id', body({ links: [{ spanId: new Uint8Array(16) }] })],
    [
      'repeated-field',
      'two names',
      raw((writer) => [writer.string(5, 'a'), writer.string(5, 'b')]),
    ],
    ['repeated-field', 'two trace ids', raw((writer) => writer.bytes(1, plain.traceId))],
    [
      'repeated-field',
      'two statuses',
      raw((writer) => [writer.bytes(15, bytesOf()), writer.bytes(15, bytesOf())]),
    ],
    ['repeated-field', 'two keys', raw(append([0x4a, 6, 0x0a, 1, 0x61, 0x0a, 1, 0x62]))],
    ['repeated-field', 'two values', raw(append([0x4a, 4, 0x12, 0, 0x12, 0]))],
    ['repeated-field', 'two resources', bytesOf(0x0a, 4, 0x0a, 0, 0x0a, 0)],
    ['repeated-field', 'two scopes', bytesOf(0x0a, 6, 0x12, 4, 0x0a, 0, 0x0a, 0)],
    ['two-members', 'a string and an int', rawValue(0x0a, 1, 0x61, 0x18, 1)],
    ['two-members', 'two strings', rawValue(0x0a, 1, 0x61, 0x0a, 1, 0x62)],
    ['two-members', 'two in an array', rawValue(0x2a, 6, 0x0a, 4, 0x18, 1, 0x18, 1)],
    ['unknown-enum', 'kind 6', body({ kind: 6 })],
    ['unknown-enum', 'status 3', body({ status: { code: 3 } })],
    [
      'unknown-enum',
      'negative kind',
      raw(append([0x30, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])),
    ],
    ['unknown-enum', 'bool 2', rawValue(0x10, 2)],
    ['number-range', 'count over 32 bits', raw(append([0x50, 0x80, 0x80, 0x80, 0x80, 0x10]))],
    [
      'padded-varint',
      'ten-byte zero in an unknown field',
      raw(append([0xa0, 0x06, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0])),
    ],
    [
      'padded-varint',
      'ten-byte zero',
      rawValue(0x18, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0),
    ],
    ['reserved-field', 'marks from a client', body({ marks: 1 })],
    ['reserved-field', 'tenant from a client', bytesOf(0xc2, 0x3e, 1, 0x61)],
    ['reserved-field', 'checksum from a client', bytesOf(0xdd, 0x3e, 1, 2, 3, 4)],
    ['not-utf8', 'name', raw(utf8(5))],
    ['not-utf8', 'trace state', raw(utf8(3))],
    ['not-utf8', 'value', rawValue(0x0a, 2, 0xc3, 0x28)],
    ['not-utf8', 'key', raw(append([0x4a, 4, 0x0a, 2, 0xff, 0xff]))],
    ['attributes', '129 attributes', body({ attributes: many(129) })],
    ['attributes', '129 attributes of an event', body({ events: [{ attributes: many(129) }] })],
    [
      'attributes',
      'a resource of more than 64 KiB',
      encodeTraces({
        resourceSpans: [
          {
            resource: {
              attributes: attributesOf({
                a: 'v'.repeat(30_000),
                b: 'v'.repeat(30_000),
                c: 'v'.repeat(6000),
              }),
            },
          },
        ],
      }),
    ],
    [
      'name-length',
      'schema url',
      encodeTraces({ resourceSpans: [{ schemaUrl: 'u'.repeat(1025) }] }),
    ],
    ['key-length', '257 bytes', body({ attributes: attributesOf({ ['k'.repeat(257)]: 1 }) })],
    ['value-length', '32,769 bytes', body({ attributes: attributesOf({ k: 'v'.repeat(32_769) }) })],
    ['value-length', 'array', body({ attributes: attributesOf({ k: ['v'.repeat(32_768)] }) })],
    ['value-depth', '17 levels', body({ attributes: [{ key: 'k', value: nested(17) }] })],
    ['name-length', '1,025 bytes', body({ name: 'n'.repeat(1025) })],
    ['events', '129 events', body({ events: Array.from({ length: 129 }, () => ({})) })],
    ['links', '129 links', body({ links: Array.from({ length: 129 }, () => ({})) })],
    ['start-time', 'no times', body({ startTimeUnixNano: 0n, endTimeUnixNano: 0n })],
    [
      'start-time',
      'a day and a bit ago',
      body({ startTimeUnixNano: NOW_NS - 24n * HOUR_NS - 1000n }),
    ],
    ['start-time', 'in two hours', body({ startTimeUnixNano: NOW_NS + 2n * HOUR_NS })],
    ['start-time', '2^63', body({ startTimeUnixNano: 2n ** 63n, endTimeUnixNano: 2n ** 63n })],
    ['end-time', 'one nanosecond early', body({ endTimeUnixNano: NOW_NS - 1n })],
    ['end-time', 'no end', body({ endTimeUnixNano: 0n })],
    ['duration', 'end at 2^64 - 1', body({ endTimeUnixNano: 2n ** 64n - 1n })],
  ];
  for (const [reason, what, bytes] of mends) {
    it(`says ${reason} for ${what}`, () => {
      expect(walk(bytes)).toMatchObject({ verdict: 'mend', reason });
    });
  }
});

describe('walkTraces, on what is no OTLP', () => {
  const ten = [128, 128, 128, 128, 128, 128, 128, 128, 128];
  const refusals: [WalkReason, string, Uint8Array][] = [
    ['truncated', 'length past the end', bytesOf(0x0a, 5, 0x0a)],
    ['truncated', 'tag without value', bytesOf(0x0a)],
    ['truncated', 'nested length past its parent', bytesOf(0x0a, 2, 0x12, 5, 0x0a, 0, 0x0a, 0)],
    ['truncated', 'half a time', raw(append([0x39, 1, 2]))],
    ['truncated', 'half a varint', rawValue(0x18, 0x80)],
    ['varint-too-long', 'eleven bytes', rawValue(0x18, ...ten, 128, 1)],
    ['varint-too-long', 'more than 64 bits', rawValue(0x18, ...ten, 2)],
    ['varint-too-long', 'a tag of six bytes', raw(append([0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0]))],
    ['varint-too-long', 'a length over 32 bits', raw(append([0x2a, 0xff, 0xff, 0xff, 0xff, 0x1f]))],
    ['wrong-wire-type', 'name as varint', raw(append([0x28, 1]))],
    ['wrong-wire-type', 'time as varint', raw(append([0x38, 1]))],
    ['wrong-wire-type', 'spans as fixed32', bytesOf(0x0a, 5, 0x15, 0, 0, 0, 0)],
    ['wrong-wire-type', 'wire type 7', raw(append([0xa7, 0x06]))],
    ['group', 'known field', raw(append([0x2b, 0x2c]))],
    ['group', 'unknown field', raw(append([0xa3, 0x06, 0xa4, 0x06]))],
    ['bad-field-number', 'field 0', raw(append([0x02, 0]))],
  ];
  for (const [reason, what, bytes] of refusals) {
    it(`says ${reason} for ${what}`, () => {
      const found = walk(bytes);
      expect(found).toMatchObject({ verdict: 'refuse', reason });
      expect(found.offset).toBeGreaterThanOrEqual(0);
      expect(found.offset).toBeLessThanOrEqual(bytes.length);
    });
  }

  it('refuses one span too many, and no fewer', () => {
    const spans = Array.from({ length: 11 }, () => plain);
    const bytes = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    expect(walk(bytes, { spansPerRequest: 10 })).toMatchObject({ reason: 'too-many-spans' });
    expect(walk(bytes, { spansPerRequest: 11 })).toMatchObject({ verdict: 'clean', spans: 11 });
  });

  it('refuses one resource or scope too many, and no fewer', () => {
    const scopeSpans = [{}, {}, {}];
    const bytes = encodeTraces({ resourceSpans: [{ scopeSpans }, { scopeSpans }] });
    expect(walk(bytes, { spansPerRequest: 7 })).toMatchObject({ reason: 'too-many-groups' });
    expect(walk(bytes, { spansPerRequest: 8 })).toMatchObject({ verdict: 'clean' });
  });

  it('lets a refusal win over an earlier reason to mend', () => {
    const bytes = bytesOf(...body({ kind: 9 }), 0x0a, 0x80);
    expect(walk(bytes)).toMatchObject({ verdict: 'refuse', reason: 'truncated' });
  });

  it('refuses and accepts what is cut off at any offset as the reference decoder does', () => {
    const bytes = body({
      traceState: 'a=b',
      attributes: attributesOf({
        s: 'é',
        n: -1,
        f: 0.5,
        b: false,
        l: ['x', { y: 1 }],
        raw: bytesOf(1),
      }),
      events: [{ timeUnixNano: 1n, name: 'e', attributes: many(1) }],
      links: [{ traceId: plain.traceId, spanId: plain.spanId, flags: 1 }],
      status: { code: 2, message: 'no' },
      flags: 1,
    });
    for (let size = 0; size <= bytes.length; size += 1) {
      const cut = bytes.subarray(0, size);
      const isRefused = walk(cut).verdict === 'refuse';
      expect([size, isRefused]).toEqual([size, referenceDecode(cut) instanceof Error]);
    }
  });

  it('does not look into two thousand levels of values', () => {
    let value: Uint8Array = bytesOf(0x18, 1);
    for (let i = 0; i < 2000; i += 1) {
      const writer = createWriter();
      const list = writer.begin(5);
      writer.bytes(1, value);
      writer.end(list);
      value = writer.finish();
    }
    expect(walk(rawValue(...value))).toMatchObject({ verdict: 'mend', reason: 'value-depth' });
  });
});

describe('walkTraces, on damaged bytes', () => {
  /**
   * Where the walk is stricter on purpose: the engine fails on known fields of a wrong wire type and
   * on groups, which protobuf skips, and on a tenth varint byte over 1, which this library ignores.
   */
  const stricter: WalkReason[] = ['wrong-wire-type', 'group', 'varint-too-long'];
  /** Where it is looser: text is repaired, and values nested too deep are not looked into. */
  const looser = /utf|depth/i;

  it('agrees with the reference decoder, but for the documented cases', () => {
    for (const bytes of damagedBodies(7, 2500)) {
      const { verdict, reason, spans } = walk(bytes);
      const reference = referenceDecode(bytes);
      const context = `${verdict} ${reason} for ${bytes}`;
      if (reference instanceof Error) {
        const explained = verdict === 'refuse' || looser.test(reference.message);
        expect(explained, `${reference.message}; ${context}`).toBe(true);
      } else if (verdict === 'refuse') {
        expect(stricter, context).toContain(reason);
      } else {
        expect(spans, context).toBe(referenceSpans(reference));
      }
    }
  });
});

describe('fields', () => {
  it('are those of the specification', () => {
    for (const [message, numbers] of Object.entries(fields)) {
      for (const [name, number] of Object.entries(numbers)) {
        if (number < 1000) {
          expect([message, name, root.lookupType(message).fields[name]?.id]).toEqual([
            message,
            name,
            number,
          ]);
        }
      }
      const count = Object.values(numbers).filter((number) => number < 1000).length;
      expect([message, count]).toEqual([message, root.lookupType(message).fieldsArray.length]);
    }
  });
});
