import { expect, test } from 'vitest';
import { createGate, createInFlight } from './in-flight.ts';

test('leases add up over requests, and come back once', () => {
  const inFlight = createInFlight(100);
  const [first, second] = [inFlight.lease(), inFlight.lease()];
  first.grow(60);
  expect(() => second.grow(41)).toThrow('60 bytes');
  second.grow(40);
  first.release();
  first.release();
  expect(inFlight.bytes).toBe(40);
});

test('a gate lets in what fits, keeps the order, and lets the oversized in alone', async () => {
  const gate = createGate(100);
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const enter = (name: string, bytes: number) =>
    gate.pass(bytes, () => {
      order.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const all = [enter('a', 60), enter('b', 40), enter('big', 500), enter('c', 1)];
  await turn();
  expect(order).toEqual(['a', 'b']);
  ends[0]?.();
  ends[1]?.();
  await turn();
  expect(order).toEqual(['a', 'b', 'big']);
  ends[2]?.();
  await turn();
  ends[3]?.();
  await Promise.all(all);
  expect(order).toEqual(['a', 'b', 'big', 'c']);
});

test('a gate opens again after work that failed', async () => {
  const gate = createGate(1);
  await expect(gate.pass(1, () => Promise.reject(new Error('bomb')))).rejects.toThrow('bomb');
  expect(await gate.pass(1, async () => 'next')).toBe('next');
});
