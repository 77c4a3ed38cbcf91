/** The spool, the loader and recovery together, on a real folder, with an engine that can be told to fail. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { post, type Rig, type Settings, startRig } from '../test/rig.ts';
import { request } from '../test/traffic.ts';

let rig: Rig;
const start = async (settings?: Settings) => {
  rig = await startRig(settings);
  return rig;
};
afterEach(() => rig.stop());

const segments = async (dir: string) =>
  (await readdir(dir)).filter((name) => name.endsWith('.segment'));

/** Sends requests while the engine is away, so that they are found on disk by the next start. */
async function leaveBehind(count: number, settings: Settings = {}): Promise<string> {
  const { engine, collector, http, spoolDir } = await start({
    'spool.seal_after': 10,
    ...settings,
  });
  engine.isDown = true;
  for (let n = 0; n < count; n += 1) await post(http, request({ spans: n + 1, service: `s${n}` }));
  await collector.stop();
  return spoolDir;
}

async function startAgain(settings: Settings = {}): Promise<Rig> {
  rig.engine.isDown = false;
  rig = await rig.restart(settings);
  return rig;
}

describe.each(['always', 'interval', 'never'])('under spool.sync %s', (sync) => {
  test('every acknowledged span is loaded once, in few segments', async () => {
    const { http, collector, engine } = await start({ 'spool.sync': sync });
    await Promise.all(Array.from({ length: 50 }, () => post(http, request({ spans: 10 }))));
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(500);
    expect(engine.loads.length).toBeLessThan(10);
    expect(collector.stats()).toMatchObject({ acceptedSpans: 500, spoolBytes: 0 });
    expect(engine.ledger.reduce((sum, row) => sum + Number(row['spans']), 0)).toBe(500);
  });
});

describe('sealing', () => {
  test('happens by itself after the age of a trickle', async () => {
    const { http, engine } = await start({ 'spool.seal_after': 100 });
    await post(http, request());
    await sleep(400);
    expect(engine.spans()).toBe(3);
  });

  test('happens at the size, whatever the age', async () => {
    const { http, engine } = await start({
      'spool.seal_after': 3_600_000,
      'spool.segment_bytes': 64 * 1024,
    });
    for (let n = 0; n < 8; n += 1) await post(http, request({ spans: 50 }));
    await sleep(100);
    expect(engine.loads.length).toBeGreaterThanOrEqual(1);
  });

  test('for readers is shared by all who ask at once', async () => {
    const { http, collector, engine } = await start();
    await post(http, request());
    await Promise.all(Array.from({ length: 20 }, () => collector.sealAndLoad()));
    expect(engine.loads).toHaveLength(1);
    await collector.sealAndLoad();
    expect(engine.loads).toHaveLength(1);
  });
});

describe('while the engine is away', () => {
  test('requests are acknowledged up to the bound, then refused with a wait, then taken again', async () => {
    const { http, collector, engine } = await start({
      'spool.bytes_max': 200 * 1024,
      'spool.segment_bytes': 64 * 1024,
      'spool.seal_after': 10,
    });
    engine.isDown = true;
    let accepted = 0;
    let answer = await post(http, request({ spans: 100 }));
    for (; answer.status === 200; answer = await post(http, request({ spans: 100 }))) accepted += 1;
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(accepted).toBeGreaterThan(2);
    await expect(collector.sealAndLoad()).rejects.toThrow('down');
    engine.isDown = false;
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(accepted * 100);
    expect((await post(http, request())).status).toBe(200);
  });
});

describe('a poison frame', () => {
  test.each([0, 1, 5, 8])(
    'at place %i of nine is quarantined, its neighbours load',
    async (place) => {
      const { http, collector, engine, spoolDir, logged } = await start();
      engine.poison = 'poisonous';
      for (let n = 0; n < 9; n += 1) {
        await post(http, request({ spans: 10, service: n === place ? 'poisonous' : 'fine' }));
      }
      await collector.sealAndLoad();
      expect(engine.spans()).toBe(80);
      const files = await readdir(join(spoolDir, 'quarantine'));
      expect(files).toHaveLength(2);
      const story = files.find((name) => name.endsWith('.json')) as string;
      expect(JSON.parse(await readFile(join(spoolDir, 'quarantine', story), 'utf8'))).toMatchObject(
        { spans: 10, listener: 'otlp_http', reason: 'code 444: poison' },
      );
      expect(logged.map(({ message }) => message)).toContain('refused frame quarantined');
      expect(engine.ledger).toContainEqual(
        expect.objectContaining({ outcome: 'quarantined', requests: 1, spans: 10 }),
      );
      expect(engine.ledger).toContainEqual(
        expect.objectContaining({ outcome: 'accepted', requests: 8, spans: 80 }),
      );
      expect(await segments(spoolDir)).toEqual([]);
    },
  );

  test('among others: two of twenty, and the engine dying in between', async () => {
    const { http, collector, engine } = await start();
    engine.poison = 'poisonous';
    for (let n = 0; n < 20; n += 1) {
      await post(http, request({ spans: 1, service: n % 13 === 4 ? 'poisonous' : 'fine' }));
    }
    const load = engine.load;
    let calls = 0;
    engine.load = (segment) => {
      calls += 1;
      engine.isDown = calls % 5 === 0;
      return load(segment);
    };
    while (engine.spans() < 18) await collector.sealAndLoad().catch(() => undefined);
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(18);
  });
});

