import { readFileSync } from 'node:fs';
import { anyValueOf, attributesOf, encodeTraces, type Given, type Span } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traces } from '../../wire/test/arbitrary.ts';
import { otlpJsonToProtobuf } from './otlp-json.ts';
import { otlpJson } from './to-otlp-json.ts';

const spanJson = (span: Given<Span>) => {
  const bytes = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  return JSON.parse(otlpJson(bytes)).resourceSpans[0].scopeSpans[0].spans[0];
};

describe('otlpJson', () => {
  it('and back gives the same traces', () => {
    fc.assert(
      fc.property(traces, (made) => {
        const bytes = encodeTraces(made);
        expect(decodeTraces(otlpJsonToProtobuf(otlpJson(bytes)))).toEqual(made);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('writes ids as hex, 64-bit integers as strings and enums as numbers', () => {
    expect(
      spanJson({
        traceId: new Uint8Array(16).fill(0xab),
        spanId: new Uint8Array(8).fill(1),
        kind: 2,
        startTimeUnixNano: 1750000000123456789n,
        attributes: attributesOf({ i: -5, s: '', b: false, raw: Uint8Array.of(0xfb, 0xff) }),
        status: { code: 2 },
        flags: 257,
      }),
    ).toEqual({
      traceId: 'ab'.repeat(16),
      spanId: '01'.repeat(8),
      kind: 2,
      startTimeUnixNano: '1750000000123456789',
      attributes: [
        { key: 'i', value: { intValue: '-5' } },
        { key: 's', value: { stringValue: '' } },
        { key: 'b', value: { boolValue: false } },
        { key: 'raw', value: { bytesValue: '+/8=' } },
      ],
      status: { code: 2 },
      flags: 257,
    });
  });

  it('writes what JSON has no number for as strings', () => {
    const doubles = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
    const attributes = doubles.map((value) => ({
      key: 'd',
      value: { type: 'double', value } as const,
    }));
    const written = spanJson({ attributes }).attributes.map(
      (pair: { value: { doubleValue: unknown } }) => pair.value.doubleValue,
    );
    expect(written).toEqual(['NaN', 'Infinity', '-Infinity', '-0']);
  });

  it('gives back a captured request', () => {
    const file = new URL('../fixtures/otlp-json/stock-sdk.pb', import.meta.url);
    const bytes = Uint8Array.from(readFileSync(file));
    expect(decodeTraces(otlpJsonToProtobuf(otlpJson(bytes)))).toEqual(decodeTraces(bytes));
  });

  it('leaves our own fields out, and merges what is given twice', () => {
    expect(spanJson({ name: 'n', marks: 3 })).toEqual({ name: 'n' });
    const value = (...bytes: number[]) => {
      const attributes = [{ key: '', value: anyValueOf(Uint8Array.from(bytes)) }];
      const body = encodeTraces({ resourceSpans: [{ resource: { attributes } }] });
      // The bytes of the value themselves in place of a bytes member that holds them.
      const at = body.length - bytes.length - 2;
      const bare = Uint8Array.from([...body.subarray(0, at), ...body.subarray(at + 2)]);
      for (const i of [1, 3, 5, 9]) bare[i]! -= 2;
      return JSON.parse(otlpJson(bare)).resourceSpans[0].resource.attributes[0].value;
    };
    expect(value(0x0a, 1, 0x61, 0x18, 1)).toEqual({ intValue: '1' });
    expect(value(0x2a, 2, 0x0a, 0, 0x2a, 2, 0x0a, 0)).toEqual({ arrayValue: { values: [{}, {}] } });
  });

  it('refuses what is no OTLP, and what is nested without end', () => {
    expect(() => otlpJson(Uint8Array.of(0x0a, 9))).toThrow('byte 0');
  });
});
