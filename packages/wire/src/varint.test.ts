import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  varintEnd,
  varintLow32,
  varintSize,
  varintValue,
  writeVarint,
  writeVarint64,
} from './varint.ts';

describe('varints', () => {
  it('give back every number up to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = new Uint8Array(10);
        const end = writeVarint(bytes, 0, value);
        expect([end, varintEnd(bytes, 0, 10)]).toEqual([varintSize(value), end]);
        expect(varintValue(bytes, 0, end)).toBe(BigInt(value));
        expect(varintLow32(bytes, 0, end)).toBe(Number(BigInt.asUintN(32, BigInt(value))));
      }),
      { seed: 1 },
    );
  });

  it('give back every 64-bit number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes = new Uint8Array(10);
        const end = writeVarint64(bytes, 0, value);
        expect(BigInt.asIntN(64, varintValue(bytes, 0, end))).toBe(value);
      }),
      { seed: 2 },
    );
  });

  it('take the sizes of the specification at the borders', () => {
    const borders = [0, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 32, 2 ** 35 - 1, 2 ** 35];
    expect(borders.map(varintSize)).toEqual([1, 1, 2, 2, 3, 5, 5, 5, 6]);
  });

  it('end nowhere when cut off, too long or over 64 bits', () => {
    const ten = new Uint8Array(10).fill(0x80);
    expect(varintEnd(ten, 0, 10)).toBe(-1);
    expect(varintEnd(ten, 0, 3)).toBe(-1);
    ten[9] = 1;
    expect(varintEnd(ten, 0, 10)).toBe(10);
    ten[9] = 2;
    expect(varintEnd(ten, 0, 10)).toBe(-1);
  });
});
