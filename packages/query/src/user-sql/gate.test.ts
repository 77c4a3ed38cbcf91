import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

/** Work that ends when it is told to. */
function job() {
  let end = (): void => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => done };
}

test('so many run, the others wait their turn', async () => {
  const gate = createGate(1);
  const order: string[] = [];
  const first = job();
  const running = gate(first.work).then(() => order.push('first'));
  const second = gate(async () => order.push('second'));
  const third = gate(async () => order.push('third'));
  await Promise.resolve();
  expect(order).toEqual([]);
  first.end();
  await Promise.all([running, second, third]);
  expect(order[0]).not.toBe('third');
  expect(order).toContain('third');
});

test('a failure gives the place back', async () => {
  const gate = createGate(1);
  await expect(gate(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate(async () => 1)).toBe(1);
});

test('who leaves while waiting takes no place; too many are told to come back', async () => {
  const gate = createGate(1);
  const first = job();
  const running = gate(first.work);
  const leaving = new AbortController();
  const left = gate(async () => 'never', leaving.signal);
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  const waiting = Array.from({ length: 16 }, () => gate(async () => 'late'));
  await expect(gate(async () => 'no')).rejects.toMatchObject({ code: 'sql-busy' });
  first.end();
  await running;
  expect(await Promise.all(waiting)).toHaveLength(16);
  await expect(gate(async () => 1, leaving.signal)).rejects.toThrow('left');
});
