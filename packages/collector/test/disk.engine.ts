/**
 * Disks without room. R12, R13, R14 of the trials.
 *
 * A tmpfs of a few MiB where this user may mount one; everywhere a limit on file size
 * (RLIMIT_FSIZE), which stops a write in its middle as a full disk does.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine } from '@clew/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLedgerClient } from './ledger-client.ts';
import { createMemoryEngine } from './memory-engine.ts';
import { post, startRig } from './rig.ts';
import { request } from './traffic.ts';
import { startVictim } from './victim.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-disk-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const MiB = 2 ** 20;

/** Mounts a tmpfs over `dir`; answers how to take it away, or undefined where that is not allowed. */
function mountSmallDisk(bytes: number): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], { stdio: 'pipe' });
    return () => execFileSync('umount', ['-l', dir]);
  } catch {
    return undefined;
  }
}

test('a full disk is 503 with a wait; what was acknowledged is stored; room ends it', async () => {
  const unmount = mountSmallDisk(3 * MiB);
  if (unmount === undefined) {
    console.log('no tmpfs may be mounted here: see the test with the limit on file size instead');
    return;
  }
  try {
    await writeFile(join(dir, 'ballast'), Buffer.alloc(2 * MiB));
    const rig = await startRig({ 'spool.seal_after': 3_600_000 }, createMemoryEngine(), dir);
    let acked = 0;
    let answer = await post(rig.http, request({ spans: 100 }));
    for (; answer.status === 200; answer = await post(rig.http, request({ spans: 100 }))) {
      acked += 100;
    }
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    await unlink(join(dir, 'ballast'));
    expect((await post(rig.http, request({ spans: 100 }))).status).toBe(200);
    await rig.collector.sealAndLoad();
    expect(rig.engine.spans()).toBe(acked + 100);
    await rig.collector.stop();
  } finally {
    unmount();
  }
});

test('a low disk gives up kept segments first, then refuses', async () => {
  const rig = await startRig({}, createMemoryEngine(), dir);
  await post(rig.http, request());
  await rig.collector.sealAndLoad();
  expect(rig.collector.stats().loadedBytesKept).toBeGreaterThan(0);
  const again = await rig.restart({ 'spool.disk_free_min': 2 ** 52 });
  expect((await post(again.http, request())).status).toBe(503);
  expect(again.collector.stats().loadedBytesKept).toBe(0);
  await again.stop();
});

test('writes that stop in their middle are refused, and nothing acknowledged is lost', async () => {
  const settings = { 'spool.seal_after': 400, 'spool.segment_bytes': 16 * MiB };
  const victim = await startVictim(dir, { settings });
  // From now on no file of the collector may grow past 100 kB; the engine host is not touched.
  execFileSync('prlimit', ['--pid', `${victim.pid}`, '--fsize=100000:100000']);
  const client = createLedgerClient('disk');
  const load = client.run(victim.http, 4);
  for (let n = 0; n < 10; n += 1) {
    // This one does not fit into any file.
    const answer = await post(victim.http, request({ spans: 400 }));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    await sleep(100);
  }
  await load.stop();
  expect(await victim.terminate()).toBe(0);
  expect(client.acked()).toBeGreaterThan(5);
  const engine = await openEngine({
    place: { kind: 'embedded', dataDir: dir },
    log: () => undefined,
  });
  const { lost, doubled, halves, ghosts } = await client.audit(engine);
  await engine.close();
  expect({ lost, doubled, halves, ghosts }).toEqual({ lost: 0, doubled: 0, halves: 0, ghosts: 0 });
});
