/**
 * The seeded shop of the screen tests: the same traces every time, as OTLP/JSON, placed just before `nowMs`.
 *
 * One checkout with an error that tests look for by name, and a tail of ordinary requests behind it. Never knows: the
 * screens.
 */

type Attributes = Readonly<Record<string, string | number>>;

export type SeedSpan = {
  readonly service: string;
  readonly name: string;
  /** Index of the parent in the list; absent for the root. */
  readonly parent?: number;
  /** OTLP SpanKind. */
  readonly kind: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error?: string;
  readonly attributes?: Attributes;
};

export const checkoutTraceId = '4bf92f3577b34da6a3ce929d0e0e4736';

const [server, client, producer, consumer] = [2, 3, 4, 5];

/** POST /checkout: seven services, 1.84 s, most of it in one failed query. */
const checkout: readonly SeedSpan[] = [
  { service: 'storefront', name: 'POST /checkout', kind: server, startMs: 0, durationMs: 1840 },
  { service: 'storefront', name: 'render cart', parent: 0, kind: 1, startMs: 10, durationMs: 165 },
  {
    service: 'gateway',
    name: '/v1/checkout',
    parent: 0,
    kind: server,
    startMs: 200,
    durationMs: 1619,
  },
  {
    service: 'auth',
    name: 'verify session',
    parent: 2,
    kind: server,
    startMs: 220,
    durationMs: 92,
  },
  {
    service: 'orders',
    name: 'create order',
    parent: 2,
    kind: server,
    startMs: 330,
    durationMs: 258,
  },
  {
    service: 'orders',
    name: 'INSERT orders',
    parent: 4,
    kind: client,
    startMs: 365,
    durationMs: 73,
  },
  {
    service: 'inventory',
    name: 'reserve items',
    parent: 4,
    kind: server,
    startMs: 460,
    durationMs: 110,
  },
  {
    service: 'payments',
    name: 'authorize',
    parent: 2,
    kind: server,
    startMs: 605,
    durationMs: 1178,
  },
  {
    service: 'payments',
    name: 'SELECT card_tokens',
    parent: 7,
    kind: client,
    startMs: 626,
    durationMs: 1122,
    error: 'PoolTimeout: 1200 ms',
    attributes: { 'db.system': 'postgresql', 'db.pool.wait_ms': 1204 },
  },
  {
    service: 'mailer',
    name: 'enqueue receipt',
    parent: 2,
    kind: producer,
    startMs: 1790,
    durationMs: 37,
  },
  {
    service: 'mailer',
    name: 'send receipt',
    parent: 9,
    kind: consumer,
    startMs: 1830,
    durationMs: 10,
  },
];

const routes = ['GET /', 'GET /cart', 'GET /product/{id}', 'POST /cart/items'];

/** How many ordinary requests stand behind the checkout: more than one page of results. */
export const requestCount = 240;

/** Every trace of the shop; the checkout is the newest. */
export function shopTraces(nowMs: number): object {
  const random = seeded(20260314);
  const traces: { id: string; startMs: number; spans: readonly SeedSpan[] }[] = [
    { id: checkoutTraceId, startMs: nowMs - 5_000, spans: checkout },
  ];
  for (let index = 0; index < requestCount; index++) {
    const id = `c${(index + 1).toString(16).padStart(31, '0')}`;
    traces.push({ id, startMs: nowMs - 10_000 - index * 4_000, spans: request(random) });
  }
  return tracesData(traces);
}

/** One trace with the spans given, for tests that send their own. */
export function oneTrace(id: string, startMs: number, spans: readonly SeedSpan[]): object {
  return tracesData([{ id, startMs, spans }]);
}

function request(random: () => number): SeedSpan[] {
  const name = routes[Math.floor(random() * routes.length)]!;
  const durationMs = Math.round(20 + 400 * random() ** 4);
  const status = random() < 0.05 ? 503 : 200;
  const attributes = { 'http.request.method': 'GET', 'http.response.status_code': status };
  const failed = status === 200 ? {} : { error: 'catalog answered 503' };
  return [
    { service: 'storefront', name, kind: server, startMs: 0, durationMs, attributes, ...failed },
    {
      service: 'catalog',
      name: 'list products',
      parent: 0,
      kind: client,
      startMs: 3,
      durationMs: Math.max(1, Math.round(durationMs * 0.6)),
    },
  ];
}

/** OTLP/JSON, one resource per service and trace. */
function tracesData(traces: { id: string; startMs: number; spans: readonly SeedSpan[] }[]): object {
  const resourceSpans = traces.flatMap(({ id, startMs, spans }) =>
    spans.map((span, index) => ({
      resource: {
        attributes: attributesOf({ 'service.name': span.service, 'service.version': '2.14.0' }),
      },
      scopeSpans: [{ scope: { name: 'shop' }, spans: [spanOf(id, startMs, span, index)] }],
    })),
  );
  return { resourceSpans };
}

function spanOf(traceId: string, startMs: number, span: SeedSpan, index: number): object {
  const start = startMs + span.startMs;
  return {
    traceId,
    spanId: spanIdOf(traceId, index),
    ...(span.parent === undefined ? {} : { parentSpanId: spanIdOf(traceId, span.parent) }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + span.durationMs}000000`,
    attributes: attributesOf(span.attributes ?? {}),
    ...(span.error === undefined ? {} : { status: { code: 2, message: span.error } }),
  };
}

/** Span ids repeat between traces of one index only, never inside a trace. */
export function spanIdOf(traceId: string, index: number): string {
  return `${traceId.slice(-8)}${(index + 1).toString(16).padStart(8, '0')}`;
}

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

/** Park and Miller's generator: small, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
