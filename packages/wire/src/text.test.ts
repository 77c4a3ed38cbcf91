import { describe, expect, it } from 'vitest';
import { createRandom } from '../test/damage.ts';
import { bytesToText, isText, textCut, textToBytes, writeText } from './text.ts';

const strict = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('isText', () => {
  it('agrees with the runtime about every pair of bytes in every place', () => {
    for (let pair = 0; pair < 65_536; pair += 1) {
      const bytes = Uint8Array.of(0x61, 0x62, 0x63, pair >> 8, pair & 0xff);
      if (isText(bytes, 0, 5) !== isUtf8(bytes)) expect.unreachable(`${bytes}`);
    }
  });

  it('agrees with the runtime about sequences near the borders', () => {
    const borders = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0];
    borders.push(0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
    const random = createRandom(5);
    for (let i = 0; i < 20_000; i += 1) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
        return borders[Math.floor(random() * borders.length)]!;
      });
      if (isText(bytes, 0, bytes.length) !== isUtf8(bytes)) expect.unreachable(`${bytes}`);
    }
  });
});

describe('text', () => {
  for (const text of ['', 'plain', 'é€😀', '\ufeffmark', 'x'.repeat(100), 'é'.repeat(100)]) {
    it(`survives bytes: ${JSON.stringify(text.slice(0, 10))} × ${text.length}`, () => {
      const into = new Uint8Array(3 * text.length + 2);
      const end = writeText(text, into, 1);
      expect(into.subarray(1, end)).toEqual(textToBytes(text));
      expect(bytesToText(into, 1, end)).toBe(text);
    });
  }

  it('is cut between characters, and anywhere when it is no text', () => {
    const text = textToBytes('a€😀');
    const cuts = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((most) => textCut(text, 0, text.length, most));
    expect(cuts).toEqual([0, 1, 1, 1, 4, 4, 4, 4, 8]);
    expect(textCut(new Uint8Array(20).fill(0x80), 0, 20, 10)).toBe(10);
  });
});
