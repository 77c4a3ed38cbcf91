/**
 * The answers of the native API as schemas: the OpenAPI document, the types of the screen and the
 * tests are all made from them. Ids are lower-case hex, `…Ns` strings of epoch nanoseconds.
 *
 * Never knows: where an answer comes from.
 */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const look = v.pipe(count, v.description('colour slot of the service; wraps at 24'));
const timeNs = v.pipe(v.string(), v.regex(/^\d+$/), v.description('epoch nanoseconds'));
const timeMs = v.pipe(v.number(), v.description('epoch milliseconds'));
const durationNs = v.pipe(v.number(), v.minValue(0), v.description('nanoseconds'));
const traceId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const spanId = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const parentSpanId = v.pipe(
  v.string(),
  v.regex(/^([0-9a-f]{16})?$/),
  v.description('empty for a root'),
);
const kindNames = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statusNames = ['unset', 'ok', 'error'] as const;
const scopeNames = ['span', 'resource', 'scope', 'event', 'link'] as const;
export const names = { kind: kindNames, status: statusNames, scope: scopeNames } as const;

const kind = v.picklist(kindNames);
const status = v.picklist(statusNames);

export const errorAnswer = v.object({
  error: v.object({
    code: v.pipe(v.string(), v.description('for programs; kebab-case, stable')),
    message: v.pipe(v.string(), v.description('what was found and what was wanted')),
    hint: v.optional(v.pipe(v.string(), v.description('what to do'))),
    at: v.optional(
      v.pipe(
        v.object({ line: count, column: count, from: count, to: count }),
        v.description(
          'where in the TraceQL: line and column from 1, from and to in UTF-16 units from 0, to exclusive',
        ),
      ),
    ),
    requestId: v.string(),
  }),
});

// ── Status ──────────────────────────────────────────────────────────────────────────────────────

export const statusAnswer = v.object({
  version: v.string(),
  engine: v.picklist(['ready', 'starting', 'down']),
  acceptedSpans: v.pipe(count, v.description('acknowledged since the start of the process')),
  spansPerSecond: v.number(),
  latest: v.nullable(v.object({ traceId, service: v.string(), name: v.string(), startNs: timeNs })),
  listeners: v.array(v.object({ name: v.string(), url: v.string() })),
  hotWindowMs: v.number(),
  forward: v.optional(
    v.pipe(
      v.array(
        v.object({
          name: v.string(),
          protocol: v.string(),
          endpoint: v.string(),
          isUp: v.boolean(),
          failure: v.pipe(v.string(), v.description('why the last request failed; empty when up')),
          waitingBytes: count,
          lagMs: v.pipe(v.number(), v.description('age of the oldest that waits')),
          sentSpans: count,
          droppedSpans: v.pipe(
            v.record(v.string(), count),
            v.description('by reason: refused, rejected or given up'),
          ),
        }),
      ),
      v.description('where received spans also go'),
    ),
  ),
  kafka: v.optional(
    v.object({ isUp: v.boolean(), failure: v.string(), messages: count, poison: count }),
  ),
});
export type StatusAnswer = v.InferOutput<typeof statusAnswer>;

// ── What there is ───────────────────────────────────────────────────────────────────────────────

export const servicesAnswer = v.object({
  services: v.array(
    v.object({
      name: v.string(),
      look,
      spans: count,
      errors: count,
      firstSeenMs: timeMs,
      lastSeenMs: timeMs,
    }),
  ),
});
export type ServicesAnswer = v.InferOutput<typeof servicesAnswer>;

export const operationsAnswer = v.object({
  operations: v.array(v.object({ name: v.string(), kind, spans: count, lastSeenMs: timeMs })),
});
export type OperationsAnswer = v.InferOutput<typeof operationsAnswer>;

export const attributesAnswer = v.object({
  attributes: v.array(
    v.object({
      scope: v.picklist(scopeNames),
      key: v.string(),
      type: v.picklist(['string', 'int', 'double', 'bool', 'other']),
      uses: count,
      samples: v.array(v.string()),
    }),
  ),
});
export type AttributesAnswer = v.InferOutput<typeof attributesAnswer>;

