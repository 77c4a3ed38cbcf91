/**
 * What answers look like. Ids are lower-case hex, epoch times decimal strings of nanoseconds, durations numbers.
 *
 * Never knows: how a face names or encodes any of it.
 */
import type { KindName, StatusName } from '@clew/traceql';
import type { FieldValue } from './value.ts';

/** What an answer cost: wall time in the engine and the rows it read. */
export type Took = { readonly ms: number; readonly rowsRead: number };

// ── Whole spans ─────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A typed attribute. 64-bit integers are decimal strings; arrays, key lists and bytes are what was sent:
 * the protobuf bytes of `ArrayValue` and `KeyValueList`, and the bytes themselves.
 */
export type Attribute =
  | { readonly key: string; readonly type: 'string'; readonly value: string }
  | { readonly key: string; readonly type: 'int'; readonly value: string }
  | { readonly key: string; readonly type: 'double'; readonly value: number }
  | { readonly key: string; readonly type: 'bool'; readonly value: boolean }
  | {
      readonly key: string;
      readonly type: 'array' | 'kvlist' | 'bytes';
      readonly value: Uint8Array;
    }
  | { readonly key: string; readonly type: 'empty'; readonly value: null };

export type SpanEvent = {
  readonly timeNs: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
};

export type SpanLink = {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
};

export type Resource = {
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
  readonly schemaUrl: string;
};

export type Scope = {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
  readonly schemaUrl: string;
};

/** A span as it was sent, and what Clew noted about it. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly service: string;
  readonly name: string;
  readonly kind: KindName;
  readonly status: StatusName;
  readonly statusMessage: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly durationNs: number;
  readonly attributes: readonly Attribute[];
  readonly droppedAttributes: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEvents: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinks: number;
  readonly resource: Resource;
  readonly scope: Scope;
  /** Bit set of `wire`'s marks: what was cut or corrected at admission. */
  readonly marks: number;
  readonly arrivedMs: number;
  readonly listener: string;
};

/** A span that is looked at on its own. */
export type SpanDetails = Span & {
  /** The colour slot of its service. */
  readonly look: number;
};

/** Spans in start order, ties by span id; exact repeats of one span are given once. */
export type Trace = {
  readonly traceId: string;
  readonly spans: readonly Span[];
  /** False when the limit on spans cut the trace. */
  readonly complete: boolean;
  readonly took: Took;
};

// ── Whole traces, short ─────────────────────────────────────────────────────────────────────────────────────────────

/** A service within a trace; `look` is its colour slot. */
export type ServiceShare = {
  readonly name: string;
  readonly look: number;
  readonly spans: number;
  readonly errors: number;
};

export type TraceSummary = {
  readonly traceId: string;
  /** Service and name of the root: the earliest span without a parent, else the earliest span there is. */
  readonly rootService: string;
  readonly rootName: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  /** Spans on the longest way from a root to a leaf. */
  readonly depth: number;
  /** Spans whose parent id names no span of the trace. */
  readonly missingParents: number;
  /** In order of first appearance. */
  readonly services: readonly ServiceShare[];
  readonly took: Took;
};

/** A trace as columns, one row per span in start order: what the waterfall draws from. */
export type TraceColumns = {
  readonly traceId: string;
  /** Start of the earliest span, epoch nanoseconds. */
  readonly baseNs: string;
  readonly spans: number;
  readonly complete: boolean;
  readonly services: readonly { readonly name: string; readonly look: number }[];
  readonly names: readonly string[];
  /** Row of the parent; −1 for a root, −2 when the parent is not there. */
  readonly parent: Int32Array;
  /** Nanoseconds after `baseNs`. */
  readonly start: Float64Array;
  readonly duration: Float64Array;
  /** Eight big-endian bytes per row. */
  readonly spanId: Uint8Array;
  /** Index into `names`. */
  readonly name: Uint16Array | Uint32Array;
  /** Index into `services`. */
  readonly service: Uint8Array | Uint16Array;
  /** OTLP numbers. */
  readonly kind: Uint8Array;
  readonly status: Uint8Array;
  /** Bits: 0 has events, 1 has links, 2 has marks, 3 has an exception event. */
  readonly flags: Uint8Array;
  readonly took: Took;
};

// ── Search ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export type TraceHit = {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly startNs: string;
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  readonly services: readonly ServiceShare[];
  /** Spans of the trace that match the question. */
  readonly matched: number;
  /** There when they were asked for (`Page.spansPerSpanset`). */
  readonly spansets?: readonly SpansetHit[];
};

/** Spans of one trace that a search put together, in start order. */
export type SpansetHit = {
  /** How many there are; `spans` may be fewer. */
  readonly matched: number;
  readonly spans: readonly SpansetSpan[];
  /** What `by(…)` and aggregates found, named as they are written. */
  readonly attributes: readonly NamedValue[];
};

export type SpansetSpan = Omit<SpanHit, 'look'> & {
  /** Fields that the query looks at or selects, by their TraceQL names; what a span lacks is left out. */
  readonly attributes: readonly NamedValue[];
};

export type NamedValue = { readonly name: string; readonly value: FieldValue | null };

export type SpanHit = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
  readonly look: number;
  readonly name: string;
  readonly kind: KindName;
  readonly status: StatusName;
  readonly statusMessage: string;
  readonly startNs: string;
  readonly durationNs: number;
};

/** A page of a search, newest first. */
export type Hits<Hit> = {
  readonly hits: readonly Hit[];
  /** False when time or row limits ended the search before its range did; `cursor` goes on from there. */
  readonly complete: boolean;
  /** Where the next page starts; null when there is none. */
  readonly cursor: string | null;
  /** The question as TraceQL. */
  readonly traceql: string;
  readonly took: Took;
};

/** Some hits of a page that is given in parts; parts one after another are the page. */
export type HitsPart<Hit> = {
  /** The next hits, newest first; may be none. */
  readonly hits: readonly Hit[];
  /** How much of the time range has been looked at, 0 to 1. */
  readonly looked: number;
  /** There with the last part only. */
  readonly end: Pick<Hits<Hit>, 'complete' | 'cursor'> | null;
  readonly traceql: string;
  /** What the parts up to this one cost together. */
  readonly took: Took;
};

// ── What there is ───────────────────────────────────────────────────────────────────────────────────────────────────

export type SeenService = {
  readonly name: string;
  readonly look: number;
  readonly spans: number;
  readonly errors: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
};

export type SeenOperation = {
  readonly name: string;
  readonly kind: KindName;
  readonly spans: number;
  readonly lastSeenMs: number;
};

export type CataloguedScope = 'span' | 'resource' | 'scope' | 'event' | 'link';

export type SeenAttribute = {
  readonly scope: CataloguedScope;
  readonly key: string;
  readonly type: 'string' | 'int' | 'double' | 'bool' | 'other';
  readonly uses: number;
  readonly samples: readonly string[];
};
