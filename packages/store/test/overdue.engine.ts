/** A statement that the engine cannot stop: the host is ended, and comes back with everything in it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../src/index.ts';
import { quiet, scratch } from './scratch.ts';

const { dir, remove } = scratch();
const limits = {
  secondsMax: 1,
  rowsMax: 10,
  rowsReadMax: 1_000_000_000_000,
  memoryBytesMax: 1024 * 1024 * 1024,
  resultBytesMax: 1_000_000,
  threadsMax: 1,
};
let engine: Engine;
beforeAll(async () => {
  const place = { kind: 'embedded', dataDir: dir, overdueMs: 1000 } as const;
  engine = await openEngine({ place, log: quiet });
});
afterAll(async () => {
  await engine.close();
  remove();
});

test('one block that takes for ever does not keep the engine', async () => {
  await engine.insert('service_looks', [
    { tenant: '', service: 'kept', slot: 7, assigned: '2026-01-01 00:00:00' },
  ]);
  const before = engine.pid();
  // Every row is looked for in 900 000 others; the limit is looked at after 65 000 rows.
  const text =
    'select count() from numbers(1000000) where has((select groupArray(number) from numbers(900000)), number + 100000000)';
  await expect(engine.read({ text, params: {} }, limits, 'CSVWithNames')).rejects.toMatchObject({
    name: expect.stringMatching(/EngineUnavailable|StatementTimedOut/),
  });
  const isBack = () => engine.state() === 'ready' && engine.pid() !== before;
  await expect.poll(isBack, { timeout: 30_000 }).toBe(true);
  const answer = await engine.rows<{ slot: number }>(
    { text: "select slot from service_looks where service = 'kept'", params: {} },
    { secondsMax: 10, rowsMax: 10 },
  );
  expect(answer.rows).toEqual([{ slot: 7 }]);
});
