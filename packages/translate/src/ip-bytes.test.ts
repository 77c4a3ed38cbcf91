import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4Bytes, ipv6Bytes } from './ip-bytes.ts';
import { ipv4Text, ipv6Text } from './zipkin-proto.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('addresses', () => {
  it('of both kinds come back as they were written', () => {
    fc.assert(
      fc.property(bytes(4), bytes(16), (four, sixteen) => {
        expect(ipv4Bytes(ipv4Text(four))).toEqual(four);
        expect(ipv6Bytes(ipv6Text(sixteen))).toEqual(sixteen);
      }),
      { seed: 1 },
    );
  });

  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::', '20010db8000000000000000000000000'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('%s', (text, hex) => {
    expect(Buffer.from(ipv6Bytes(text) ?? []).toString('hex')).toBe(hex);
  });

  it.each([
    '',
    'db.local',
    '10.0.0',
    '10.0.0.256',
    '1:2:3',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4::5:6:7:8',
    'fe80::1%eth0',
    ':1:2:3:4:5:6:7',
    '12345::',
  ])('%j is none', (text) => {
    expect(ipv4Bytes(text) ?? ipv6Bytes(text)).toBeUndefined();
  });
});
