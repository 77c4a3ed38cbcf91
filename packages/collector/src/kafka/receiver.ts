/**
 * Spans from Kafka: messages are translated, admitted and appended like requests, and offsets are
 * committed only when the spool has synced what they stand for. So a crash reads some messages again
 * and loses none; those read again are known as repeats.
 *
 * A message that can never be read is counted and passed over; one that cannot be taken now makes the
 * partition wait. Never knows: the engine.
 */
import { setMaxListeners } from 'node:events';
import {
  type MessagesStream,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
} from '@platformatic/kafka';
import { asCollectorError, type CollectorError } from '../errors.ts';
import { readTls } from '../forward/tls.ts';
import type { InFlight, Lease } from '../in-flight.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { bareRequest, type Intake } from '../receivers/intake.ts';
import { answers } from '../respond.ts';
import { brokerOptions, reasonOf } from './connection.ts';
import { completeDecompression } from './decompression.ts';
import { KAFKA, protocolOf } from './encodings.ts';
import { GroupConsumer } from './group-consumer.ts';
import { type Assigned, createProgress, type Progress } from './progress.ts';
import type { KafkaOptions } from './settings.ts';

export interface KafkaStatus {
  readonly isUp: boolean;
  /** Why the last try to read failed; empty when reading. */
  readonly failure: string;
  readonly messages: number;
  /** Messages that could not be read and were passed over. */
  readonly poison: number;
  readonly commits: number;
}

export interface KafkaReceiver {
  /** Begins to read; brokers that are away are waited for. */
  start(): void;
  status(): KafkaStatus;
  /** Ends reading, finishes what was read, commits it. */
  stop(): Promise<void>;
}

export interface KafkaReceiverParts {
  readonly options: KafkaOptions;
  readonly intake: Intake;
  readonly inFlight: InFlight;
  readonly onRefused: (error: CollectorError, listener: string) => void;
  /** Resolves when everything acknowledged so far is on disk. */
  readonly flush: () => Promise<void>;
  readonly log: Log;
  readonly nowMs: () => number;
}

/** @throws Error when a TLS file cannot be read. */
export async function openKafkaReceiver(parts: KafkaReceiverParts): Promise<KafkaReceiver> {
  const { options } = parts;
  const tls = await readTls(options.tls, 'kafka');
  completeDecompression();
  const connect = () =>
    new GroupConsumer({
      ...brokerOptions({ ...options, tls }),
      groupId: options.group,
      autocommit: false,
      // A server that is killed must not hold its partitions for long.
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
      rebalanceTimeout: 20_000,
      maxBytes: options.fetchBytesMax,
      maxWaitTime: 500,
      minBytes: 1,
    });
  return new Reading(parts, connect);
}

interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: Buffer | undefined;
}

class Reading implements KafkaReceiver {
  readonly #parts: KafkaReceiverParts;
  readonly #connect: () => GroupConsumer;
  readonly #progress: Progress = createProgress();
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #underWayBytes = 0;
  #epoch = 0;
  #committing: Promise<void> = Promise.resolve();
  #stream: MessagesStream<Buffer, Buffer, Buffer, Buffer> | undefined;
  #running: Promise<void> = Promise.resolve();
  #counts = { messages: 0, poison: 0, commits: 0 };
  #failure = '';
  #isUp = false;

  constructor(parts: KafkaReceiverParts, connect: () => GroupConsumer) {
    this.#parts = parts;
    this.#connect = connect;
    // Every message that has to wait listens for the end.
    setMaxListeners(0, this.#stopping.signal);
  }

  start(): void {
    this.#running = this.#run();
  }

  status(): KafkaStatus {
    return { isUp: this.#isUp, failure: this.#failure, ...this.#counts };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stream?.destroy();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; failures += 1) {
      try {
        await this.#read(() => {
          failures = 0;
        });
      } catch (error) {
        this.#tell(error, failures);
      }
      this.#isUp = false;
      const waitMs = Math.min(limits.kafkaRetryMsMin * 2 ** failures, limits.kafkaRetryMsMax);
      await pause(waitMs, this.#stopping.signal);
    }
  }

  #tell(error: unknown, failures: number): void {
    const reason = reasonOf(error);
    this.#failure = reason;
    if (this.#stopping.signal.aborted || failures > 0) return;
    const { brokers, topics } = this.#parts.options;
    this.#parts.log('warn', 'Kafka cannot be read, will try again', { brokers, topics, reason });
  }

