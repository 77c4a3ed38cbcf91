import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyValue, traces } from '../test/arbitrary.ts';
import { root } from '../test/reference.ts';
import { anyValueOf, attributesOf } from './attributes.ts';
import { decodeAnyValue, decodeArray, decodeKeyValues, decodeTraces } from './decode.ts';
import { encodeAnyValue, encodeTraces } from './encode.ts';
import type { AnyValue } from './traces-data.ts';

describe('encode and decode', () => {
  it('give back every trace as it was', () => {
    fc.assert(
      fc.property(traces, (made) => {
        expect(decodeTraces(encodeTraces(made))).toEqual(made);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('give back every value as it was', () => {
    fc.assert(
      fc.property(anyValue, (made) => {
        expect(decodeAnyValue(encodeAnyValue(made))).toEqual(made);
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  const edges: [string, AnyValue][] = [
    ['empty string', { type: 'string', value: '' }],
    ['text of every width', { type: 'string', value: 'a é € 😀 \u0000 \ufeff' }],
    ['false', { type: 'bool', value: false }],
    ['zero', { type: 'int', value: 0n }],
    ['smallest int', { type: 'int', value: -(2n ** 63n) }],
    ['largest int', { type: 'int', value: 2n ** 63n - 1n }],
    ['negative zero', { type: 'double', value: -0 }],
    ['not a number', { type: 'double', value: Number.NaN }],
    ['infinity', { type: 'double', value: Number.POSITIVE_INFINITY }],
    ['empty array', { type: 'array', value: [] }],
    ['empty key list', { type: 'kvlist', value: [] }],
    ['no bytes', { type: 'bytes', value: new Uint8Array(0) }],
    ['no value', { type: 'empty' }],
    ['long text', { type: 'string', value: 'é'.repeat(50_000) }],
    [
      'nested',
      anyValueOf({ list: [1, 'two', null, { deep: [true, 2.5] }], raw: new Uint8Array(3) }),
    ],
  ];
  for (const [what, value] of edges) {
    it(`keep ${what}`, () => {
      expect(decodeAnyValue(encodeAnyValue(value))).toEqual(value);
    });
  }

  it('agree with the reference library, byte for byte', () => {
    const type = root.lookupType('TracesData');
    fc.assert(
      fc.property(traces, (made) => {
        const bytes = encodeTraces(made);
        const again = encodeTraces(decodeTraces(type.encode(type.decode(bytes)).finish()));
        expect(again).toEqual(bytes);
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('read the bare lists that the store keeps', () => {
    const list = encodeAnyValue(anyValueOf(['a', 1]));
    const pairs = encodeAnyValue(anyValueOf({ a: 1 }));
    expect(decodeArray(list.subarray(2))).toEqual([anyValueOf('a'), anyValueOf(1)]);
    expect(decodeKeyValues(pairs.subarray(2))).toEqual(attributesOf({ a: 1 }));
  });

  it('merge as protobuf does when a message or field is given twice', () => {
    const twice = (bytes: Uint8Array) => Uint8Array.from([...bytes, ...bytes]);
    const array = encodeAnyValue(anyValueOf(['a']));
    expect(decodeAnyValue(twice(array))).toEqual(anyValueOf(['a', 'a']));
    const mixed = Uint8Array.from([...array, ...encodeAnyValue(anyValueOf(5))]);
    expect(decodeAnyValue(mixed)).toEqual(anyValueOf(5));
  });

  it('refuse values nested so deep that they would exhaust the stack', () => {
    let bytes: Uint8Array = encodeAnyValue(anyValueOf('bottom'));
    for (let i = 0; i < 120; i += 1) {
      const wrapped = encodeAnyValue({
        type: 'bytes',
        value: Uint8Array.from([0x0a, ...varint(bytes.length), ...bytes]),
      });
      wrapped[0] = 0x2a;
      bytes = wrapped;
    }
    expect(() => decodeAnyValue(bytes)).toThrow('nested too deep');
  });
});

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
