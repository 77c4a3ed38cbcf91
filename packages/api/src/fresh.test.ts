import { expect, test } from 'vitest';
import { noStats } from '../test/parts.ts';
import { createFresh } from './fresh.ts';

function collectorWith(pendingBytes: number, sealAndLoad: () => Promise<void>) {
  let calls = 0;
  return {
    calls: () => calls,
    collector: {
      sealAndLoad: () => {
        calls += 1;
        return sealAndLoad();
      },
      stats: () => ({ ...noStats, openSegmentBytes: pendingBytes }),
    },
  };
}

test('nothing is loaded when nothing waits', async () => {
  const { collector, calls } = collectorWith(0, async () => {});
  expect(await createFresh(collector, () => {}).load()).toBe(true);
  expect(calls()).toBe(0);
});

test('what waits is loaded before the reader goes on', async () => {
  const { collector, calls } = collectorWith(10, async () => {});
  expect(await createFresh(collector, () => {}).load()).toBe(true);
  expect(calls()).toBe(1);
});

test('a load that fails or lasts lets the reader go on, and says so', async () => {
  const lines: string[] = [];
  const log = (_: string, message: string) => lines.push(message);
  const failing = collectorWith(10, () => Promise.reject(new Error('engine down')));
  expect(await createFresh(failing.collector, log).load()).toBe(false);
  expect(lines).toEqual(['pending spans could not be loaded for a reader']);
  const lasting = collectorWith(10, () => new Promise(() => {}));
  expect(await createFresh(lasting.collector, log, 20).load()).toBe(false);
});

test('a trace of which nothing waits is read at once; one that may wait is loaded', async () => {
  const { collector, calls } = collectorWith(10, async () => {});
  const asked: string[] = [];
  const holds = async (id: Uint8Array) => {
    asked.push(Buffer.from(id).toString('hex'));
    return id[0] === 1;
  };
  const fresh = createFresh({ ...collector, holds }, () => {});
  expect(await fresh.load('02'.repeat(16))).toBe(true);
  expect(calls()).toBe(0);
  expect(await fresh.load('01'.repeat(16))).toBe(true);
  expect(await fresh.load('0123456789abcdef')).toBe(true);
  expect(calls()).toBe(2);
  expect(asked).toEqual(['02'.repeat(16), '01'.repeat(16)]);
});
