/** The collector on the real embedded engine: what is acknowledged can be queried, whatever happens. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { type Engine, openEngine } from '@clew/store';
import { createWriter, frame } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSegment } from '../src/segment.ts';
import { createLedgerClient } from './ledger-client.ts';
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

async function ask(what: string, from: string): Promise<Record<string, string>[]> {
  const { rows } = await engine.rows<Record<string, string>>(
    { text: `select ${what} from ${from}`, params: {} },
    { secondsMax: 30, rowsMax: 1000 },
  );
  return rows;
}

async function countOf(service: string): Promise<number> {
  return Number((await ask('count() as n', `spans where service = '${service}'`))[0]?.['n']);
}

/** Tries until the engine answers again. */
async function patiently<T>(step: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left -= 1) {
    try {
      return await step();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(100);
    }
  }
}

describe('from socket to engine', () => {
  test('spans are there when sealAndLoad resolves', async () => {
    await post(rig.http, request({ spans: 500, service: 'asked' }));
    await rig.collector.sealAndLoad();
    expect(await countOf('asked')).toBe(500);
  });

  test('spans are there by themselves soon after', async () => {
    await post(rig.http, request({ spans: 5, service: 'trickle' }));
    const started = performance.now();
    while ((await countOf('trickle')) < 5) await sleep(20);
    // Two seconds are promised; a machine that runs eight test suites at once gets one more.
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test('the ledger counts what was accepted', async () => {
    await rig.collector.sealAndLoad();
    const rows = await ask(
      'listener, sum(requests) as requests, sum(spans) as spans',
      "ingest_ledger where outcome = 'accepted' group by listener",
    );
    expect(rows).toEqual([{ listener: 'otlp_http', requests: '2', spans: '505' }]);
  });
});

describe('a frame that the engine refuses', () => {
  test('is quarantined and counted, its neighbours load', async () => {
    // No request gets past the walk with two members in one value; so the frame is made by hand.
    await rig.collector.stop();
    const segment = await createSegment(join(dataDir, 'spool'), 1_000_000n);
    for (const service of ['neighbour', '', 'neighbour']) await segment.append([frameOf(service)]);
    await segment.seal(3);
    rig = await startRig({}, engine, dataDir);
    await rig.collector.sealAndLoad();
    expect(await countOf('neighbour')).toBe(6);
    expect(await readdir(join(dataDir, 'spool', 'quarantine'))).toHaveLength(2);
    expect(rig.logged).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'refused frame quarantined' }),
    );
    const rows = await ask('sum(requests) as n', "ingest_ledger where outcome = 'quarantined'");
    expect(rows).toEqual([{ n: '1' }]);
    expect((await post(rig.http, request({ spans: 1, service: 'later' }))).status).toBe(200);
    await rig.collector.sealAndLoad();
    expect(await countOf('later')).toBe(1);
  });
});

describe('the engine host killed with -9', () => {
  test('again and again during loads and queries: ingest goes on, nothing is lost or doubled', async () => {
    await rig.collector.stop();
    rig = await startRig(
      { 'spool.seal_after': 50, 'spool.segment_bytes': 4 * 2 ** 20 },
      engine,
      dataDir,
    );
    const before = Number((await ask('count() as n', 'spans'))[0]?.['n']);
    const client = createLedgerClient('engine-kill');
    const load = client.run(rig.http, 4);
    for (let n = 0; n < 4; n += 1) {
      await sleep(300);
      const acked = client.acked();
      const query = ask('sum(sleepEachRow(0.01))', 'numbers(200)').catch((error) => error);
      process.kill(engine.pid() as number, 'SIGKILL');
      expect(await query).toBeInstanceOf(Error);
      const downAt = performance.now();
      await patiently(() => ask('1', 'numbers(1)'));
      expect(performance.now() - downAt).toBeLessThan(6000);
      expect(client.acked()).toBeGreaterThan(acked);
    }
    await load.stop();
    await patiently(() => rig.collector.sealAndLoad());
    const { ackedSpans, lost, doubled, halves, storedSpans } = await client.audit(engine);
    expect({ lost, doubled, halves }).toEqual({ lost: 0, doubled: 0, halves: 0 });
    expect(storedSpans - before).toBe(ackedSpans);
  });
});

/** A sealed frame around a request; without a service, one with two members in one AnyValue. */
function frameOf(service: string) {
  const body = service === '' ? twoMembers() : request({ spans: 3, service });
  const facts = { tenant: 'default', listener: 'otlp_http', arrivedMs: Date.now() };
  const { head, trailer } = frame(body, facts, crc32);
  const parts = [head, body, trailer];
  return { ...facts, parts, bytes: parts.reduce((sum, { length }) => sum + length, 0), spans: 3 };
}

/** TracesData { resource { attribute { key, value { string_value, int_value } } } }. */
function twoMembers(): Uint8Array {
  const writer = createWriter();
  const open = [writer.begin(1), writer.begin(1), writer.begin(1)];
  writer.string(1, 'key');
  const value = writer.begin(2);
  writer.string(1, 'text');
  writer.varint(3, 7);
  writer.end(value);
  for (const mark of open.reverse()) writer.end(mark);
  return writer.finish();
}