// ── Search ──────────────────────────────────────────────────────────────────────────────────────

const serviceShare = v.object({ name: v.string(), look, spans: count, errors: count });

const traceHit = v.object({
  traceId,
  rootService: v.string(),
  rootName: v.string(),
  startNs: timeNs,
  durationNs,
  spans: count,
  errors: count,
  services: v.array(serviceShare),
  matched: v.pipe(count, v.description('spans of the trace that match')),
});

const spanHit = v.object({
  traceId,
  spanId,
  parentSpanId,
  service: v.string(),
  look,
  name: v.string(),
  kind,
  status,
  statusMessage: v.string(),
  startNs: timeNs,
  durationNs,
});

export const searchAnswer = v.object({
  traces: v.optional(v.pipe(v.array(traceHit), v.description('with by=trace; newest first'))),
  spans: v.optional(v.pipe(v.array(spanHit), v.description('with by=span; newest first'))),
  complete: v.pipe(v.boolean(), v.description('false when a limit ended the search early')),
  cursor: v.pipe(v.nullable(v.string()), v.description('starts the next page')),
  traceql: v.pipe(v.string(), v.description('the question as TraceQL')),
  took: v.object({ ms: v.number(), rowsRead: count }),
});
export type SearchAnswer = v.InferOutput<typeof searchAnswer>;

const explainedStatement = v.object({
  sql: v.pipe(v.string(), v.description('parameters stand as {name:Type}, without values')),
  parameters: v.pipe(count, v.description('how many parameters are sent beside the text')),
});

export const explainAnswer = v.object({
  traceql: v.pipe(v.string(), v.description('the question as Clew understood it')),
  plan: v.pipe(v.string(), v.description('last step first, each input indented below')),
  statement: v.pipe(explainedStatement, v.description('run in each window of time')),
  evaluation: v.pipe(
    v.nullable(explainedStatement),
    v.description('then run about the traces found, when only whole traces give the answer'),
  ),
});
export type ExplainAnswer = v.InferOutput<typeof explainAnswer>;

const filterWhy = v.object({
  filter: v.pipe(v.string(), v.description('one filter of the question, as TraceQL')),
  spans: v.pipe(count, v.description('spans of which all its conditions hold')),
  conditions: v.array(
    v.object({
      condition: v.string(),
      spans: v.pipe(
        v.nullable(count),
        v.description('spans of which it holds by itself; null when only whole traces can tell'),
      ),
      near: v.pipe(
        v.array(
          v.object({ kind: v.picklist(['name', 'scope', 'type', 'value']), condition: v.string() }),
        ),
        v.description('what may have been meant, when it holds nowhere'),
      ),
    }),
  ),
  pairs: v.pipe(
    v.array(v.object({ conditions: v.tuple([v.string(), v.string()]), spans: count })),
    v.description('spans of which two conditions hold that each hold somewhere'),
  ),
});

export const whyEmptyAnswer = v.object({
  traceql: v.pipe(v.string(), v.description('the question as Clew understood it')),
  text: v.pipe(v.string(), v.description('the whole explanation in sentences, a line each')),
  counted: v.pipe(
    v.object({ spans: count, fromNs: timeNs, toNs: timeNs, whole: v.boolean() }),
    v.description(
      'the spans looked at; whole is false when these are only the newest of the range',
    ),
  ),
  filters: v.array(filterWhy),
  instead: v.pipe(
    v.array(v.object({ traceql: v.string(), because: v.string() })),
    v.description('questions that do find something in this range'),
  ),
  earlierNs: v.pipe(
    v.nullable(timeNs),
    v.description('start of the newest trace that the question finds before the range'),
  ),
  laterNs: v.pipe(
    v.nullable(timeNs),
    v.description('start of the newest trace that the question finds after the range'),
  ),
  took: v.object({ ms: v.number(), rowsRead: count }),
});
export type WhyEmptyAnswer = v.InferOutput<typeof whyEmptyAnswer>;

