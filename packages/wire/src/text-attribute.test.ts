import { describe, expect, it } from 'vitest';
import { textToBytes } from './text.ts';
import { createWriter } from './writer.ts';

describe('textAttribute', () => {
  // Lengths around where one byte of length becomes two, and where copying changes its way.
  it.each([0, 1, 23, 24, 90, 100, 110, 120, 127, 128, 300, 20_000])(
    'writes %i bytes as the single steps do',
    (length) => {
      const text = textToBytes('x'.repeat(length + 2));
      const key = createWriter();
      key.string(1, 'http.route');
      const quick = createWriter();
      quick.textAttribute(9, key.finish(), text, 1, 1 + length);
      const slow = createWriter();
      const mark = slow.begin(9);
      slow.string(1, 'http.route');
      const inner = slow.begin(2);
      slow.slice(1, text, 1, 1 + length);
      slow.end(inner);
      slow.end(mark);
      expect(quick.finish()).toEqual(slow.finish());
    },
  );
});
