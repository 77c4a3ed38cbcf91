/** What only the embedded engine can suffer: its process dies, its directory is wanted twice. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  frameBytes,
  requestBytes,
  someSpans,
  writeSegment,
} from '../../testkit/src/segment-file.ts';
import {
  DataDirectoryTaken,
  type Engine,
  EngineUnavailable,
  openEngine,
  type RunOptions,
  segmentRowCounts,
} from '../src/index.ts';
import { quiet, scratch } from './scratch.ts';

const run: RunOptions = { secondsMax: 20, rowsMax: 1000 };
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(): Promise<{ engine: Engine; dir: string }> {
  const { dir, remove } = scratch();
  cleanups.push(remove);
  const engine = await openEngine({
    place: { kind: 'embedded', dataDir: dir, sessions: 2 },
    log: quiet,
  });
  cleanups.push(() => engine.close());
  return { engine, dir };
}

function kill(engine: Engine) {
  process.kill(engine.pid() as number, 'SIGKILL');
}

/** Waits until the engine answers again. @returns the milliseconds that took */
async function recovered(engine: Engine): Promise<number> {
  const started = performance.now();
  for (;;) {
    try {
      await engine.rows({ text: 'select 1', params: {} }, run);
      return performance.now() - started;
    } catch (error) {
      expect(error).toBeInstanceOf(EngineUnavailable);
      if (performance.now() - started > 10_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

test('a host killed during a query answers EngineUnavailable and is back within 3 s', async () => {
  const { engine } = await open();
  const query = engine.rows(
    { text: 'select count() from numbers(1000000000000)', params: {} },
    run,
  );
  const outcome = expect(query).rejects.toBeInstanceOf(EngineUnavailable);
  await new Promise((resolve) => setTimeout(resolve, 100));
  kill(engine);
  await outcome;
  expect(await recovered(engine)).toBeLessThan(3000);
  expect(engine.state()).toBe('ready');
});

test('a host killed during loads loses nothing and doubles nothing', async () => {
  const { engine, dir } = await open();
  const startNs = BigInt(Date.now() - 60_000) * 1_000_000n;
  const segments = [1, 2, 3, 4, 5, 6].map((id) => ({
    id: BigInt(id),
    token: `kill-${id}`,
    path: writeSegment(
      dir,
      `k${id}`,
      frameBytes(requestBytes('kill', someSpans(id, 3000, startNs))),
    ),
  }));
  for (const [at, segment] of segments.entries()) {
    const load = engine.load(segment).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, at * 40));
    kill(engine);
    const outcome = await load;
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(EngineUnavailable);
    expect(await recovered(engine)).toBeLessThan(5000);
    expect((await engine.load(segment)).rows).toBe(3000);
  }
  const counts = await segmentRowCounts(
    engine,
    segments.map(({ id }) => id),
  );
  expect([...counts.values()]).toEqual(segments.map(() => 3000));
  const metrics = await engine.rows(
    { text: 'select sum(n) as n from span_metrics', params: {} },
    run,
  );
  expect(metrics.rows).toEqual([{ n: '18000' }]);
}, 60_000);

test('a second instance on the same directory is refused by name, and a stale lock is taken over', async () => {
  const { engine, dir } = await open();
  const second = openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
  await expect(second).rejects.toThrow(
    new DataDirectoryTaken(
      `the data directory ${dir} is in use by process ${process.pid}: stop that instance, or start this one with another --data-dir`,
    ),
  );
  await engine.close();
  // A process that is long gone; and half a lock, as a full disk may leave it.
  for (const stale of ['{"pid":999999999,"started":"1"}', '{"pid":']) {
    writeFileSync(join(dir, 'instance.lock'), stale);
    const next = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
    await next.close();
  }
});

test('rows are there again after a restart, and the schema is left as it is', async () => {
  const { engine, dir } = await open();
  await engine.insert('service_looks', [
    { tenant: '', service: 'a', slot: 3, assigned: '2026-01-01 00:00:00.000' },
  ]);
  await engine.close();
  const next = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
  cleanups.push(() => next.close());
  const { rows } = await next.rows(
    { text: 'select service, slot from service_looks final', params: {} },
    run,
  );
  expect(rows).toEqual([{ service: 'a', slot: 3 }]);
});

test('a data directory whose name file() would take for a pattern is refused', async () => {
  const { dir, remove } = scratch();
  cleanups.push(remove);
  const odd = mkdtempSync(join(dir, 'a{1,2}'));
  const opening = openEngine({ place: { kind: 'embedded', dataDir: odd }, log: quiet });
  await expect(opening).rejects.toThrow('a path without * ? { } is needed');
});

test('the host ends when its parent is killed', async () => {
  const { dir, remove } = scratch();
  cleanups.push(remove);
  const parent = fork(new URL('./parent.mjs', import.meta.url), [dir], { execArgv: [] });
  const [hostPid] = (await once(parent, 'message')) as [number];
  expect(() => process.kill(hostPid, 0)).not.toThrow();
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(hostPid), { timeout: 3000, interval: 20 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
