import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

const offsets = (taken: readonly { partition: number; offset: bigint }[]) =>
  taken.map(({ partition, offset }) => `${partition}:${offset}`);

test('an offset is committed when everything before it has ended', () => {
  const progress = createProgress();
  const [first, second, third] = [4n, 5n, 7n].map((offset) => progress.begin('t', 0, offset));
  second?.();
  expect(progress.take()).toEqual([]);
  first?.();
  expect(offsets(progress.take())).toEqual(['0:6']);
  expect(progress.take()).toEqual([]);
  third?.();
  expect(offsets(progress.take())).toEqual(['0:8']);
});

test('partitions do not wait for each other', () => {
  const progress = createProgress();
  progress.begin('t', 0, 1n);
  progress.begin('t', 1, 1n)?.();
  expect(offsets(progress.take())).toEqual(['1:2']);
});

test('a message that comes twice is read once', () => {
  const progress = createProgress();
  progress.begin('t', 0, 3n)?.();
  expect(progress.begin('t', 0, 3n)).toBeUndefined();
  expect(progress.begin('t', 0, 2n)).toBeUndefined();
  expect(progress.begin('t', 0, 4n)).toBeDefined();
});

test('of partitions that left nothing is committed; those that stay are gone on with', () => {
  const progress = createProgress();
  const [left, stays] = [0, 1].map((partition) => progress.begin('t', partition, 3n));
  progress.keepOnly([{ topic: 't', partitions: [1] }]);
  left?.();
  stays?.();
  expect(offsets(progress.take())).toEqual(['1:4']);
  // Read again from what was committed: what is ours already is passed over.
  expect(progress.begin('t', 1, 3n)).toBeUndefined();
  expect(progress.begin('t', 0, 3n)).toBeDefined();
});

test('where a partition begins is committed, but nothing that is under way is passed over', () => {
  const progress = createProgress();
  progress.start('t', 0, 5n);
  expect(offsets(progress.take())).toEqual(['0:5']);
  progress.begin('t', 0, 5n);
  progress.start('t', 0, 9n);
  expect(progress.take()).toEqual([]);
});

test('what could not be committed is taken again, or what came behind it', () => {
  const progress = createProgress();
  progress.begin('t', 0, 3n)?.();
  progress.begin('t', 1, 8n)?.();
  const taken = progress.take();
  progress.begin('t', 1, 9n)?.();
  progress.giveBack(taken);
  expect(offsets(progress.take())).toEqual(['0:4', '1:10']);
});
