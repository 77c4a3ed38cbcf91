/**
 * Kills the whole process group under load, at random moments and at every named place, and demands that
 * every acknowledged span is stored exactly once. R01, R02, R09 of the trials.
 *
 * CRASH_ROUNDS (50) and CRASH_SEED choose how often and which moments. Runs the built packages.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine } from '@clew/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CrashPoint } from '../src/crash-point.ts';
import { type Audit, createLedgerClient, type LedgerClient } from './ledger-client.ts';
import { type Settings, startRig } from './rig.ts';
import { startVictim, type Victim } from './victim.ts';

const rounds = Number(process.env['CRASH_ROUNDS'] ?? 50);
const seed = process.env['CRASH_SEED'] ?? 'clew';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clew-kill-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

/** Small segments, so that a round sees seals and loads as well as writes. */
const settings: Settings = { 'spool.segment_bytes': 256 * 1024, 'spool.seal_after': 100 };

const clean = { lost: 0, doubled: 0, halves: 0, ghosts: 0, derivedOff: 0 };

/** Recovers in this process, loads what is left, and compares. */
async function audit(client: LedgerClient): Promise<Audit> {
  const engine = await openEngine({ place: { kind: 'embedded', dataDir }, log: () => undefined });
  try {
    const rig = await startRig(settings, engine, dataDir);
    await rig.collector.sealAndLoad();
    const found = await client.audit(engine);
    await rig.collector.stop();
    return found;
  } finally {
    await engine.close();
  }
}

/** Sends under load until the victim dies, by itself or by our hand after `afterMs`. */
async function round(client: LedgerClient, victim: Victim, afterMs: number): Promise<void> {
  const load = client.run(victim.http, 6);
  await Promise.race([sleep(afterMs), victim.gone]);
  await victim.kill();
  await load.stop();
}

/** Numbers in 0 … 1 from the seed. */
function dice(): () => number {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('kill -9 of the whole group', () => {
  test(`${rounds} times at random moments loses and doubles nothing`, async () => {
    const client = createLedgerClient(seed);
    const roll = dice();
    const startsMs: number[] = [];
    for (let n = 0; n < rounds; n += 1) {
      const sync = ['interval', 'always', 'never'][n % 3] as string;
      const victim = await startVictim(dataDir, { settings: { ...settings, 'spool.sync': sync } });
      startsMs.push(victim.startMs);
      await round(client, victim, 30 + roll() * 1200);
    }
    const found = await audit(client);
    console.log('killed', rounds, 'times:', found, 'slowest start', Math.max(...startsMs), 'ms');
    expect(found).toMatchObject(clean);
    expect(found.ackedRequests).toBeGreaterThan(rounds);
  });
});

const points: readonly CrashPoint[] = [
  'after-write',
  'after-sync',
  'before-ack',
  'after-seal',
  'during-load',
  'after-load',
  'after-ledger',
];

describe('death at a named place', () => {
  test.each(points)('%s', async (point) => {
    const client = createLedgerClient(`${seed}.${point}`);
    for (const passes of [1, 2, 4]) {
      const victim = await startVictim(dataDir, {
        settings: { ...settings, 'spool.sync': 'always' },
        env: { CLEW_CRASH_AT: `${point}:${passes}` },
      });
      await round(client, victim, 8_000);
      expect(victim.isAlive()).toBe(false);
    }
    const found = await audit(client);
    expect(found).toMatchObject(clean);
  });
});
