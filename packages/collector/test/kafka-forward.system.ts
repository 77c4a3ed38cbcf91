/** Spans to Kafka: what one server writes to a real broker, another takes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kafkaMessages } from '../src/kafka/messages.ts';
import { kafkaMissing } from './kafka-broker.ts';
import { accepted, bodies, type KafkaRig, startKafkaRig, until } from './kafka-rig.ts';
import { post, type Rig, startRig } from './rig.ts';
import { request } from './traffic.ts';

const missing = await kafkaMissing();
if (missing !== undefined) console.warn(`Kafka tests are skipped: ${missing}`);

describe.skipIf(missing !== undefined)('a topic that is forwarded to', () => {
  let kafka: KafkaRig;
  beforeAll(async () => {
    kafka = await startKafkaRig();
  });
  afterAll(() => kafka?.stop());
  beforeEach(() => kafka.begin());
  afterEach(() => kafka.end());

  async function forward(entry: object = {}): Promise<Rig> {
    const { broker, topic } = kafka;
    const row = { name: 'lake', protocol: 'kafka', endpoint: broker.plain, topic, ...entry };
    const destinations = JSON.stringify([row]);
    return kafka.keep(
      await startRig({ 'spool.seal_after': 10, 'forward.destinations': destinations }),
    );
  }

  async function send(to: Rig, ...sent: readonly Uint8Array[]): Promise<void> {
    for (const body of sent) expect((await post(to.http, body)).status).toBe(200);
  }

  const status = (rig: Rig) => {
    const [one] = rig.collector.stats().forward;
    if (one === undefined) throw new Error('no destination');
    return one;
  };

  test('holds everything, for another server to take', async () => {
    const from = await forward({ compression: 'gzip' });
    const to = await kafka.start();
    await send(from, ...bodies(20));
    await until(() => accepted(to) === 100);
    await to.collector.sealAndLoad();
    expect(to.engine.spans()).toBe(100);
    await until(() => status(from).waitingBytes === 0);
    expect(status(from)).toMatchObject({ sentSpans: 100, isUp: true });
  });

  const others = Object.keys(kafkaMessages).filter((encoding) => encoding !== 'otlp_proto');

  test.each(others)('holds %s, which is taken again', async (encoding) => {
    const from = await forward({ encoding });
    await send(from, ...bodies(5));
    const to = await kafka.start({ 'kafka.encoding': encoding });
    await until(() => accepted(to) === 25);
    expect(to.collector.stats().kafka?.poison).toBe(0);
  });

  test('gets a request larger than a message may be in several', async () => {
    const from = await forward();
    const large = request({ spans: 5000 });
    expect(large.length).toBeGreaterThan(1024 * 1024);
    await send(from, large);
    const to = await kafka.start();
    await until(() => accepted(to) === 5000);
    expect(status(from).droppedSpans).toEqual(new Map());
  });

  test('refuses a span larger than brokers take, which is counted; the next goes on', async () => {
    const from = await forward();
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
    await send(from, huge, request({ spans: 2 }));
    await until(() => status(from).sentSpans === 2);
    expect(status(from).droppedSpans).toEqual(new Map([['forward-refused', 1]]));
  });
});
