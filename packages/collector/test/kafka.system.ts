/** Spans from Kafka, read from a real broker that is started here. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { otlpJson } from '@clew/translate';
import { createWriter } from '@clew/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { spanIdsOf, startBackEnd } from './back-end.ts';
import { kafkaMissing } from './kafka-broker.ts';
import { accepted, bodies, type KafkaRig, startKafkaRig, until } from './kafka-rig.ts';
import { createMemoryEngine } from './memory-engine.ts';
import { post, startRig } from './rig.ts';
import { request } from './traffic.ts';
import { startVictim } from './victim.ts';

const missing = await kafkaMissing();
if (missing !== undefined) console.warn(`Kafka tests are skipped: ${missing}`);

describe.skipIf(missing !== undefined)('Kafka', () => {
  let kafka: KafkaRig;
  beforeAll(async () => {
    kafka = await startKafkaRig();
  });
  afterAll(() => kafka?.stop());
  beforeEach(() => kafka.begin());
  afterEach(() => kafka.end());

  test('messages become spans, and their offsets are committed behind them', async () => {
    await kafka.produce(bodies(30));
    const rig = await kafka.start();
    await until(() => accepted(rig) === 150);
    await rig.collector.sealAndLoad();
    expect(rig.engine.spans()).toBe(150);
    await until(async () => `${await kafka.committed()}` === '10,10,10');
    expect(rig.collector.stats().kafka).toMatchObject({ isUp: true, messages: 30, poison: 0 });
    expect(rig.engine.ledger[0]).toMatchObject({ listener: 'kafka', outcome: 'accepted' });
  });

  test('a restart goes on where the last run ended', async () => {
    await kafka.produce(bodies(30));
    const rig = await kafka.start();
    await until(() => accepted(rig) === 150);
    await rig.collector.stop();
    expect(`${await kafka.committed()}`).toBe('10,10,10');
    await kafka.produce(bodies(30));
    const again = await rig.restart();
    kafka.keep(again);
    await until(() => accepted(again) === 150);
    await sleep(300);
    expect(accepted(again)).toBe(150);
    expect(again.engine.spans()).toBe(300);
  });

  test('offsets set back by Kafka’s own rules are read from, to the message', async () => {
    await kafka.produce(bodies(6));
    const rig = await kafka.start();
    await until(() => accepted(rig) === 30);
    await rig.collector.stop();
    await kafka.asMember(async (consumer) => {
      const { topic } = kafka;
      await consumer.joinGroup({});
      await consumer.commit({ offsets: [{ topic, partition: 0, offset: 1n, leaderEpoch: -1 }] });
    });
    // The window of repeats would rightly recognise it.
    const again = await rig.restart({ 'receive.repeat_window': 0 });
    kafka.keep(again);
    await until(() => (again.collector.stats().kafka?.messages ?? 0) > 0);
    await sleep(300);
    expect(again.collector.stats().kafka?.messages).toBe(1);
  });

  test('what cannot be read is counted and passed over', async () => {
    const good = bodies(6);
    await kafka.produce([...good.slice(0, 3), Buffer.from('no protobuf'), ...good.slice(3)]);
    const rig = await kafka.start();
    await until(() => accepted(rig) === 30);
    await until(() => rig.collector.stats().kafka?.poison === 1);
    await until(async () => (await kafka.committed()).reduce((sum, n) => sum + n, 0n) === 7n);
    await rig.collector.stop();
    expect(rig.engine.ledger).toContainEqual(
      expect.objectContaining({
        outcome: 'refused',
        reason: 'malformed-protobuf',
        listener: 'kafka',
      }),
    );
  });

  test('a full spool makes Kafka wait, and loses nothing', async () => {
    const settings = { 'spool.bytes_max': 128 * 1024, 'spool.segment_bytes': 64 * 1024 };
    const rig = await kafka.start(settings);
    rig.engine.isDown = true;
    await kafka.produce(bodies(60, 20));
    await until(() => accepted(rig) > 0);
    await sleep(500);
    expect(accepted(rig)).toBeLessThan(1200);
    expect((await kafka.committed()).reduce((sum, n) => sum + n, 0n)).toBeLessThan(60n);
    rig.engine.isDown = false;
    await until(() => accepted(rig) === 1200);
    await until(async () => (await kafka.committed()).reduce((sum, n) => sum + n, 0n) === 60n);
  });

  test.each([
    ['otlp_json', (body: Uint8Array) => Buffer.from(otlpJson(body))],
    ['zipkin_json', zipkinList],
    ['jaeger_proto', jaegerSpan],
  ] as const)('takes %s', async (encoding, encode) => {
    await kafka.produce(bodies(6, 1).map(encode));
    const rig = await kafka.start({ 'kafka.encoding': encoding });
    await until(() => accepted(rig) === 6);
    expect(rig.collector.stats().kafka?.poison).toBe(0);
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what is stored as %s', async (form) => {
    await kafka.begin(form);
    await kafka.produce(bodies(6, 50));
    const rig = await kafka.start();
    await until(() => accepted(rig) === 300);
    expect(rig.collector.stats().kafka).toMatchObject({ isUp: true, failure: '', poison: 0 });
  });

  test('two servers of one group share the work; one that leaves is replaced', async () => {
    const sent = bodies(60);
    const one = await kafka.start();
    await until(() => one.collector.stats().kafka?.isUp === true);
    await kafka.produce(sent.slice(0, 30));
    const two = await kafka.start();
    await until(() => two.collector.stats().kafka?.isUp === true);
    await kafka.produce(sent.slice(30));
    await until(() => accepted(one) + accepted(two) >= 300);
    await one.collector.stop();
    await kafka.produce(bodies(30));
    await until(() => accepted(one) + accepted(two) >= 450);
    await until(async () => `${await kafka.committed()}` === '30,30,30');
  });

  test('killed again and again while it reads: every message arrives', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'clew-kafka-kill-'));
    const recorder = await startBackEnd();
    const settings = { ...kafka.settings(), 'forward.endpoint': recorder.url };
    const sent: string[] = [];
    try {
      for (let n = 0; n < 3; n += 1) {
        const some = bodies(40, 10);
        sent.push(...some.flatMap(spanIdsOf));
        await kafka.produce(some);
        const victim = await startVictim(dataDir, { settings });
        // Some die before they read, some in the middle, some behind their commit.
        await sleep(200 + 500 * n);
        await victim.kill();
      }
      const last = await startRig(settings, createMemoryEngine(), dataDir);
      try {
        await until(() => new Set(recorder.spanIds).size >= sent.length);
        const arrived = new Set(recorder.spanIds);
        expect(sent.filter((id) => !arrived.has(id))).toEqual([]);
        await until(async () => (await kafka.committed()).reduce((sum, n) => sum + n, 0n) === 120n);
      } finally {
        await last.collector.stop();
      }
    } finally {
      await recorder.goAway();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

test.skipIf(missing !== undefined)('brokers that are away are waited for', async () => {
  const rig = await startRig({ 'kafka.brokers': '127.0.0.1:1', 'kafka.commit_interval': 50 });
  try {
    for (let left = 200; rig.collector.stats().kafka?.failure === ''; left -= 1) {
      if (left === 0) throw new Error('no failure was told');
      await sleep(50);
    }
    expect((await post(rig.http, request())).status).toBe(200);
    expect(rig.logged).toContainEqual(
      expect.objectContaining({ message: 'Kafka cannot be read, will try again' }),
    );
  } finally {
    await rig.stop();
  }
});

function zipkinList(): Buffer {
  const span = {
    traceId: randomBytes(16).toString('hex'),
    id: randomBytes(8).toString('hex'),
    name: 'get /',
    timestamp: Date.now() * 1000,
    duration: 1000,
    localEndpoint: { serviceName: 'zipkin' },
  };
  return Buffer.from(JSON.stringify([span]));
}

/** One `jaeger.api_v2.Span` with its process, as Jaeger's collector writes it. */
function jaegerSpan(): Uint8Array {
  const writer = createWriter();
  writer.bytes(1, randomBytes(16));
  writer.bytes(2, randomBytes(8));
  writer.string(3, 'GET /');
  const start = writer.begin(6);
  writer.varint(1, Math.floor(Date.now() / 1000));
  writer.end(start);
  const duration = writer.begin(7);
  writer.varint(2, 1_000_000);
  writer.end(duration);
  const process = writer.begin(10);
  writer.string(1, 'jaeger');
  writer.end(process);
  return writer.finish();
}