export const sqlAnswer = v.object({
  columns: v.array(
    v.object({ name: v.string(), type: v.pipe(v.string(), v.description('type of ClickHouse')) }),
  ),
  rows: v.pipe(
    v.array(v.array(v.any())),
    v.description('cells in the order of columns; 64-bit integers beyond 2^53 are strings'),
  ),
  rowCount: count,
  complete: v.pipe(v.boolean(), v.description('false when there are more rows than sql.rows_max')),
  sql: v.pipe(v.string(), v.description('the statement that ran, without its values')),
  took: v.object({ ms: v.number(), rowsRead: count }),
});
export type SqlAnswer = v.InferOutput<typeof sqlAnswer>;

// ── One trace ───────────────────────────────────────────────────────────────────────────────────

export const traceSummaryAnswer = v.object({
  traceId,
  rootService: v.string(),
  rootName: v.string(),
  startNs: timeNs,
  endNs: timeNs,
  durationNs,
  spans: count,
  errors: count,
  depth: v.pipe(count, v.description('spans on the longest way from a root to a leaf')),
  missingParents: v.pipe(count, v.description('spans whose parent is not stored')),
  services: v.array(serviceShare),
});
export type TraceSummaryAnswer = v.InferOutput<typeof traceSummaryAnswer>;

export const otlpAnswer = v.pipe(
  v.object({ resourceSpans: v.array(v.looseObject({})) }),
  v.description('OTLP/JSON TracesData; values exactly as sent'),
);

/** A value with its type; ints are decimal strings, bytes base64. */
export type ValueAnswer =
  | { type: 'string' | 'int' | 'bytes'; value: string }
  | { type: 'double'; value: number | 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { type: 'bool'; value: boolean }
  | { type: 'array'; value: ValueAnswer[] }
  | { type: 'kvlist'; value: AttributeAnswer[] }
  | { type: 'empty'; value: null };
export type AttributeAnswer = { key: string } & ValueAnswer;

const scalarValues = [
  v.object({ type: v.picklist(['string', 'int', 'bytes']), value: v.string() }),
  v.object({
    type: v.literal('double'),
    value: v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity', '-0'])]),
  }),
  v.object({ type: v.literal('bool'), value: v.boolean() }),
  v.object({ type: v.literal('empty'), value: v.null() }),
] as const;

export const valueAnswer: v.GenericSchema<ValueAnswer> = v.union([
  ...scalarValues,
  v.object({ type: v.literal('array'), value: v.array(v.lazy(() => valueAnswer)) }),
  v.object({ type: v.literal('kvlist'), value: v.array(v.lazy(() => attributeAnswer)) }),
]);

export const attributeAnswer: v.GenericSchema<AttributeAnswer> = v.intersect([
  v.object({ key: v.string() }),
  v.lazy(() => valueAnswer),
]);

const attributes = v.array(attributeAnswer);

export const spanAnswer = v.object({
  traceId,
  spanId,
  parentSpanId,
  traceState: v.string(),
  flags: count,
  service: v.string(),
  look,
  name: v.string(),
  kind,
  status,
  statusMessage: v.string(),
  startNs: timeNs,
  endNs: timeNs,
  durationNs,
  attributes,
  droppedAttributes: count,
  events: v.array(v.object({ timeNs, name: v.string(), attributes, droppedAttributes: count })),
  droppedEvents: count,
  links: v.array(
    v.object({
      traceId,
      spanId,
      traceState: v.string(),
      flags: count,
      attributes,
      droppedAttributes: count,
    }),
  ),
  droppedLinks: count,
  resource: v.object({ attributes, droppedAttributes: count, schemaUrl: v.string() }),
  scope: v.object({
    name: v.string(),
    version: v.string(),
    attributes,
    droppedAttributes: count,
    schemaUrl: v.string(),
  }),
  marks: v.pipe(
    v.array(v.string()),
    v.description('what Clew cut or corrected on this span when it arrived'),
  ),
  arrivedMs: timeMs,
  listener: v.string(),
});
export type SpanAnswer = v.InferOutput<typeof spanAnswer>;

/** Schemas that the OpenAPI document names, because they contain themselves. */
export const namedAnswers = { Value: valueAnswer, Attribute: attributeAnswer };
