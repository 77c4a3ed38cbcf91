/** Kafka, in and out, against a real broker that is started here. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { otlpJson } from '@clew/translate';
import { createWriter } from '@clew/wire';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kafkaMessages } from '../src/kafka/messages.ts';
import { spanIdsOf, startBackEnd } from './back-end.ts';
import { type KafkaBroker, kafkaMissing, LOGIN, startKafka } from './kafka-broker.ts';
import { createMemoryEngine } from './memory-engine.ts';
import { post, type Rig, type Settings, startRig } from './rig.ts';
import { request } from './traffic.ts';
import { startVictim } from './victim.ts';

const missing = await kafkaMissing();
if (missing !== undefined) console.warn(`Kafka tests are skipped: ${missing}`);

describe.skipIf(missing !== undefined)('Kafka', () => {
  let broker: KafkaBroker;
  let producer: Producer;
  let topic: string;
  let rigs: Rig[];

  beforeAll(async () => {
    broker = await startKafka();
    producer = new Producer({ clientId: 'test', bootstrapBrokers: [broker.plain] });
  });
  afterAll(async () => {
    await producer?.close();
    await broker?.stop();
  });
  beforeEach(async () => {
    rigs = [];
    topic = `spans-${randomBytes(4).toString('hex')}`;
    await createTopic();
  });
  afterEach(async () => {
    for (const rig of rigs) await rig.stop();
  });

  async function start(settings: Settings = {}): Promise<Rig> {
    const rig = await startRig({
      'kafka.brokers': broker.plain,
      'kafka.topics': topic,
      'kafka.group': `group-${topic}`,
      'kafka.commit_interval': 50,
      'spool.seal_after': 10,
      ...settings,
    });
    rigs.push(rig);
    return rig;
  }

  async function produce(values: readonly Uint8Array[]): Promise<void> {
    const messages = values.map((value, at) => ({
      topic,
      value: Buffer.from(value),
      partition: at % 3,
    }));
    await producer.send({ messages, acks: -1 });
  }

  /** A topic that was just made has leaders that do not know it yet; asked for offsets, they tell. */
  async function createTopic(compression = 'producer'): Promise<void> {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.plain] });
    const configs = [{ name: 'compression.type', value: compression }];
    await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1, configs });
    await admin.close();
    await until(async () => {
      const asking = new Consumer({
        clientId: 'test',
        groupId: 'asking',
        bootstrapBrokers: [broker.plain],
        retries: 0,
      });
      try {
        const offsets = await asking.listOffsets({ topics: [topic] });
        return offsets.get(topic)?.length === 3;
      } catch {
        return false;
      } finally {
        await asking.close(true);
      }
    });
  }

  const bodies = (count: number, spans = 5) =>
    Array.from({ length: count }, () => request({ spans }));

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let left = 600; !(await isSo()); left -= 1) {
      if (left === 0) throw new Error(`not within 30 s: ${isSo}`);
      await sleep(50);
    }
  }

  const accepted = (rig: Rig) => rig.collector.stats().acceptedSpans;

  /** The next offset of each partition, as every other client of the group sees it. */
  async function committed(): Promise<bigint[]> {
    const consumer = new Consumer({
      clientId: 'test',
      groupId: `group-${topic}`,
      bootstrapBrokers: [broker.plain],
    });
    try {
      const topics = [{ topic, partitions: [0, 1, 2] }];
      return (await consumer.listCommittedOffsets({ topics })).get(topic) ?? [];
    } finally {
      await consumer.close(true);
    }
  }

  test('messages become spans, and their offsets are committed behind them', async () => {
    await produce(bodies(30));
    const rig = await start();
    await until(() => accepted(rig) === 150);
    await rig.collector.sealAndLoad();
    expect(rig.engine.spans()).toBe(150);
    await until(async () => `${await committed()}` === '10,10,10');
    expect(rig.collector.stats().kafka).toMatchObject({ isUp: true, messages: 30, poison: 0 });
    expect(rig.engine.ledger[0]).toMatchObject({ listener: 'kafka', outcome: 'accepted' });
  });

  test('a restart goes on where the last run ended', async () => {
    await produce(bodies(30));
    const rig = await start();
    await until(() => accepted(rig) === 150);
    await rig.collector.stop();
    expect(`${await committed()}`).toBe('10,10,10');
    await produce(bodies(30));
    const again = await rig.restart();
    rigs = [again];
    await until(() => accepted(again) === 150);
    await sleep(300);
    expect(accepted(again)).toBe(150);
    expect(again.engine.spans()).toBe(300);
  });

  test('offsets set back by Kafka’s own rules are read from, to the message', async () => {
    await produce(bodies(6));
    const rig = await start();
    await until(() => accepted(rig) === 30);
    await rig.collector.stop();
    const consumer = new Consumer({
      clientId: 'test',
      groupId: `group-${topic}`,
      bootstrapBrokers: [broker.plain],
    });
    await consumer.joinGroup({});
    await consumer.commit({ offsets: [{ topic, partition: 0, offset: 1n, leaderEpoch: -1 }] });
    await consumer.close(true);
    // The window of repeats would rightly recognise it.
    const again = await rig.restart({ 'receive.repeat_window': 0 });
    rigs = [again];
    await until(() => (again.collector.stats().kafka?.messages ?? 0) > 0);
    await sleep(300);
    expect(again.collector.stats().kafka?.messages).toBe(1);
  });

  test('what cannot be read is counted and passed over', async () => {
    const good = bodies(6);
    await produce([...good.slice(0, 3), Buffer.from('no protobuf'), ...good.slice(3)]);
    const rig = await start();
    await until(() => accepted(rig) === 30);
    await until(() => rig.collector.stats().kafka?.poison === 1);
    await until(async () => (await committed()).reduce((sum, n) => sum + n, 0n) === 7n);
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
    const rig = await start(settings);
    rig.engine.isDown = true;
    await produce(bodies(60, 20));
    await until(() => accepted(rig) > 0);
    await sleep(500);
    expect(accepted(rig)).toBeLessThan(1200);
    expect((await committed()).reduce((sum, n) => sum + n, 0n)).toBeLessThan(60n);
    rig.engine.isDown = false;
    await until(() => accepted(rig) === 1200);
    await until(async () => (await committed()).reduce((sum, n) => sum + n, 0n) === 60n);
  });

  test.each([
    ['otlp_json', (body: Uint8Array) => Buffer.from(otlpJson(body))],
    ['zipkin_json', zipkinList],
    ['jaeger_proto', jaegerSpan],
  ] as const)('takes %s', async (encoding, encode) => {
    await produce(bodies(6, 1).map(encode));
    const rig = await start({ 'kafka.encoding': encoding });
    await until(() => accepted(rig) === 6);
    expect(rig.collector.stats().kafka?.poison).toBe(0);
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what is stored as %s', async (form) => {
    topic = `${form}-${topic}`;
    await createTopic(form);
    await produce(bodies(6, 50));
    const rig = await start();
    await until(() => accepted(rig) === 300);
    expect(rig.collector.stats().kafka).toMatchObject({ isUp: true, failure: '', poison: 0 });
  });

  test('two servers of one group share the work; one that leaves is replaced', async () => {
    const sent = bodies(60);
    const one = await start();
    await until(() => one.collector.stats().kafka?.isUp === true);
    await produce(sent.slice(0, 30));
    const two = await start();
    await until(() => two.collector.stats().kafka?.isUp === true);
    await produce(sent.slice(30));
    await until(() => accepted(one) + accepted(two) >= 300);
    await one.collector.stop();
    await produce(bodies(30));
    await until(() => accepted(one) + accepted(two) >= 450);
    await until(async () => `${await committed()}` === '30,30,30');
  });

  test('killed again and again while it reads: every message arrives', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'clew-kafka-kill-'));
    const recorder = await startBackEnd();
    const settings = {
      'kafka.brokers': broker.plain,
      'kafka.topics': topic,
      'kafka.group': `group-${topic}`,
      'kafka.commit_interval': 50,
      'spool.seal_after': 50,
      'forward.endpoint': recorder.url,
    };
    const sent: string[] = [];
    try {
      for (let n = 0; n < 3; n += 1) {
        const some = bodies(40, 10);
        sent.push(...some.flatMap(spanIdsOf));
        await produce(some);
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
        await until(async () => (await committed()).reduce((sum, n) => sum + n, 0n) === 120n);
      } finally {
        await last.collector.stop();
      }
    } finally {
      await recorder.goAway();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  test('logs in where the brokers want it', async () => {
    await produce(bodies(3));
    const login = { 'kafka.brokers': broker.sasl, 'kafka.sasl_mechanism': 'PLAIN' };
    const wrong = await start({
      ...login,
      'kafka.sasl_username': LOGIN.username,
      'kafka.sasl_password': 'guess',
    });
    await until(() => wrong.collector.stats().kafka?.failure !== '');
    expect(accepted(wrong)).toBe(0);
    const right = await start({
      ...login,
      'kafka.sasl_username': LOGIN.username,
      'kafka.sasl_password': LOGIN.password,
    });
    await until(() => accepted(right) === 15);
  });

  test('forwards to a topic, from where another server takes everything', async () => {
    const from = await startRig({
      'spool.seal_after': 10,
      'forward.endpoint': broker.plain,
      'forward.destinations': JSON.stringify([
        { name: 'kafka', protocol: 'kafka', endpoint: broker.plain, topic, compression: 'gzip' },
      ]),
      'forward.protocol': 'kafka',
    }).catch((error: Error) => error);
    // One simple destination and a list may stand together; the simple one writes to its own topic.
    if (from instanceof Error) throw from;
    rigs.push(from);
    const to = await start();
    const sent = bodies(20);
    // Larger than a message may be: it is split between its resources, or refused when it is one.
    for (const body of sent) expect((await post(from.http, body)).status).toBe(200);
    await until(() => accepted(to) === 100);
    await to.collector.sealAndLoad();
    expect(to.engine.spans()).toBe(sent.flatMap(spanIdsOf).length);
    const status = () => from.collector.stats().forward.find(({ name }) => name === 'kafka');
    await until(() => status()?.waitingBytes === 0);
    expect(status()).toMatchObject({ sentSpans: 100, isUp: true });
  });

  const sent = Object.keys(kafkaMessages).filter((encoding) => encoding !== 'otlp_proto');

  test.each(sent)('forwards as %s, and takes it again', async (encoding) => {
    const from = await startRig({
      'spool.seal_after': 10,
      ...list({ name: 'kafka', protocol: 'kafka', endpoint: broker.plain, topic, encoding }),
    });
    rigs.push(from);
    for (const body of bodies(5)) expect((await post(from.http, body)).status).toBe(200);
    const to = await start({ 'kafka.encoding': encoding });
    await until(() => accepted(to) === 25);
    expect(to.collector.stats().kafka?.poison).toBe(0);
  });

  test('a request larger than a message may be is sent in several', async () => {
    const from = await startRig({
      'spool.seal_after': 10,
      ...list({ name: 'kafka', protocol: 'kafka', endpoint: broker.plain, topic }),
    });
    rigs.push(from);
    const large = request({ spans: 5000 });
    expect(large.length).toBeGreaterThan(1024 * 1024);
    expect((await post(from.http, large)).status).toBe(200);
    const to = await start();
    await until(() => accepted(to) === 5000);
    expect(from.collector.stats().forward[0]?.droppedSpans).toEqual(new Map());
  });

  test('a span larger than brokers take is refused and counted, the next goes on', async () => {
    const from = await startRig({
      'spool.seal_after': 10,
      ...list({ name: 'kafka', protocol: 'kafka', endpoint: broker.plain, topic }),
    });
    rigs.push(from);
    const huge = request({
      spans: 1,
      change: (span) => ({
        ...span,
        attributes: Array.from({ length: 40 }, (_, n) => ({
          key: `x${n}`,
          value: { type: 'string', value: 'x'.repeat(30_000) },
        })),
      }),
    });
    expect((await post(from.http, huge)).status).toBe(200);
    expect((await post(from.http, request({ spans: 2 }))).status).toBe(200);
    const status = () => from.collector.stats().forward[0];
    await until(() => status()?.sentSpans === 2);
    expect(status()?.droppedSpans).toEqual(new Map([['forward-refused', 1]]));
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

function list(...entries: object[]): Settings {
  return { 'forward.destinations': JSON.stringify(entries) };
}

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
