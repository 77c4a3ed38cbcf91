/**
 * What forwarding counts, by destination. Spans held = sent + dropped + waiting.
 */
import type { Metric } from '../metrics.ts';
import type { DestinationStatus } from './forwarder.ts';

const by =
  (read: (status: DestinationStatus) => number): Metric['read'] =>
  ({ forward }) =>
    new Map(forward.map((status) => [status.name, read(status)]));

const label = 'destination';

export const forwardMetrics: readonly Metric[] = [
  {
    name: 'clew_forward_spans_sent_total',
    kind: 'counter',
    label,
    says: 'spans that a destination took',
    read: by(({ sentSpans }) => sentSpans),
  },
  {
    name: 'clew_forward_requests_sent_total',
    kind: 'counter',
    label,
    says: 'received requests that a destination took, several of them in one message',
    read: by(({ sentRequests }) => sentRequests),
  },
  {
    name: 'clew_forward_spans_dropped_total',
    kind: 'counter',
    label,
    says: 'spans that a destination refused or that were given up for it, reasons in ingest_ledger; alert when it grows',
    read: by(({ droppedSpans }) => [...droppedSpans.values()].reduce((sum, n) => sum + n, 0)),
  },
  {
    name: 'clew_forward_failures_total',
    kind: 'counter',
    label,
    says: 'tries that failed; each is repeated until it succeeds or a bound is reached',
    read: by(({ failures }) => failures),
  },
  {
    name: 'clew_forward_up',
    kind: 'gauge',
    label,
    says: '0 while a destination takes nothing',
    read: by(({ isUp }) => (isUp ? 1 : 0)),
  },
  {
    name: 'clew_forward_waiting_bytes',
    kind: 'gauge',
    label,
    says: 'bytes on disk that wait for a destination; near its bytes_max the oldest are given up',
    read: by(({ waitingBytes }) => waitingBytes),
  },
  {
    name: 'clew_forward_lag_seconds',
    kind: 'gauge',
    label,
    says: 'age of the oldest that waits for a destination',
    read: by(({ lagMs }) => lagMs / 1000),
  },
];
