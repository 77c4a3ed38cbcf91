/**
 * Kills the process group under load while it forwards, with destinations that fail and return, and
 * demands that every acknowledged span reached every destination.
 *
 * FORWARD_ROUNDS (8) chooses how often. Runs the built packages.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BackEnd, spanIdsOf, startBackEnd } from './back-end.ts';
import { createMemoryEngine } from './memory-engine.ts';
import { post, type Rig, type Settings, startRig } from './rig.ts';
import { request } from './traffic.ts';
import { startVictim, type Victim } from './victim.ts';

const rounds = Number(process.env['FORWARD_ROUNDS'] ?? 8);

let dataDir: string;
let recorder: BackEnd;
let peer: Rig;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clew-forward-'));
  recorder = await startBackEnd();
  peer = await startRig({ 'spool.seal_after': 10 });
});
afterEach(async () => {
  await peer.stop();
  await recorder.goAway().catch(() => undefined);
  await rm(dataDir, { recursive: true, force: true });
});

function settings(): Settings {
  return {
    'spool.segment_bytes': 256 * 1024,
    'spool.seal_after': 50,
    'forward.destinations': JSON.stringify([
      { name: 'recorder', endpoint: recorder.url },
      { name: 'peer', endpoint: `http://${peer.grpc}`, protocol: 'otlp_grpc' },
    ]),
  };
}

/** Sends until the server is gone; answers the ids of every span that was acknowledged. */
async function sendUntilGone(url: string): Promise<string[]> {
  const acknowledged: string[] = [];
  const work = async () => {
    for (;;) {
      const body = request({ spans: 20 });
      const answer = await post(url, body).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status === 200) acknowledged.push(...spanIdsOf(body));
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return acknowledged;
}

/** One life: under load for a while, then killed. */
async function life(victim: Victim, ms: number): Promise<string[]> {
  const sending = sendUntilGone(victim.http);
  await sleep(ms);
  await victim.kill();
  return sending;
}

test(`killed ${rounds} times with destinations that come and go: nothing is missed`, async () => {
  const acknowledged: string[] = [];
  for (let n = 0; n < rounds; n += 1) {
    // Every other life the recorder is away, and in one it only refuses for now.
    if (n % 2 === 1) await recorder.goAway();
    recorder.answer = () => (n % 4 === 2 ? { status: 503 } : undefined);
    const victim = await startVictim(dataDir, { settings: settings() });
    acknowledged.push(...(await life(victim, 300 + 150 * n)));
    if (n % 2 === 1) await recorder.listenAgain();
  }
  recorder.answer = () => undefined;
  const last = await startRig(settings(), createMemoryEngine(), dataDir);
  try {
    const isDone = () => last.collector.stats().forward.every((one) => one.waitingBytes === 0);
    for (let left = 600; !isDone(); left -= 1) {
      if (left === 0) throw new Error('not everything was delivered within a minute');
      await sleep(100);
    }
    await peer.collector.sealAndLoad();
    const arrived = new Set(recorder.spanIds);
    expect(acknowledged.length).toBeGreaterThan(rounds * 20);
    expect(acknowledged.filter((id) => !arrived.has(id))).toEqual([]);
    // Another Clew knows what is sent again after a crash by its bytes, and stores it once.
    expect(peer.engine.spans()).toBe(arrived.size);
    const twice = recorder.spanIds.length - arrived.size;
    console.log(`${acknowledged.length} acknowledged, ${arrived.size} arrived, ${twice} twice`);
  } finally {
    await last.collector.stop();
  }
});
