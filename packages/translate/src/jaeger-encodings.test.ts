import { decodeTraces } from '@clew/wire/decode';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batch, postSpans, type Span, type TagValue, TRACE } from '../test/jaeger-spans.ts';
import {
  binaryMessage,
  binaryStruct,
  compactMessage,
  type ThriftStruct,
} from '../test/thrift-writer.ts';
import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { jaegerBatchToOtlp, jaegerBinaryToOtlp, jaegerCompactToOtlp } from './jaeger-thrift.ts';
import { otlpJson } from './to-otlp-json.ts';
import { TranslateError } from './translate-error.ts';

describe('the three encodings', () => {
  const tagValue: fc.Arbitrary<TagValue> = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.uint8Array({ maxLength: 20 }),
  );
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom('error', 'span.kind', 'event', 'message', 'otel.status_code', 'hostname'),
  );
  const tags = fc.array(fc.tuple(key, tagValue), { maxLength: 20 });
  const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
  const us = fc.bigInt({ min: 1n, max: 2n ** 52n });
  const span: fc.Arbitrary<Span> = fc.record({
    id,
    name: fc.string({ minLength: 1, unit: 'grapheme' }),
    flags: fc.nat(3),
    startUs: us,
    durationUs: us,
    tags,
    logs: fc.array(fc.record({ us, fields: tags }), { maxLength: 3 }),
    references: fc.array(fc.record({ type: fc.nat(1), trace: fc.constantFrom(TRACE, 9n), id }), {
      maxLength: 3,
    }),
  });

  it('mean the same', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.string(), tags, (spans, service, of) => {
        const struct = batch(spans, service, of);
        const binary = otlpJson(jaegerBatchToOtlp(binaryStruct(struct)));
        const args: ThriftStruct = [[1, { struct }]];
        expect(otlpJson(jaegerBinaryToOtlp(binaryMessage('emitBatch', args)))).toBe(binary);
        expect(otlpJson(jaegerCompactToOtlp(compactMessage('emitBatch', args)))).toBe(binary);
        expect(decodeTraces(jaegerPostSpansToOtlp(postSpans(spans, service, of)))).toEqual(
          decodeTraces(jaegerBatchToOtlp(binaryStruct(struct))),
        );
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});

describe('bytes that are none', () => {
  const args: ThriftStruct = [[1, { struct: batch([{}]) }]];

  it.each<[string, () => Uint8Array, RegExp]>([
    ['no bytes', () => jaegerBatchToOtlp(new Uint8Array(0)), /1 bytes where 0 are left/],
    [
      'another call',
      () => jaegerCompactToOtlp(compactMessage('emitZipkinBatch', args)),
      /emitBatch/,
    ],
    [
      'a call without a batch',
      () => jaegerCompactToOtlp(compactMessage('emitBatch', [])),
      /without/,
    ],
    ['the other encoding', () => jaegerCompactToOtlp(binaryMessage('emitBatch', args)), /compact/],
    ['the other encoding', () => jaegerBinaryToOtlp(compactMessage('emitBatch', args)), /binary/],
    [
      'a list that claims two thousand million spans',
      () => jaegerBatchToOtlp(Uint8Array.of(12, 0, 1, 0, 15, 0, 2, 12, 0x7f, 0xff, 0xff, 0xff)),
      /2147483647 elements/,
    ],
    [
      'a name that claims more than there is',
      () => jaegerBatchToOtlp(Uint8Array.of(12, 0, 1, 11, 0, 1, 0x7f, 0, 0, 0, 65)),
      /bytes where 1 are left/,
    ],
    ['no protobuf', () => jaegerPostSpansToOtlp(Uint8Array.of(0x0a, 5, 1)), /ends past/],
  ])('%s is refused', (_what, translate, words) => {
    expect(translate).toThrow(TranslateError);
    expect(translate).toThrow(words);
  });

  it('are refused when nested without end', () => {
    const nested = new Uint8Array(3 * 1000).map((_, at) =>
      at % 3 === 0 ? 12 : at % 3 === 2 ? 9 : 0,
    );
    expect(() => jaegerBatchToOtlp(nested)).toThrow(/nested deeper/);
  });

  it('are refused when they hold more spans than a request may', () => {
    const bytes = new Uint8Array(100_000);
    // An empty process, then a list of structs that end at once.
    bytes.set([12, 0, 1, 0, 15, 0, 2, 12, 0, 1, 0x80, 0]);
    expect(() => jaegerBatchToOtlp(bytes)).toThrow(/more than 50000 spans/);
  });
});
