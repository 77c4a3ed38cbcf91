/**
 * What an operator may set about forwarding: one simple destination, or a list of them.
 *
 * The rows are part of the collector's table. Never knows: how a destination is served.
 */
import { kafkaMessages } from '../kafka/messages.ts';
import type { Setting } from '../settings.ts';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;
const SECOND = 1000;
const HOUR = 3600 * SECOND;

const protocol: Setting = {
  key: 'protocol',
  type: 'choice',
  choices: ['otlp_http', 'otlp_grpc', 'zipkin', 'kafka'],
  default: 'otlp_http',
  says: 'what the destination speaks',
};

const endpoint: Setting = {
  key: 'endpoint',
  type: 'string',
  default: '',
  says: 'where it is: https://host:4318 (/v1/traces is added unless the path ends with it), http://host:4317 for gRPC, http://host:9411 for Zipkin, host:9092,host:9092 for Kafka',
};

const headers: Setting = {
  key: 'headers',
  type: 'map',
  default: '{}',
  isSecret: true,
  says: `sent with every request; \${env:NAME} in a value is replaced by that environment variable`,
};

const compression: Setting = {
  key: 'compression',
  type: 'choice',
  choices: ['none', 'gzip'],
  default: 'none',
  says: 'gzip costs about 1 µs of CPU per span and saves most of the network',
};

const bytesMax: Setting = {
  key: 'bytes_max',
  type: 'bytes',
  default: 1 * GiB,
  min: 64 * 1024,
  says: 'the most that is kept on disk for a destination that is slow or away; beyond it the oldest segments are given up for it, counted',
};

const ageMax: Setting = {
  key: 'age_max',
  type: 'duration',
  default: 24 * HOUR,
  min: SECOND,
  says: 'what a destination did not take for this long is given up for it, counted',
};

/** The fields of one entry of `forward.destinations`. */
export const destinationItems: readonly Setting[] = [
  { key: 'name', type: 'string', default: '', says: 'its name in metrics, logs and on disk' },
  protocol,
  endpoint,
  headers,
  compression,
  {
    key: 'tls.ca',
    type: 'string',
    default: '',
    says: 'PEM file of the authorities to trust instead of the usual ones',
  },
  { key: 'tls.cert', type: 'string', default: '', says: 'PEM file of the client certificate' },
  { key: 'tls.key', type: 'string', default: '', says: 'PEM file of its key' },
  {
    key: 'tls.insecure',
    type: 'bool',
    default: false,
    says: 'take any certificate from the destination',
  },
  bytesMax,
  ageMax,
  {
    key: 'batch_bytes',
    type: 'bytes',
    // Most OTLP/gRPC servers take 4 MiB by default; a quarter of it leaves room for large frames.
    default: 1 * MiB,
    min: 1024,
    max: 64 * MiB,
    says: 'requests are put together up to this size; one that was received larger is sent as it came',
  },
  {
    key: 'timeout',
    type: 'duration',
    default: 30 * SECOND,
    min: 100,
    says: 'time in which the destination must have answered',
  },
  { key: 'topic', type: 'string', default: 'otlp_spans', says: 'Kafka: where messages go' },
  {
    key: 'encoding',
    type: 'choice',
    choices: Object.keys(kafkaMessages),
    default: 'otlp_proto',
    says: 'Kafka: the form of a message',
  },
  {
    key: 'sasl.mechanism',
    type: 'choice',
    choices: ['none', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
    default: 'none',
    says: 'Kafka: how to log in',
  },
  { key: 'sasl.username', type: 'string', default: '', says: 'Kafka: as whom' },
  {
    key: 'sasl.password',
    type: 'string',
    default: '',
    isSecret: true,
    says: `Kafka: with which password; \${env:NAME} is replaced`,
  },
  { key: 'tls.enabled', type: 'bool', default: false, says: 'Kafka: speak TLS to the brokers' },
];

export const forwardSettings: readonly Setting[] = [
  {
    ...endpoint,
    key: 'forward.endpoint',
    says: `everything received is also sent there, ${endpoint.says.replace('where it is: ', '')}; empty: nowhere`,
  },
  { ...protocol, key: 'forward.protocol', says: 'what the destination of forward.endpoint speaks' },
  { ...headers, key: 'forward.headers', says: `${headers.says}, as in authorization=Bearer%20x` },
  { ...compression, key: 'forward.compression' },
  { ...bytesMax, key: 'forward.bytes_max' },
  { ...ageMax, key: 'forward.age_max' },
  {
    key: 'forward.destinations',
    type: 'list',
    items: destinationItems,
    default: '[]',
    isSecret: true,
    says: 'more destinations, each with name, protocol, endpoint, headers, compression, tls, bytes_max, age_max and more; see docs/forwarding.md',
  },
];
