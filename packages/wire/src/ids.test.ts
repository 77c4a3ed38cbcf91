import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes, isZero } from './ids.ts';

describe('ids', () => {
  it('are lower-case hex, read in any case', () => {
    const bytes = Uint8Array.of(0, 1, 0xab, 0xff);
    expect(bytesToHex(bytes)).toBe('0001abff');
    expect(hexToBytes('0001ABfF')).toEqual(bytes);
    expect(bytesToHex(bytes, 2, 3)).toBe('ab');
  });

  for (const hex of ['abc', '0g', '@@', 'é0', ' 1', '``']) {
    it(`are not ${JSON.stringify(hex)}`, () => {
      expect(hexToBytes(hex)).toBeUndefined();
    });
  }

  it('are zero when every byte is', () => {
    expect(isZero(new Uint8Array(8))).toBe(true);
    expect(isZero(Uint8Array.of(0, 0, 1))).toBe(false);
    expect(isZero(Uint8Array.of(0, 0, 1), 0, 2)).toBe(true);
  });
});
