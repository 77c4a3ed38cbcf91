/**
 * What the collector counts, and how the counters relate.
 *
 * Plain numbers and a table to read them; which library prints them is decided elsewhere.
 * requests received = accepted + repeated + refused. Spans received = accepted + rejected.
 */
import type { DestinationStatus } from './forward/forwarder.ts';
import { forwardMetrics } from './forward/metrics.ts';
import { kafkaMetrics } from './kafka/metrics.ts';
import type { KafkaStatus } from './kafka/receiver.ts';

/** Counters by label value, made on first use. */
export type Labelled = Map<string, number>;

export interface Counters {
  readonly requestsAccepted: Labelled;
  readonly requestsRepeated: Labelled;
  readonly requestsRefused: Labelled;
  readonly spansAccepted: Labelled;
  readonly spansRejected: Labelled;
  readonly thingsCut: Labelled;
  readonly bytesReceived: Labelled;
  loads: number;
  loadFailures: number;
  loadMs: number;
  segmentsSealed: number;
  framesQuarantined: number;
  framesDamaged: number;
  tornBytes: number;
  segmentsReplayed: number;
}

export function createCounters(): Counters {
  return {
    requestsAccepted: new Map(),
    requestsRepeated: new Map(),
    requestsRefused: new Map(),
    spansAccepted: new Map(),
    spansRejected: new Map(),
    thingsCut: new Map(),
    bytesReceived: new Map(),
    loads: 0,
    loadFailures: 0,
    loadMs: 0,
    segmentsSealed: 0,
    framesQuarantined: 0,
    framesDamaged: 0,
    tornBytes: 0,
    segmentsReplayed: 0,
  };
}

export function count(counter: Labelled, label: string, by = 1): void {
  counter.set(label, (counter.get(label) ?? 0) + by);
}

export function total(counter: Labelled): number {
  let sum = 0;
  for (const value of counter.values()) sum += value;
  return sum;
}

/** What can be asked about a running collector at any time; cheap. */
export interface CollectorStats {
  /** Spans acknowledged since the start. */
  readonly acceptedSpans: number;
  /** Over the last few seconds. */
  readonly spansPerSecond: number;
  readonly isHealthy: boolean;
  readonly spoolBytes: number;
  readonly openSegmentBytes: number;
  readonly segmentsWaiting: number;
  readonly loadedBytesKept: number;
  readonly inFlightBytes: number;
  readonly connections: number;
  readonly repeatsRemembered: number;
  readonly syncs: number;
  /** How each destination of forwarding is doing. */
  readonly forward: readonly DestinationStatus[];
  /** Undefined when nothing is received from Kafka. */
  readonly kafka: KafkaStatus | undefined;
  readonly counters: Counters;
}

/** One metric: its name in Prometheus' habits, what it means, and how to read it. */
export interface Metric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly label?: string;
  readonly says: string;
  read(stats: CollectorStats): number | ReadonlyMap<string, number>;
}

export const collectorMetrics: readonly Metric[] = [
  {
    name: 'clew_requests_accepted_total',
    kind: 'counter',
    label: 'listener',
    says: 'requests acknowledged and stored; accepted + repeated + refused = received',
    read: ({ counters }) => counters.requestsAccepted,
  },
  {
    name: 'clew_requests_repeated_total',
    kind: 'counter',
    label: 'listener',
    says: 'requests that came a second time and were acknowledged without being stored again',
    read: ({ counters }) => counters.requestsRepeated,
  },
  {
    name: 'clew_requests_refused_total',
    kind: 'counter',
    label: 'reason',
    says: 'requests refused; alert when refused / received > 1 %',
    read: ({ counters }) => counters.requestsRefused,
  },
  {
    name: 'clew_spans_accepted_total',
    kind: 'counter',
    label: 'listener',
    says: 'spans acknowledged; accepted + rejected = received',
    read: ({ counters }) => counters.spansAccepted,
  },
  {
    name: 'clew_spans_rejected_total',
    kind: 'counter',
    label: 'reason',
    says: 'spans left out of an accepted request, told to the sender as partial success',
    read: ({ counters }) => counters.spansRejected,
  },
  {
    name: 'clew_cut_total',
    kind: 'counter',
    label: 'reason',
    says: 'things cut or moved on accepted spans, each marked on its span',
    read: ({ counters }) => counters.thingsCut,
  },
  {
    name: 'clew_received_bytes_total',
    kind: 'counter',
    label: 'listener',
    says: 'bytes of accepted requests after decompression',
    read: ({ counters }) => counters.bytesReceived,
  },
  {
    name: 'clew_spool_bytes',
    kind: 'gauge',
    says: 'acknowledged bytes that the engine has not taken; alert near spool.bytes_max',
    read: ({ spoolBytes }) => spoolBytes,
  },
  {
    name: 'clew_spool_segments_waiting',
    kind: 'gauge',
    says: 'sealed segments that wait for the engine; more than a few means it is behind or away',
    read: ({ segmentsWaiting }) => segmentsWaiting,
  },
  {
    name: 'clew_spool_loaded_bytes',
    kind: 'gauge',
    says: 'bytes of loaded segments kept for recovery',
    read: ({ loadedBytesKept }) => loadedBytesKept,
  },
  {
    name: 'clew_spool_healthy',
    kind: 'gauge',
    says: '0 after a failed sync, when nothing is acknowledged any more; alert at once',
    read: ({ isHealthy }) => (isHealthy ? 1 : 0),
  },
  {
    name: 'clew_spool_syncs_total',
    kind: 'counter',
    says: 'syncs of segments to disk',
    read: ({ syncs }) => syncs,
  },
  {
    name: 'clew_in_flight_bytes',
    kind: 'gauge',
    says: 'bytes of requests in memory; refused beyond receive.in_flight_bytes_max',
    read: ({ inFlightBytes }) => inFlightBytes,
  },
  {
    name: 'clew_connections',
    kind: 'gauge',
    says: 'open connections of all listeners',
    read: ({ connections }) => connections,
  },
  {
    name: 'clew_loads_total',
    kind: 'counter',
    says: 'segments loaded into the engine; about one a second under load',
    read: ({ counters }) => counters.loads,
  },
  {
    name: 'clew_load_seconds_total',
    kind: 'counter',
    says: 'time spent loading; near 1 per second the engine is at its limit',
    read: ({ counters }) => counters.loadMs / 1000,
  },
  {
    name: 'clew_load_failures_total',
    kind: 'counter',
    says: 'tries to load that failed; each is repeated or bisected, nothing is lost by one',
    read: ({ counters }) => counters.loadFailures,
  },
  {
    name: 'clew_frames_quarantined_total',
    kind: 'counter',
    says: 'requests that the engine refused or that were damaged on disk; alert when it grows',
    read: ({ counters }) => counters.framesQuarantined,
  },
  {
    name: 'clew_frames_damaged_total',
    kind: 'counter',
    says: 'those of the quarantined that failed their checksum: the disk is at fault',
    read: ({ counters }) => counters.framesDamaged,
  },
  {
    name: 'clew_torn_bytes_total',
    kind: 'counter',
    says: 'bytes cut at the end of segments after a crash; none of them were acknowledged under always',
    read: ({ counters }) => counters.tornBytes,
  },
  {
    name: 'clew_segments_replayed_total',
    kind: 'counter',
    says: 'kept segments loaded again because the engine had lost a part of them',
    read: ({ counters }) => counters.segmentsReplayed,
  },
  ...forwardMetrics,
  ...kafkaMetrics,
];
