/**
 * Every maximum of the HTTP faces, with its reason. What an operator may change is in settings.ts.
 *
 * Never knows: who enforces a limit.
 */

const KiB = 1024;
const SECOND = 1000;

export const limits = {
  /** Below `headersBytesMax`, so that a long URL gets an answer of its own instead of a bare 431. */
  urlBytesMax: 8 * KiB,
  /** Request line and all headers together. */
  headersBytesMax: 16 * KiB,
  headersMsMax: 10 * SECOND,
  /** The whole request must have arrived by then; no request of these faces has a large body. */
  requestMsMax: 30 * SECOND,
  /** Longer than the 60 s of common proxies, so that the proxy closes first and no request is lost. */
  idleMsMax: 65 * SECOND,
  /** A reader that takes no byte for this long; longer than the longest question (600 s). */
  stalledMsMax: 660 * SECOND,
  bodyBytesMax: 64 * KiB,
  /** A file of traces that jaeger-ui has translated: some 10,000 spans, parsed in 60 ms. */
  uploadBytesMax: 8 * 1024 * KiB,
  requestsPerConnectionMax: 10_000,
  /** Conditions on attributes in one search. */
  attributeConditionsMax: 32,
  /** Service names, operation names and attribute values in a question; what is stored is shorter. */
  textCharsMax: 1024,
  /** A TraceQL text; with its escapes it has to fit into a URL, which is refused by bytes before. */
  traceqlCharsMax: 8 * KiB,
  /** Attributes named by one completion request. */
  attributesMax: 1000,
  /** A longer wait for unloaded spans answers with what is stored and says so in a header. */
  freshMsMax: 5 * SECOND,
  /** Spans of a trace written between two looks at whether the client is still there. */
  spansPerChunk: 256,
  /** JSON below this size is not worth compressing: one network packet carries it. */
  compressBytesMin: 1400,
  /** Traces in one answer of the APIs of other products; what `query.limit_max` allows by default. */
  tracesMax: 1000,
  /** Calls over one connection of gRPC at a time; an editor of queries asks a handful. */
  grpcStreamsMax: 100,
  /** Names or values of tags in one answer of Tempo's API; what `query` lists at most. */
  tagsMax: 10_000,
  /** Traces of one search through Tempo's API, page by page; with their spans some 20 MiB. */
  tempoTracesMax: 10_000,
  /** Spans shown of one spanset when Tempo's API asks for all of them. */
  spansetSpansMax: 1000,
  /** Traces asked for by their ids in one request; each costs a read of its own. */
  traceIdsMax: 200,
  /** Steps of a line in the Monitor tab; more than a screen has pixels. */
  metricStepsMax: 1500,
  /** Services of one question about metrics. */
  metricServicesMax: 100,
  /** A PromQL expression; Grafana writes a few hundred characters. */
  promqlCharsMax: 8 * KiB,
  /** Points of time in one PromQL answer; as Prometheus has it. */
  promqlStepsMax: 11_000,
  /** Series times points in one PromQL answer; some 40 MB while it is computed. */
  promqlPointsMax: 2_000_000,
  /** Label sets in one list of series. */
  promqlSeriesMax: 10_000,
  /** Series of the scrape page; what is left out is counted there. */
  scrapeSeriesMax: 1_000,
  /** Attribute keys that Zipkin's search form completes. */
  completedKeysMax: 100,
  pulseMs: SECOND,
  /** How soon the first span is noticed by a page that waits for it. */
  firstSpanMs: 100,
  /** The newest trace costs a search, so it is looked up less often than the pulse beats. */
  latestMs: 2 * SECOND,
  /** Bytes a slow reader of pulses may leave unread before it is dropped. */
  pulseUnreadBytesMax: 64 * KiB,
  /** Sent with 503: the engine host is back within three seconds of a crash. */
  retryAfterSeconds: 2,
} as const;
