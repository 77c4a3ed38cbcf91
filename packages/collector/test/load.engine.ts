import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine } from '@clew/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post, type Rig, startRig } from './rig.ts';
import { request } from './traffic.ts';

let dataDir: string;
let engine: Engine;
let rig: Rig<Engine>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clew-collector-engine-'));
  engine = await openEngine({ place: { kind: 'embedded', dataDir }, log: () => undefined });
  rig = await startRig({}, engine, dataDir);
});
afterAll(async () => {
  await rig?.collector.stop();
  await engine?.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function count(where = '1'): Promise<number> {
  const { rows } = await engine.rows<{ n: string }>(
    { text: `select count() as n from spans where ${where}`, params: {} },
    { secondsMax: 30, rowsMax: 1 },
  );
  return Number(rows[0]?.n);
}

describe('from socket to engine', () => {
  test('spans are there when sealAndLoad resolves', async () => {
    const started = performance.now();
    await post(rig.http, request({ spans: 500, service: 'first' }));
    await rig.collector.sealAndLoad();
    expect(await count("service = 'first'")).toBe(500);
    console.log('ms', performance.now() - started);
  });
  test('spans are there within two seconds by themselves', async () => {
    await post(rig.http, request({ spans: 5, service: 'second' }));
    const started = performance.now();
    while ((await count("service = 'second'")) < 5) await new Promise((r) => setTimeout(r, 50));
    console.log('ms', performance.now() - started);
    expect(performance.now() - started).toBeLessThan(2000);
  });
  test('ledger', async () => {
    await rig.restart;
    const { rows } = await engine.rows(
      { text: 'select * from ingest_ledger', params: {} },
      { secondsMax: 30, rowsMax: 100 },
    );
    console.log(
      rows,
      rig.logged.filter((l) => l.level !== 'debug'),
    );
  });
});
