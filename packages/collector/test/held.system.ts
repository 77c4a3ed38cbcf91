/** What waits for its counterpart survives a kill, and is stored by an orderly stop. */
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryEngine } from './memory-engine.ts';
import { startRig } from './rig.ts';
import { startVictim } from './victim.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clew-held-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const startS = Math.floor(Date.now() / 1000);

function datagram(document: object): string {
  const trace_id = `1-${startS.toString(16)}-e7d1852db8c4fd35d88bf49a`;
  const body = JSON.stringify({ trace_id, start_time: startS, ...document });
  return `{"format":"json","version":1}\n${body}`;
}

async function send(url: string, ...documents: object[]): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = createSocket('udp4');
  for (const document of documents) {
    await new Promise((resolve) => {
      socket.send(datagram(document), Number(port), hostname, resolve);
    });
  }
  socket.close();
}

async function until(isSo: () => boolean): Promise<void> {
  for (let left = 600; !isSo(); left -= 1) {
    if (left === 0) throw new Error(`not within 30 s: ${isSo}`);
    await sleep(50);
  }
}

const request = { id: '70de5b6f19ff9a0a', name: 'shop' };
const query = { id: '70de5b6f19ff9a0b', name: 'db', type: 'subsegment', parent_id: request.id };
const ended = { end_time: startS + 1 };

test('a request in progress and a part of another are there again behind a kill', async () => {
  const settings = { 'listen.xray_udp': '127.0.0.1:0' };
  const victim = await startVictim(dataDir, { settings });
  const other = { ...query, ...ended, trace_id: `1-${startS.toString(16)}-${'a'.repeat(24)}` };
  await send(victim.urls['xray_udp'] ?? '', { ...request, in_progress: true }, other);
  await until(() => existsSync(join(dataDir, 'spool', 'held', 'xray_udp')));
  await victim.kill();
  const rig = await startRig(settings, createMemoryEngine(), dataDir);
  expect(rig.collector.stats().acceptedSpans).toBe(0);
  await send(rig.url('xray_udp'), { ...request, ...ended });
  await until(() => rig.collector.stats().acceptedSpans === 1);
  await rig.collector.stop();
  // The completion took the place of what was in progress; the other is stored as it is.
  expect(rig.collector.stats().acceptedSpans).toBe(2);
  expect(existsSync(join(dataDir, 'spool', 'held', 'xray_udp'))).toBe(false);
});
