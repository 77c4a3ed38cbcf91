/**
 * What an operator may set about receiving from Kafka.
 *
 * The rows are part of the collector's table. Never knows: the client library.
 */
import { type Sasl, saslOf, type TlsFiles, withEnvironment } from '../forward/destinations.ts';
import type { Setting, SettingValues } from '../settings.ts';
import { encodings, type KafkaEncoding } from './encodings.ts';

const MiB = 1024 * 1024;

export const kafkaSettings: readonly Setting[] = [
  {
    key: 'kafka.brokers',
    type: 'string',
    default: '',
    says: 'spans are also received from these Kafka brokers, host:9092,host:9092; empty: none',
  },
  {
    key: 'kafka.topics',
    type: 'string',
    default: 'otlp_spans',
    says: 'topics that are read, with commas between',
  },
  {
    key: 'kafka.encoding',
    type: 'choice',
    choices: Object.keys(encodings),
    default: 'otlp_proto',
    says: 'the form of the messages',
  },
  {
    key: 'kafka.group',
    type: 'string',
    default: 'clew',
    says: 'the consumer group; servers of one group share the partitions',
  },
  {
    key: 'kafka.from',
    type: 'choice',
    choices: ['earliest', 'latest'],
    default: 'earliest',
    says: 'where a group begins that has no offset yet',
  },
  {
    key: 'kafka.fetch_bytes_max',
    type: 'bytes',
    default: 8 * MiB,
    min: 64 * 1024,
    max: 64 * MiB,
    says: 'the most that is asked of a broker at once',
  },
  {
    key: 'kafka.commit_interval',
    type: 'duration',
    default: 1000,
    min: 10,
    max: 60_000,
    says: 'how often offsets are committed, after a sync of what they stand for',
  },
  { key: 'kafka.tls', type: 'bool', default: false, says: 'speak TLS to the brokers' },
  {
    key: 'kafka.tls_ca',
    type: 'string',
    default: '',
    says: 'PEM file of the authorities to trust instead of the usual ones',
  },
  {
    key: 'kafka.tls_cert',
    type: 'string',
    default: '',
    says: 'PEM file of the client certificate',
  },
  { key: 'kafka.tls_key', type: 'string', default: '', says: 'PEM file of its key' },
  {
    key: 'kafka.sasl_mechanism',
    type: 'choice',
    choices: ['none', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
    default: 'none',
    says: 'how to log in',
  },
  { key: 'kafka.sasl_username', type: 'string', default: '', says: 'as whom' },
  {
    key: 'kafka.sasl_password',
    type: 'string',
    default: '',
    isSecret: true,
    says: `with which password; \${env:NAME} is replaced by that environment variable`,
  },
];

export interface KafkaOptions {
  /** Empty: nothing is received. */
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly encoding: KafkaEncoding;
  readonly group: string;
  readonly from: 'earliest' | 'latest';
  readonly fetchBytesMax: number;
  readonly commitIntervalMs: number;
  readonly isTls: boolean;
  readonly tls: TlsFiles;
  readonly sasl: Sasl | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws Error that names the setting, what was found and what was wanted. */
export function kafkaOptions(read: (key: string) => SettingValues[string], env: Env): KafkaOptions {
  const text = (key: string) => String(read(`kafka.${key}`) ?? '');
  const brokers = list(text('brokers'));
  const bad = brokers.find((one) => !/^[^\s:/]+:\d{1,5}$/.test(one));
  if (bad !== undefined) {
    throw new Error(`kafka.brokers: found "${bad}", wanted host:port,host:port`);
  }
  const topics = list(text('topics'));
  if (brokers.length > 0 && (topics.length === 0 || text('group') === '')) {
    throw new Error('kafka.topics, kafka.group: found nothing, wanted a topic and a group');
  }
  return {
    brokers,
    topics,
    encoding: text('encoding') as KafkaEncoding,
    group: text('group'),
    from: text('from') as KafkaOptions['from'],
    fetchBytesMax: Number(read('kafka.fetch_bytes_max')),
    commitIntervalMs: Number(read('kafka.commit_interval')),
    isTls: read('kafka.tls') === true,
    tls: { ca: text('tls_ca'), cert: text('tls_cert'), key: text('tls_key'), isInsecure: false },
    sasl: saslOf(
      text('sasl_mechanism'),
      text('sasl_username'),
      withEnvironment(text('sasl_password'), env, 'kafka.sasl_password'),
    ),
  };
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
