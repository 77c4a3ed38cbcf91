/** The stock instrumentation of kafkajs on the built SDK, with a real broker of Kafka. */
import type { Span } from '@clew/wire';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaBroker, kafkaMissing, startKafka } from '../../collector/test/kafka-broker.ts';
import { plain } from './kept.ts';
import { cleanUp, run } from './program.ts';

const missing = await kafkaMissing();
let broker: KafkaBroker | undefined;

beforeAll(async () => {
  if (missing === undefined) broker = await startKafka();
});
afterEach(cleanUp);
afterAll(() => broker?.stop());

const flags = ['--import', '@clew/sdk/register', '--input-type=module'];
const env = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'kafkajs' };
const id = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const PRODUCER = 4;
const CONSUMER = 5;

/** A program that sends to a topic inside the span `order`, and consumes until `work` says so. */
const program = (topic: string, messages: string, work: string) => `
  import { Kafka, logLevel } from 'kafkajs';
  import { trace } from '@opentelemetry/api';
  import { withSpan } from '@clew/sdk';
  const kafka = new Kafka({ brokers: ['${broker!.plain}'], logLevel: logLevel.NOTHING });
  const topic = '${topic}';
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await withSpan('order', () => producer.send({ topic, messages: ${messages} }));
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: topic, retry: { initialRetryTime: 20 } });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((done) => consumer.run({ ${work} }));
  await consumer.disconnect();`;

const of = (spans: readonly Span[], kind: number) => spans.filter((span) => span.kind === kind);
const named = (spans: readonly Span[], name: string) => spans.find((span) => span.name === name)!;

describe.skipIf(missing !== undefined)(`kafkajs (${missing ?? 'a real broker'})`, () => {
  it('one message is one trace: order, send, process, and what the handler does', async () => {
    const source = program(
      'orders',
      `[{ key: 'k', value: 'x' }]`,
      `eachMessage: async () => { await withSpan('charge', async () => {}); done(); }`,
    );
    const { spans, out } = await run({ source, flags, env });
    const [sent] = of(spans, PRODUCER);
    const processed = of(spans, CONSUMER).find((span) => span.parentSpanId.length > 0);
    expect(new Set([sent, processed].map((span) => id(span!.traceId))).size, out).toBe(1);
    expect(id(sent!.parentSpanId)).toBe(id(named(spans, 'order').spanId));
    expect(id(processed!.parentSpanId)).toBe(id(sent!.spanId));
    expect(id(named(spans, 'charge').parentSpanId)).toBe(id(processed!.spanId));
    expect(plain(processed!.attributes)).toMatchObject({
      'messaging.system': 'kafka',
      'messaging.destination.name': 'orders',
    });
  });

  it('a batch links to the producers of its messages', async () => {
    const source = program(
      'batches',
      `[{ value: 'a' }, { value: 'b' }, { value: 'c' }]`,
      'eachBatch: async () => done()',
    );
    const { spans, out } = await run({ source, flags, env });
    const sent = of(spans, PRODUCER).map((span) => id(span.spanId));
    expect(sent, out).toHaveLength(3);
    const linked = of(spans, CONSUMER).flatMap(({ links }) => links.map((link) => id(link.spanId)));
    expect([...new Set(linked)].sort()).toEqual(sent.sort());
  });

  it('a handler that throws ends its span with the error, and the next attempt has its own', async () => {
    const source = program(
      'retries',
      `[{ value: 'x' }]`,
      `eachMessage: async () => {
        globalThis.attempts = (globalThis.attempts ?? 0) + 1;
        if (globalThis.attempts === 1) throw new Error('card declined');
        done();
      }`,
    );
    const { spans, out } = await run({ source, flags, env });
    const processed = of(spans, CONSUMER).filter((span) => span.parentSpanId.length > 0);
    const codes = processed.map(({ status }) => [status?.code ?? 0, status?.message ?? '']);
    expect(codes, out).toEqual([
      [2, 'card declined'],
      [0, ''],
    ]);
  });
});
