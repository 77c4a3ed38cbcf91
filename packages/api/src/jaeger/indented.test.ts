/** Pieces cut anywhere give what `JSON.stringify` gives at once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indented } from './indented.ts';

async function whole(pieces: readonly string[]): Promise<string> {
  let all = '';
  for await (const piece of indented(pieces)) all += piece;
  return all;
}

test('empty lists stay on a line, signs in texts are no signs', async () => {
  const json = { a: [], b: {}, c: [{ 'd"\\': '{"x": [1,2]}' }, [[]]], e: null };
  expect(await whole([JSON.stringify(json)])).toBe(JSON.stringify(json, null, 4));
});

test('whatever it is, wherever it is cut', async () => {
  const property = fc.asyncProperty(
    fc.json(),
    fc.integer({ min: 1, max: 9 }),
    async (text, size) => {
      const value = JSON.parse(text);
      const json = JSON.stringify(value);
      const pieces = Array.from({ length: Math.ceil(json.length / size) }, (_, at) =>
        json.slice(at * size, (at + 1) * size),
      );
      expect(await whole(pieces)).toBe(JSON.stringify(value, null, 4));
    },
  );
  await fc.assert(property);
});