  /** One membership of the group, from joining to the first thing that goes wrong. */
  async #read(onJoined: () => void): Promise<void> {
    const { options, log } = this.#parts;
    const consumer = this.#connect();
    const failed = new Promise<never>((_, reject) => {
      consumer.on('error', reject);
    });
    failed.catch(() => undefined);
    // Registered before the stream's own listener, which then reads on from what was committed.
    consumer.on('consumer:group:join', () => this.#dealtAnew(consumer.assignments ?? []));
    let timer: NodeJS.Timeout | undefined;
    try {
      const stream = await Promise.race([
        consumer.consume({
          topics: [...options.topics],
          mode: MessagesStreamModes.COMMITTED,
          fallbackMode:
            options.from === 'earliest'
              ? MessagesStreamFallbackModes.EARLIEST
              : MessagesStreamFallbackModes.LATEST,
          highWaterMark: limits.kafkaMessagesWaitingMax,
        }),
        failed,
      ]);
      this.#stream = stream;
      stream.on('offsets', () => this.#begins(consumer, stream.offsetsToFetch));
      this.#begins(consumer, stream.offsetsToFetch);
      onJoined();
      this.#isUp = true;
      this.#failure = '';
      log('info', 'reading from Kafka', { topics: options.topics, group: options.group });
      timer = setInterval(() => void this.#commit(consumer), options.commitIntervalMs);
      await Promise.race([this.#readAll(stream), failed]).catch((error: unknown) => {
        // Being stopped is an end in order: what was read is still finished and committed.
        if (!this.#stopping.signal.aborted) throw error;
      });
      await this.#settle();
      await this.#commit(consumer);
    } finally {
      clearInterval(timer);
      this.#dealtAnew([]);
      this.#stream = undefined;
      await consumer.leave();
    }
  }

  /** What is under way goes on; where the partition left, its offsets are another's to commit. */
  #dealtAnew(assigned: readonly Assigned[]): void {
    this.#epoch += 1;
    this.#progress.keepOnly(assigned);
  }

  /** A group without an offset gets one where it begins, or a change of members would move that. */
  #begins(consumer: GroupConsumer, offsets: ReadonlyMap<string, bigint>): void {
    for (const { topic, partitions } of consumer.assignments ?? []) {
      for (const partition of partitions) {
        const offset = offsets.get(`${topic}:${partition}`);
        if (offset !== undefined) this.#progress.start(topic, partition, offset);
      }
    }
  }

  async #readAll(stream: AsyncIterable<Message>): Promise<void> {
    for await (const message of stream) {
      if (this.#stopping.signal.aborted) return;
      const bytes = message.value?.length ?? 0;
      while (this.#underWayBytes > 0 && this.#underWayBytes + bytes > limits.kafkaBytesUnderWay) {
        await Promise.race(this.#underWay);
      }
      this.#begin(message, bytes);
    }
  }

  #begin(message: Message, bytes: number): void {
    const done = this.#progress.begin(message.topic, message.partition, message.offset);
    if (done === undefined) return;
    this.#underWayBytes += bytes;
    this.#counts.messages += 1;
    const taking = this.#take(message).then((isDone) => {
      this.#underWayBytes -= bytes;
      this.#underWay.delete(taking);
      if (isDone) done();
    });
    this.#underWay.add(taking);
  }

  /** True when the message is in the spool or can never be; false when we stop before. */
  async #take({ value }: Message): Promise<boolean> {
    const { intake, inFlight, nowMs, onRefused, options } = this.#parts;
    // A message without a value marks a key as deleted; there is nothing in it.
    if (value === undefined || value === null || value.length === 0) return true;
    const protocol = protocolOf(options.encoding);
    for (let failures = 0; ; failures += 1) {
      const lease: Lease = inFlight.lease();
      try {
        lease.grow(value.length);
        await intake(protocol, value, bareRequest(nowMs()), lease);
        return true;
      } catch (thrown) {
        const error = asCollectorError(thrown);
        if (!answers[error.code].mayRetry) {
          this.#counts.poison += 1;
          onRefused(error, KAFKA);
          return true;
        }
      } finally {
        lease.release();
      }
      const waitMs = Math.min(limits.retryMsMin * 2 ** failures, limits.retryMsMax);
      await pause(waitMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return false;
    }
  }

  async #settle(): Promise<void> {
    await Promise.allSettled([...this.#underWay]);
  }

  /** One after the other, so that the last one ends with everything committed. */
  #commit(consumer: GroupConsumer): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commitNow(consumer));
    return this.#committing;
  }

  /** Failing is harmless: the messages are read again, by us or by whoever gets the partition. */
  async #commitNow(consumer: GroupConsumer): Promise<void> {
    const epoch = this.#epoch;
    const offsets = this.#progress.take();
    if (offsets.length === 0) return;
    try {
      await this.#parts.flush();
      if (epoch !== this.#epoch) throw new Error('partitions were dealt anew meanwhile');
      await consumer.commitNext(offsets);
      this.#counts.commits += 1;
    } catch (error) {
      this.#progress.giveBack(offsets);
      this.#parts.log('debug', 'offsets were not committed', { reason: reasonOf(error) });
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
