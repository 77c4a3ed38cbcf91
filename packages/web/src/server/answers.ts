/**
 * The shapes of the native API's answers, as this package reads them. Times are texts of epoch nanoseconds (they do not
 * fit a number), durations are numbers of nanoseconds, ids are lower-case hex.
 *
 * Never knows: how they are fetched.
 */

export type Listener = { readonly name: string; readonly url: string };

export type Status = {
  readonly version: string;
  readonly engine: 'ready' | 'starting' | 'down';
  readonly acceptedSpans: number;
  readonly spansPerSecond: number;
  readonly latest: {
    readonly traceId: string;
    readonly service: string;
    readonly name: string;
    readonly startNs: string;
  } | null;
  readonly listeners: readonly Listener[];
  readonly hotWindowMs: number;
};

export type Service = {
  readonly name: string;
  /** Colour slot, see tokens/looks.ts. */
  readonly look: number;
  readonly spans: number;
  readonly errors: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
};

export type Operation = {
  readonly name: string;
  readonly kind: number | string;
  readonly spans: number;
  readonly lastSeenMs: number;
};

export type Attribute = {
  readonly scope: string;
  readonly key: string;
  readonly type: string;
  readonly uses: number;
  readonly samples: readonly string[];
};

export type ServiceShare = {
  readonly name: string;
  readonly look: number;
  readonly spans: number;
  readonly errors: number;
};

export type TraceRow = {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly startNs: string;
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  readonly services: readonly ServiceShare[];
  /** How many spans of the trace satisfy the question. */
  readonly matched: number;
};

export type SpanRow = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
  readonly look: number;
  readonly name: string;
  readonly kind: number | string;
  readonly status: number | string;
  readonly statusMessage: string;
  readonly startNs: string;
  readonly durationNs: number;
};

export type SearchAnswer = {
  readonly traces?: readonly TraceRow[];
  readonly spans?: readonly SpanRow[];
  readonly complete: boolean;
  readonly cursor: string | null;
  readonly traceql: string;
  readonly took: { readonly ms: number; readonly rowsRead: number };
};
