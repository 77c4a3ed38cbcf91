/**
 * A broker, a topic for each test, and servers that read it, with what a test of Kafka wants to look at.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import { type KafkaBroker, startKafka } from './kafka-broker.ts';
import { type Rig, type Settings, startRig } from './rig.ts';
import { request } from './traffic.ts';

export interface KafkaRig {
  readonly broker: KafkaBroker;
  /** The topic of this test, of three partitions. */
  readonly topic: string;
  /** Makes the topic of the next test; `compression` is how the broker stores it. */
  begin(compression?: string): Promise<void>;
  /** Stops the servers of this test. */
  end(): Promise<void>;
  /** What makes a server read the topic. */
  settings(): Settings;
  start(settings?: Settings): Promise<Rig>;
  /** Has a server stopped by `end`, too. */
  keep(rig: Rig): Rig;
  /** One message each, over the partitions in turn. */
  produce(values: readonly Uint8Array[]): Promise<void>;
  /** A member of the group that the servers read in, for as long as `use` takes. */
  asMember<T>(use: (consumer: Consumer) => Promise<T>): Promise<T>;
  /** The next offset of each partition, as every other client of the group sees it. */
  committed(): Promise<bigint[]>;
  stop(): Promise<void>;
}

/** `certificates` is a folder of them, for a broker that speaks TLS as well. */
export async function startKafkaRig(certificates?: string): Promise<KafkaRig> {
  const broker = await startKafka(certificates);
  const bootstrapBrokers = [broker.plain];
  const producer = new Producer({ clientId: 'test', bootstrapBrokers });
  let topic = '';
  let rigs: Rig[] = [];
  const rig: KafkaRig = {
    broker,
    get topic() {
      return topic;
    },
    async begin(compression = 'producer') {
      rigs = [];
      topic = `spans-${randomBytes(4).toString('hex')}`;
      await createTopic(bootstrapBrokers, topic, compression);
    },
    async end() {
      for (const one of rigs) await one.stop();
    },
    settings: () => ({
      'kafka.brokers': broker.plain,
      'kafka.topics': topic,
      'kafka.group': `group-${topic}`,
      'kafka.commit_interval': 50,
      'spool.seal_after': 10,
    }),
    start: async (settings = {}) => rig.keep(await startRig({ ...rig.settings(), ...settings })),
    keep(one) {
      rigs = [...rigs.filter(({ dataDir }) => dataDir !== one.dataDir), one];
      return one;
    },
    async produce(values) {
      const messages = values.map((value, at) => ({
        topic,
        value: Buffer.from(value),
        partition: at % 3,
      }));
      await producer.send({ messages, acks: -1 });
    },
    async asMember(use) {
      const groupId = `group-${topic}`;
      const consumer = new Consumer({ clientId: 'test', groupId, bootstrapBrokers });
      try {
        return await use(consumer);
      } finally {
        await consumer.close(true);
      }
    },
    committed: () =>
      rig.asMember(async (consumer) => {
        const topics = [{ topic, partitions: [0, 1, 2] }];
        return (await consumer.listCommittedOffsets({ topics })).get(topic) ?? [];
      }),
    async stop() {
      await producer.close();
      await broker.stop();
    },
  };
  return rig;
}

/** A topic that was just made has leaders that do not know it yet; asked for offsets, they tell. */
async function createTopic(
  bootstrapBrokers: string[],
  topic: string,
  compression: string,
): Promise<void> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers });
  const configs = [{ name: 'compression.type', value: compression }];
  await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1, configs });
  await admin.close();
  await until(async () => {
    const options = { clientId: 'test', groupId: 'asking', bootstrapBrokers, retries: 0 };
    const asking = new Consumer(options);
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

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 600; !(await isSo()); left -= 1) {
    if (left === 0) throw new Error(`not within 30 s: ${isSo}`);
    await sleep(50);
  }
}

/** OTLP requests of so many spans each. */
export function bodies(count: number, spans = 5): Uint8Array[] {
  return Array.from({ length: count }, () => request({ spans }));
}

export function accepted(rig: Rig): number {
  return rig.collector.stats().acceptedSpans;
}
