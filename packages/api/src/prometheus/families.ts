/**
 * The metrics that Clew derives from spans, by the names that Tempo's metrics generator gives them: Grafana's service graph
 * and span metrics views ask for these.
 *
 * https://grafana.com/docs/tempo/latest/metrics-from-traces/. Never knows: how they are counted.
 */

/** What a metric counts: spans of one name, or calls between two services. */
export type Subject = 'spans' | 'edges';

export type Measure = 'calls' | 'failed' | 'seconds' | 'clientSeconds' | 'serverSeconds';

export type Family = {
  readonly name: string;
  readonly subject: Subject;
  readonly measure: Measure;
  /** A plain counter, or one series of a histogram. */
  readonly part: 'counter' | 'sum' | 'count' | 'bucket';
};

type Described = {
  readonly name: string;
  readonly type: 'counter' | 'histogram';
  readonly subject: Subject;
  readonly measure: Measure;
  readonly help: string;
};

export const metrics: readonly Described[] = [
  {
    name: 'traces_service_graph_request_total',
    type: 'counter',
    subject: 'edges',
    measure: 'calls',
    help: 'Calls between two services',
  },
  {
    name: 'traces_service_graph_request_failed_total',
    type: 'counter',
    subject: 'edges',
    measure: 'failed',
    help: 'Calls between two services of which either span has status error',
  },
  {
    name: 'traces_service_graph_request_server_seconds',
    type: 'histogram',
    subject: 'edges',
    measure: 'serverSeconds',
    help: 'Duration of calls between two services as the called one measured it',
  },
  {
    name: 'traces_service_graph_request_client_seconds',
    type: 'histogram',
    subject: 'edges',
    measure: 'clientSeconds',
    help: 'Duration of calls between two services as the calling one measured it',
  },
  {
    name: 'traces_spanmetrics_calls_total',
    type: 'counter',
    subject: 'spans',
    measure: 'calls',
    help: 'Spans',
  },
  {
    name: 'traces_spanmetrics_latency',
    type: 'histogram',
    subject: 'spans',
    measure: 'seconds',
    help: 'Duration of spans',
  },
];

const parts = ['sum', 'count', 'bucket'] as const;

export const families: readonly Family[] = metrics.flatMap(
  ({ name, type, subject, measure }): Family[] =>
    type === 'counter'
      ? [{ name, subject, measure, part: 'counter' }]
      : parts.map((part) => ({ name: `${name}_${part}`, subject, measure, part })),
);

export const spanLabels = ['service', 'span_name', 'span_kind', 'status_code'] as const;
export const edgeLabels = ['client', 'server', 'connection_type'] as const;

export function labelsOf({ subject, part }: Family): readonly string[] {
  const labels = subject === 'spans' ? spanLabels : edgeLabels;
  return part === 'bucket' ? ['__name__', ...labels, 'le'] : ['__name__', ...labels];
}

// ── Buckets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Durations are stored in eight buckets to a power of two of nanoseconds. Here there are two, from 16 µs to 18 minutes:
 * 41 % apart, of which a quantile is interpolated. Every series has all of them, so that they can be added up.
 */
const firstBucket = 14 * 8;
const lastBucket = 40 * 8;
const bucketStep = 4;

export type Bound = { readonly le: string; readonly below: number };

/** A bucket holds the stored ones whose number is below `below`. */
export const bounds: readonly Bound[] = [
  ...Array.from({ length: (lastBucket - firstBucket) / bucketStep + 1 }, (_, at) => {
    const below = firstBucket + at * bucketStep;
    return { le: String(2 ** (below / 8) / 1e9), below };
  }),
  { le: '+Inf', below: Number.POSITIVE_INFINITY },
];
