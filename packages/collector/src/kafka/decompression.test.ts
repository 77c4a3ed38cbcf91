import { gzipSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { completeDecompression, unframedSnappy } from './decompression.ts';

const { snappy } = compressionsAlgorithms;
const pack = (text: string) => snappy.compressSync(Buffer.from(text));
const length = (bytes: number) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes);
  return head;
};
const framed = (...blocks: Buffer[]) =>
  Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
    ...blocks.flatMap((block) => [length(block.length), block]),
  ]);

const BYTES_MAX = 64 * 1024;
completeDecompression(BYTES_MAX);
completeDecompression();

describe('a bomb', () => {
  const packed = {
    gzip: (bytes: number) => gzipSync(Buffer.alloc(bytes)),
    // One block of one repeated byte: RFC 8878, 3.1.1.
    zstd: (bytes: number) => {
      const frame = Buffer.from('28b52ffda000000000000000000000', 'hex').subarray(0, 13);
      frame.writeUInt32LE(bytes, 5);
      frame.writeUIntLE((bytes << 3) | 0b011, 9, 3);
      return frame;
    },
  };

  test.each(['gzip', 'zstd'] as const)('of %s is an error, and what is within is read', (form) => {
    const { decompressSync } = compressionsAlgorithms[form];
    expect(decompressSync(packed[form](BYTES_MAX))).toHaveLength(BYTES_MAX);
    expect(() => decompressSync(packed[form](BYTES_MAX + 1))).toThrow();
  });
});

describe('snappy', () => {
  test.each([
    ['a bare block', pack('one two'), 'one two'],
    ['one framed block', framed(pack('one two')), 'one two'],
    ['several', framed(pack('one '), pack('two '.repeat(99))), `one ${'two '.repeat(99)}`],
    ['none', framed(), ''],
  ])('reads %s', (_what, data, text) => {
    expect(String(snappy.decompressSync(data))).toBe(text);
  });

  test('a block that is cut short is an error, wherever it is cut', () => {
    const whole = framed(pack('one'), pack('two'));
    const first = 16 + 4 + pack('one').length;
    for (let end = 17; end < whole.length; end += 1) {
      if (end === first) continue;
      expect(() => unframedSnappy(whole.subarray(0, end), (block) => block)).toThrow(/cut short/);
    }
  });
});
