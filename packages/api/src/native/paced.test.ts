import { expect, test } from 'vitest';
import { paced } from './paced.ts';

test('all pieces come in order, and timers run between them', async () => {
  const busy = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };
  function* pieces() {
    for (const piece of ['a', '', 'b', 'c', '', 'd']) {
      busy(8);
      yield piece;
    }
  }
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const found: string[] = [];
  for await (const piece of paced(pieces())) found.push(piece);
  clearInterval(timer);
  expect(found).toEqual(['a', 'b', 'c', 'd']);
  expect(turns).toBeGreaterThan(0);
});
