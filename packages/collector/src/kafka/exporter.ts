/**
 * Forwarding to Kafka: each batch becomes messages of the encoding that is set, acknowledged by every in-sync replica.
 *
 * Never knows: what is in a message.
 */
import { WireError } from '@clew/wire';
import { CompressionAlgorithms, ProduceAcks, Producer } from '@platformatic/kafka';
import type { Destination } from '../forward/destinations.ts';
import { type ForwardAnswer, later, type Sender, TAKEN } from '../forward/sender.ts';
import type { TlsMaterial } from '../forward/tls.ts';
import { limits } from '../limits.ts';
import { brokerOptions, reasonOf } from './connection.ts';
import { type KafkaMessage, kafkaMessages } from './messages.ts';

export function createKafkaSender(destination: Destination, tls: TlsMaterial): Sender {
  const { endpoint, compression, kafka } = destination;
  const brokers = endpoint.split(',').map((one) => one.trim());
  const { topic, encoding } = kafka;
  const messagesOf = kafkaMessages[encoding];
  let producer: Producer | undefined;
  const connect = () => {
    const made = new Producer({
      ...brokerOptions({ brokers, tls, isTls: kafka.isTls, sasl: kafka.sasl }),
      acks: ProduceAcks.ALL,
      autocreateTopics: true,
      compression: compression === 'gzip' ? CompressionAlgorithms.GZIP : CompressionAlgorithms.NONE,
    });
    // What goes wrong is told by the call that it went wrong for.
    made.on('error', () => undefined);
    return made;
  };
  async function disconnect(): Promise<void> {
    const old = producer;
    producer = undefined;
    await old?.close().catch(() => undefined);
  }
  return {
    async send({ bodies }) {
      try {
        producer ??= connect();
        for (const messages of grouped(messagesOf(bodies))) {
          await producer.send({ messages: messages.map((message) => ({ topic, ...message })) });
        }
        return TAKEN;
      } catch (error) {
        const answer = answerOf(error);
        if (answer.kind === 'later') await disconnect();
        return answer;
      }
    },
    close: disconnect,
  };
}

/** Small messages travel together, as many as one may be large. */
function* grouped(messages: Iterable<KafkaMessage>): Generator<KafkaMessage[]> {
  let group: KafkaMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const { length } = message.value;
    if (bytes > 0 && bytes + length > limits.kafkaMessageBytes) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(message);
    bytes += length;
  }
  if (group.length > 0) yield group;
}

/** Names of https://kafka.apache.org/protocol#protocol_error_codes that say: never these bytes. */
const FINAL = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE'];

function answerOf(error: unknown): ForwardAnswer {
  if (error instanceof WireError) return { kind: 'refused', reason: error.message };
  const reason = reasonOf(error);
  return FINAL.some((name) => reason.includes(name))
    ? { kind: 'refused', reason }
    : later(new Error(reason));
}
