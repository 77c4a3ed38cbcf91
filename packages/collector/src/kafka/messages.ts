/**
 * OTLP bodies → messages of Kafka, in the forms and with the keys that the OpenTelemetry Collector's exporter gives them:
 * one row for each encoding.
 *
 * A message holds as much as brokers take, and what is larger is split. Messages are made while they are asked for.
 * Never knows: brokers, topics.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/kafkaexporter
 */
import {
  type JaegerSpanIn,
  jaegerSpanMessages,
  jaegerSpanTexts,
  otlpJson,
  zipkinSpanLists,
  zipkinSpanTexts,
} from '@clew/translate';
import { splitRequest } from '../forward/split-request.ts';
import { limits } from '../limits.ts';

export interface KafkaMessage {
  readonly value: Buffer;
  /** The trace id in hex where a message is one span, so that a trace stays in one partition. */
  readonly key?: Buffer;
}

/** Of one request. @throws WireError when a body is no OTLP. */
type Encode = (bodies: readonly Uint8Array[]) => Iterable<KafkaMessage>;

export type KafkaSentEncoding = keyof typeof kafkaMessages;

export const kafkaMessages = {
  otlp_proto: (bodies) => joined(partsOf(bodies, limits.kafkaMessageBytes), PROTO),
  otlp_json: otlpTexts,
  zipkin_json: (bodies) => joined(bufferEach(bodies, zipkinSpanTexts), LIST),
  zipkin_proto: (bodies) => joined(bufferEach(bodies, zipkinSpanLists), PROTO),
  jaeger_proto: (bodies) => keyed(bodies, jaegerSpanMessages),
  jaeger_json: (bodies) => keyed(bodies, jaegerSpanTexts),
} as const satisfies Record<string, Encode>;

/** What stands before, between and behind the parts of a message. */
interface Join {
  readonly before: string;
  readonly between: string;
  readonly behind: string;
}

/** Messages of protobuf behind each other are one with the elements of all. */
const PROTO: Join = { before: '', between: '', behind: '' };
const LIST: Join = { before: '[', between: ',', behind: ']' };

/** As many parts in a message as it may hold. */
function* joined(parts: Iterable<Uint8Array>, join: Join): Generator<KafkaMessage> {
  const [before, between, behind] = [join.before, join.between, join.behind].map((text) =>
    Buffer.from(text),
  ) as [Buffer, Buffer, Buffer];
  let chunks: Uint8Array[] = [];
  let bytes = before.length + behind.length;
  const message = (): KafkaMessage => ({ value: Buffer.concat([before, ...chunks, behind]) });
  for (const part of parts) {
    const size = part.length + between.length;
    if (chunks.length > 0 && bytes + size > limits.kafkaMessageBytes) {
      yield message();
      chunks = [];
      bytes = before.length + behind.length;
    }
    if (chunks.length > 0) chunks.push(between);
    chunks.push(part);
    bytes += size;
  }
  if (chunks.length > 0) yield message();
}

function* partsOf(bodies: readonly Uint8Array[], bytesMax: number): Generator<Uint8Array> {
  for (const body of bodies) yield* splitRequest(body, bytesMax);
}

/** JSON is about three times as long. */
const JSON_GROWTH = 4;

function* otlpTexts(bodies: readonly Uint8Array[]): Generator<KafkaMessage> {
  for (const part of partsOf(bodies, limits.kafkaMessageBytes / JSON_GROWTH)) {
    yield { value: Buffer.from(otlpJson(part)) };
  }
}

function* bufferEach(
  bodies: readonly Uint8Array[],
  spansOf: (body: Uint8Array) => Iterable<string | Uint8Array>,
): Generator<Uint8Array> {
  for (const body of bodies) for (const span of spansOf(body)) yield bufferOf(span);
}

/** A message for every span, as Jaeger's ingester reads them. */
function* keyed(
  bodies: readonly Uint8Array[],
  spansOf: (body: Uint8Array) => Iterable<JaegerSpanIn<string | Uint8Array>>,
): Generator<KafkaMessage> {
  for (const body of bodies) {
    for (const { traceId, value } of spansOf(body)) {
      yield { key: Buffer.from(traceId), value: bufferOf(value) };
    }
  }
}

function bufferOf(form: string | Uint8Array): Buffer {
  return typeof form === 'string' ? Buffer.from(form) : Buffer.from(form);
}
