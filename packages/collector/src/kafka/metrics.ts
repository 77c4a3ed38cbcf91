/**
 * What receiving from Kafka counts; spans and refusals are counted as of the listener `kafka`.
 */
import type { Metric } from '../metrics.ts';

export const kafkaMetrics: readonly Metric[] = [
  {
    name: 'clew_kafka_messages_total',
    kind: 'counter',
    says: 'messages read from Kafka',
    read: ({ kafka }) => kafka?.messages ?? 0,
  },
  {
    name: 'clew_kafka_poison_total',
    kind: 'counter',
    says: 'messages that could not be read and were passed over, reasons in ingest_ledger; alert when it grows',
    read: ({ kafka }) => kafka?.poison ?? 0,
  },
  {
    name: 'clew_kafka_up',
    kind: 'gauge',
    says: '0 while Kafka is set and cannot be read',
    read: ({ kafka }) => (kafka === undefined || kafka.isUp ? 1 : 0),
  },
];
