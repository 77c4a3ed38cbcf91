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

test('after partitions were dealt anew nothing of before is committed, and everything may come again', () => {
  const progress = createProgress();
  const done = progress.begin('t', 0, 3n);
  progress.reset();
  done?.();
  expect(progress.take()).toEqual([]);
  expect(progress.begin('t', 0, 3n)).toBeDefined();
});
