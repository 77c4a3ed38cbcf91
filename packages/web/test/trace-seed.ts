/**
 * Traces for the tests of the Trace page, as OTLP/JSON: a full checkout, a broken one, and a large one.
 *
 * Never knows: the page.
 */

export const traceIds = {
  checkout: '5bf92f3577b34da6a3ce929d0e0e4736',
  other: '5bf92f3577b34da6a3ce929d0e0e4737',
  broken: '5bf92f3577b34da6a3ce929d0e0e4738',
  large: '5bf92f3577b34da6a3ce929d0e0e4739',
} as const;

interface Span {
  readonly service: string;
  readonly name: string;
  /** Index of the parent, or 16 hex digits of one that is not there. */
  readonly parent?: number | string;
  readonly kind?: number;
  /** Milliseconds from the trace's start. */
  readonly start: number;
  readonly duration: number;
  readonly error?: string;
  readonly more?: object;
}

/** The id of the span at `index` of any trace here. */
export function spanId(index: number): string {
  return (0xb000_0000_0000_0000n + BigInt(index)).toString(16);
}

const nanos = (ms: number) => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

function tracesData(traceId: string, startMs: number, spans: readonly Span[], first = 0): object {
  const byService = new Map<string, { span: Span; index: number }[]>();
  spans.forEach((span, i) => {
    const own = byService.get(span.service) ?? [];
    own.push({ span, index: first + i });
    byService.set(span.service, own);
  });
  return {
    resourceSpans: [...byService].map(([service, own]) => ({
      resource: {
        attributes: [text('service.name', service), text('service.version', '2.14.0')],
      },
      scopeSpans: [
        {
          scope: { name: 'shop.tracing', version: '1.2.3' },
          spans: own.map(({ span, index }) => otlpSpan(traceId, startMs, span, index)),
        },
      ],
    })),
  };
}

function otlpSpan(traceId: string, startMs: number, span: Span, index: number): object {
  const { parent } = span;
  const parentId = typeof parent === 'number' ? spanId(parent) : parent;
  return {
    traceId,
    spanId: spanId(index),
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name: span.name,
    kind: span.kind ?? 1,
    startTimeUnixNano: nanos(startMs + span.start),
    endTimeUnixNano: nanos(startMs + span.start + span.duration),
    ...(span.error === undefined ? {} : { status: { code: 2, message: span.error } }),
    ...span.more,
  };
}

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}

const steps: readonly (readonly [
  parent: number,
  service: string,
  name: string,
  start: number,
  duration: number,
])[] = [
  [-1, 'storefront', 'POST /checkout', 0, 1840],
  [0, 'storefront', 'render cart', 18, 165.6],
  [0, 'gateway', '/v1/checkout', 202, 1619],
  [2, 'auth', 'verify session', 221, 92],
  [2, 'orders', 'create order', 331, 258],
  [4, 'orders', 'INSERT orders', 368, 73.6],
  [4, 'inventory', 'reserve items', 460, 110.4],
  [2, 'payments', 'authorize', 607, 1178],
  [7, 'payments', 'SELECT card_tokens', 626, 1122],
  [7, 'fraud', 'score', 644, 221],
  [9, 'fraud', 'GET features', 662, 73.6],
  [9, 'fraud', 'model.predict', 754, 92],
  [0, 'storefront', 'render confirmation', 1803, 36.8],
];

/** Index of the failed query, of its parent, and of the span that calls the stock 48 times. */
export const checkoutSpans = {
  root: 0,
  authorize: 7,
  query: 8,
  reserve: 6,
  firstCall: steps.length,
};

/** POST /checkout of the visual target: a failed query, an N+1, an exception, a link, every type of value. */
export function checkout(startMs: number): object {
  const spans: Span[] = steps.map(([parent, service, name, start, duration], i) => ({
    service,
    name,
    start,
    duration,
    kind: i === 8 ? 3 : 2,
    ...(parent < 0 ? {} : { parent }),
    ...(i === checkoutSpans.query
      ? { error: 'PoolTimeout: 1200 ms', more: queryDetails(startMs) }
      : {}),
  }));
  for (let i = 0; i < 48; i++) {
    spans.push({
      service: 'inventory',
      name: 'GET stock/{sku}',
      parent: checkoutSpans.reserve,
      kind: 3,
      start: 461 + i * 2.2,
      duration: 1 + (i % 7),
    });
  }
  return tracesData(traceIds.checkout, startMs, spans);
}

function queryDetails(startMs: number): object {
  return {
    attributes: [
      text('db.system', 'postgresql'),
      text('db.query.text', `SELECT ${'token, brand, expires_at, '.repeat(20)}1 FROM card_tokens`),
      text('server.address', 'pg-3.internal:5432'),
      { key: 'db.pool.wait_ms', value: { intValue: '9007199254740993' } },
      { key: 'retry.ratio', value: { doubleValue: 0.25 } },
      { key: 'cache.hit', value: { boolValue: false } },
      { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '7' }] } } },
      {
        key: 'limits',
        value: { kvlistValue: { values: [{ key: 'deep', value: { boolValue: true } }] } },
      },
      { key: 'blob', value: { bytesValue: 'AAEC' } },
      text('blank', ''),
    ],
    events: [
      {
        timeUnixNano: nanos(startMs + 626 + 1100),
        name: 'exception',
        attributes: [
          text('exception.type', 'PoolTimeout'),
          text('exception.message', 'no connection after 1200 ms'),
          text(
            'exception.stacktrace',
            'PoolTimeout\n    at acquire\n    at query\n    at select\n    at pay',
          ),
        ],
      },
    ],
    links: [{ traceId: traceIds.other, spanId: spanId(0), attributes: [text('why', 'batch')] }],
  };
}

/** The trace that the checkout links to. */
export function other(startMs: number): object {
  return tracesData(traceIds.other, startMs, [
    { service: 'batch', name: 'nightly settlement', start: 0, duration: 12 },
  ]);
}

/** No root, a cycle, a span of no duration, names from right to left and with a line break. */
export function broken(startMs: number): object {
  return tracesData(traceIds.broken, startMs, [
    {
      service: 'orphan',
      name: 'parent was never sent',
      parent: 'eeeeeeeeeeeeeeee',
      start: 0,
      duration: 40,
    },
    { service: 'loop', name: 'cycle a', parent: 2, start: 5, duration: 20 },
    { service: 'loop', name: 'cycle b', parent: 1, start: 6, duration: 10 },
    { service: 'שירות', name: 'בדיקת שם', parent: 0, start: 8, duration: 0 },
    { service: 'lines', name: 'two\nlines', parent: 0, start: 9, duration: 0.001 },
  ]);
}

const LARGE_SERVICES = 12;
const BATCH = 10_000;

/** A tree of `spans` spans in requests of 10,000. */
export function* large(startMs: number, spans: number): Generator<object> {
  for (let from = 0; from < spans; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, spans - from) }, (_, i): Span => {
      const index = from + i;
      return {
        service: `service-${index % LARGE_SERVICES}`,
        name: `step ${index % 200}`,
        ...(index === 0 ? {} : { parent: Math.floor((index - 1) / 6) }),
        start: index * 0.01,
        duration: index === 0 ? spans * 0.01 + 50 : 1 + (index % 50),
        ...(index % 997 === 5 ? { error: 'failed' } : {}),
      };
    });
    yield tracesData(traceIds.large, startMs, batch, from);
  }
}