describe('at start', () => {
  test('segments that were not loaded are loaded, and repeats of them are known', async () => {
    const body = request({ spans: 7 });
    const { http, engine, collector } = await start();
    engine.isDown = true;
    await post(http, body);
    await collector.stop();
    const again = await startAgain();
    expect((await post(again.http, body)).status).toBe(200);
    await again.collector.sealAndLoad();
    expect(engine.spans()).toBe(7);
    expect(again.collector.stats().counters.requestsRepeated.get('otlp_http')).toBe(1);
  });

  test('repeats of a mended request and of a loaded one are known too', async () => {
    const mended = request({
      change: (span, n) => (n === 0 ? { ...span, spanId: new Uint8Array(8) } : span),
    });
    const plain = request({ spans: 7 });
    const { http, engine, collector } = await start();
    await post(http, mended);
    await post(http, plain);
    await collector.sealAndLoad();
    const again = await startAgain();
    await post(again.http, mended);
    await post(again.http, plain);
    await again.collector.sealAndLoad();
    expect(engine.spans()).toBe(9);
  });

  test('a frame with flipped bits is set aside, those after it load', async () => {
    const dir = await leaveBehind(5);
    const [name] = await segments(dir);
    const path = join(dir, name as string);
    const bytes = await readFile(path);
    const at = bytes.indexOf('GET /checkout', bytes.indexOf('s2'));
    bytes[at] = (bytes[at] as number) ^ 0x04;
    await writeFile(path, bytes);
    const { collector, engine, logged } = await startAgain();
    await collector.sealAndLoad();
    // Requests of 1, 2, 3, 4 and 5 spans; the third is damaged.
    expect(engine.spans()).toBe(12);
    expect(logged.map(({ message }) => message)).toContain('damaged frame quarantined');
    expect(collector.stats().counters.framesDamaged).toBe(1);
    expect(await readdir(join(dir, 'quarantine'))).toHaveLength(2);
  });

  test('a last frame with flipped bits is set aside too, and not taken for a torn tail', async () => {
    const dir = await leaveBehind(3);
    const [name] = await segments(dir);
    const path = join(dir, name as string);
    const bytes = await readFile(path);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] as number) ^ 0x10;
    await writeFile(path, bytes);
    const { collector, engine } = await startAgain();
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(3);
    expect(collector.stats().counters.framesDamaged).toBe(1);
  });

  test('a flipped length loses one frame and not those behind it', async () => {
    const dir = await leaveBehind(4);
    const [name] = await segments(dir);
    const path = join(dir, name as string);
    const bytes = await readFile(path);
    bytes[0] = (bytes[0] as number) ^ 0x40;
    await writeFile(path, bytes);
    const { collector, engine } = await startAgain();
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(9);
  });

  test('empty and zero-filled segments are no trouble', async () => {
    const dir = await leaveBehind(0);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, '00000000000000000001.segment'), '');
    await writeFile(join(dir, '00000000000000000002.segment'), Buffer.alloc(4096));
    await writeFile(join(dir, '00000000000000000003.segment.part'), 'left over');
    const { collector, engine } = await startAgain();
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(0);
    expect((await readdir(dir)).filter((file) => file.startsWith('0000'))).toEqual([]);
  });
});

describe('loaded segments', () => {
  test('are kept up to the bound of bytes', async () => {
    const { http, collector, spoolDir } = await start({ 'spool.loaded_bytes_max': 30_000 });
    for (let n = 0; n < 5; n += 1) {
      await post(http, request({ spans: 30 }));
      await collector.sealAndLoad();
    }
    expect(await readdir(join(spoolDir, 'loaded'))).toHaveLength(2);
    expect(collector.stats().loadedBytesKept).toBeLessThanOrEqual(30_000);
  });
});

describe('a graceful stop', () => {
  test('under load acknowledges only what is stored, and ends soon', async () => {
    const { http, collector, engine } = await start();
    let acked = 0;
    let isRunning = true;
    const senders = Array.from({ length: 8 }, async () => {
      while (isRunning) {
        const answer = await post(http, request({ spans: 20 })).catch(() => undefined);
        if (answer?.status === 200) acked += 20;
        else if (answer !== undefined) expect(answer.status).toBe(503);
        else return;
      }
    });
    await sleep(200);
    const started = performance.now();
    await collector.stop();
    isRunning = false;
    await Promise.all(senders);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(acked).toBeGreaterThan(0);
    expect(engine.spans()).toBeGreaterThanOrEqual(acked);
  });
});
