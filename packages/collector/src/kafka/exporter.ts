/**
 * Forwarding to Kafka: each batch becomes a message of OTLP or of the encoding that is set, acknowledged by every in-sync replica.
 *
 * A body larger than brokers take in one message is split between its resources. Never knows: spans.
 */
import { jaegerSpans, otlpJson, zipkinJson } from '@clew/translate';
import { createReader, createWriter, fields, WireError } from '@clew/wire';
import { CompressionAlgorithms, ProduceAcks, Producer } from '@platformatic/kafka';
import type { Destination } from '../forward/destinations.ts';
import { type ForwardAnswer, later, type Sender, TAKEN } from '../forward/sender.ts';
import type { TlsMaterial } from '../forward/tls.ts';
import { limits } from '../limits.ts';
import { brokerOptions } from './connection.ts';

export function createKafkaSender(destination: Destination, tls: TlsMaterial): Sender {
  const { endpoint, compression, kafka } = destination;
  const brokers = endpoint.split(',').map((one) => one.trim());
  const { topic, encoding } = kafka;
  const valuesOf = encoders[encoding];
  let producer: Producer | undefined;
  const connected = () => {
    producer ??= new Producer({
      ...brokerOptions({ brokers, tls, isTls: kafka.isTls, sasl: kafka.sasl }),
      acks: ProduceAcks.ALL,
      autocreateTopics: true,
      compression: compression === 'gzip' ? CompressionAlgorithms.GZIP : CompressionAlgorithms.NONE,
    });
    // What goes wrong is told by the call that it went wrong for.
    producer.on('error', () => undefined);
    return producer;
  };
  async function disconnect(): Promise<void> {
    const old = producer;
    producer = undefined;
    await old?.close().catch(() => undefined);
  }
  return {
    async send({ bodies }) {
      try {
        for (const values of grouped(valuesOf(bodies))) {
          await connected().send({ messages: values.map((value) => ({ topic, value })) });
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
function* grouped(values: Iterable<Buffer>): Generator<Buffer[]> {
  let group: Buffer[] = [];
  let bytes = 0;
  for (const value of values) {
    if (bytes > 0 && bytes + value.length > limits.kafkaMessageBytes) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(value);
    bytes += value.length;
  }
  if (group.length > 0) yield group;
}

/** Bodies behind each other are one request; as many together as a message may hold. */
function* protoValues(bodies: readonly Uint8Array[]): Generator<Buffer> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for (const body of bodies) {
    for (const part of splitResources(body, limits.kafkaMessageBytes)) {
      if (bytes > 0 && bytes + part.length > limits.kafkaMessageBytes) {
        yield Buffer.concat(parts, bytes);
        parts = [];
        bytes = 0;
      }
      parts.push(part);
      bytes += part.length;
    }
  }
  if (bytes > 0) yield Buffer.concat(parts, bytes);
}

type Encode = (bodies: readonly Uint8Array[]) => Iterable<Buffer>;

const encoders: Readonly<Record<Destination['kafka']['encoding'], Encode>> = {
  otlp_proto: protoValues,
  otlp_json: (bodies) => textValues(bodies, otlpJson),
  zipkin_json: (bodies) => textValues(bodies, zipkinJson),
  jaeger_proto: jaegerValues,
};

/** A message for every span, as Jaeger's ingester reads them. */
function* jaegerValues(bodies: readonly Uint8Array[]): Generator<Buffer> {
  for (const body of bodies) for (const span of jaegerSpans(body)) yield Buffer.from(span);
}

/** JSON is about three times as long. */
function* textValues(
  bodies: readonly Uint8Array[],
  textOf: (body: Uint8Array) => string,
): Generator<Buffer> {
  for (const body of bodies) {
    for (const part of splitResources(body, limits.kafkaMessageBytes / 4)) {
      yield Buffer.from(textOf(part));
    }
  }
}

/** The body as it is, or requests of its resources, each as large as allowed or of one resource. */
function* splitResources(body: Uint8Array, bytesMax: number): Generator<Uint8Array> {
  if (body.length <= bytesMax) {
    yield body;
    return;
  }
  let writer = createWriter();
  for (const reader = createReader(body); reader.next(); ) {
    if (reader.field !== fields.TracesData.resource_spans) continue;
    const resource = reader.bytes();
    if (writer.length > 0 && writer.length + resource.length > bytesMax) {
      yield writer.finish();
      writer = createWriter();
    }
    writer.bytes(fields.TracesData.resource_spans, resource);
  }
  if (writer.length > 0) yield writer.finish();
}

/** Names of https://kafka.apache.org/protocol#protocol_error_codes that say: never these bytes. */
const FINAL = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE'];

function answerOf(error: unknown): ForwardAnswer {
  if (error instanceof WireError) return { kind: 'refused', reason: error.message };
  const reason = namesOf(error).join(': ');
  return FINAL.some((name) => reason.includes(name))
    ? { kind: 'refused', reason }
    : later(new Error(reason));
}

/** The library nests what brokers say: names and messages from the outside in. */
function namesOf(error: unknown, depth = 0): string[] {
  const { message, apiId, code, errors, cause } = error as Error & {
    apiId?: string;
    code?: string;
    errors?: readonly unknown[];
  };
  const own = apiId ?? message ?? String(code ?? error);
  const inner = errors?.[0] ?? cause;
  return inner === undefined || depth > 4 ? [own] : [own, ...namesOf(inner, depth + 1)];
}
