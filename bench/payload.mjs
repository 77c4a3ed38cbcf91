/**
 * The benchmark payload: OTLP requests of 500 spans with 10 attributes, from a seed.
 *
 * Requests are encoded once; `stamp` then writes fresh ids and times into the bytes, so that a
 * generator can send millions of distinct spans at the cost of a copy. Ten spans make a trace.
 */
import { randomFillSync } from 'node:crypto';
import { encodeTraces } from '@clew/wire';

export const SPANS_PER_REQUEST = 500;
const SPANS_PER_TRACE = 10;
const SERVICES = [
  'storefront',
  'gateway',
  'auth',
  'orders',
  'inventory',
  'payments',
  'mailer',
  'fraud',
];
const ROUTES = [
  '/cart',
  '/checkout',
  '/v1/orders',
  '/stock/{sku}',
  '/pay',
  '/score',
  '/login',
  '/send',
];

/** Mulberry32: a small generator, the same numbers for the same seed on every machine. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * `count` distinct requests, each with the byte offsets of what `stamp` renews.
 * @returns {{ bytes: Buffer, traceAt: Int32Array, spanAt: Int32Array, parentAt: Int32Array, startAt: Int32Array, durations: Float64Array }[]}
 */
export function createRequests(count, seed = 1) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => createRequest(random, at));
}

function createRequest(random, at) {
  const marks = markers(random);
  const service = SERVICES[at % SERVICES.length];
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, i) => createSpan(random, marks, i));
  const encoded = encodeTraces({
    resourceSpans: [
      {
        resource: {
          attributes: [
            text('service.name', service),
            text('service.version', '2.14.0'),
            text('deployment.environment.name', 'production'),
            text('host.name', `${service}-${at % 4}`),
            text('telemetry.sdk.language', 'nodejs'),
          ],
          droppedAttributesCount: 0,
        },
        scopeSpans: [
          {
            scope: {
              name: '@clew/bench',
              version: '1.0.0',
              attributes: [],
              droppedAttributesCount: 0,
            },
            spans,
            schemaUrl: '',
          },
        ],
        schemaUrl: '',
      },
    ],
  });
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  return {
    bytes,
    ...offsets(bytes, marks, spans),
    durations: Float64Array.from(spans, (s) => Number(s.endTimeUnixNano - s.startTimeUnixNano)),
  };
}

/** Ids that occur nowhere else in the bytes, so that their offsets can be found after encoding. */
function markers(random) {
  const bytes = (n) => Uint8Array.from({ length: n }, () => 1 + Math.floor(random() * 255));
  const traces = Array.from({ length: SPANS_PER_REQUEST / SPANS_PER_TRACE }, () => bytes(16));
  const spans = Array.from({ length: SPANS_PER_REQUEST }, () => bytes(8));
  return { traces, spans };
}

function createSpan(random, marks, i) {
  const trace = Math.floor(i / SPANS_PER_TRACE);
  const place = i % SPANS_PER_TRACE;
  const which = Math.floor(random() * ROUTES.length);
  const failed = random() < 0.01;
  const start = 1_700_000_000_000_000_000n + BigInt(i) * 1000n;
  const duration = BigInt(Math.floor(50_000 * 10 ** (random() * 4)));
  return {
    traceState: '',
    flags: 1,
    marks: 0,
    events: [],
    links: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    traceId: marks.traces[trace],
    spanId: marks.spans[i],
    parentSpanId:
      place === 0 ? new Uint8Array(0) : marks.spans[i - 1 - Math.floor(random() * place)],
    name: `${place === 0 ? 'POST' : 'GET'} ${ROUTES[which]}`,
    kind: place === 0 ? 2 : 3,
    startTimeUnixNano: start,
    endTimeUnixNano: start + duration,
    status: failed ? { code: 2, message: 'upstream timed out' } : { code: 0, message: '' },
    attributes: [
      text('http.request.method', place === 0 ? 'POST' : 'GET'),
      text('http.route', ROUTES[which]),
      text('url.path', `/v1/catalogue/items/${Math.floor(random() * 1e9).toString(36)}`),
      text('user.id', `customer-${Math.floor(random() * 50_000)}`),
      text('server.address', `${SERVICES[which]}.shop.svc.cluster.local`),
      int('server.port', 8080),
      int('http.response.status_code', failed ? 504 : 200),
      text('network.protocol.version', '1.1'),
      text('thread.name', `http-worker-pool-${Math.floor(random() * 16)}`),
      { key: 'cache.hit', value: { type: 'bool', value: random() < 0.5 } },
    ],
  };
}

const text = (key, value) => ({ key, value: { type: 'string', value } });
const int = (key, value) => ({ key, value: { type: 'int', value: BigInt(value) } });

function offsets(bytes, marks, spans) {
  const traceAt = new Int32Array(spans.length);
  const spanAt = new Int32Array(spans.length);
  const parentAt = new Int32Array(spans.length).fill(-1);
  const startAt = new Int32Array(spans.length);
  let from = 0;
  for (const [i, span] of spans.entries()) {
    traceAt[i] = bytes.indexOf(span.traceId, from);
    spanAt[i] = bytes.indexOf(span.spanId, traceAt[i]);
    if (span.parentSpanId.length > 0) parentAt[i] = bytes.indexOf(span.parentSpanId, spanAt[i]);
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(span.startTimeUnixNano);
    startAt[i] = bytes.indexOf(start, spanAt[i]);
    from = startAt[i] + 17;
  }
  const parentOf = Int32Array.from(spans, (span) =>
    span.parentSpanId.length > 0 ? marks.spans.indexOf(span.parentSpanId) : -1,
  );
  return { traceAt, spanAt, parentAt, parentOf, startAt };
}

const CHANCE_BYTES = 16 * (SPANS_PER_REQUEST / SPANS_PER_TRACE) + 8 * SPANS_PER_REQUEST;

/**
 * Writes fresh ids and times into a copy of the request's bytes.
 * @param chance fills the id bytes (node's `randomFillSync` unless a seeded one is given)
 */
export function stamp(request, nowMs, chance = randomFillSync) {
  const out = Buffer.from(request.bytes);
  const ids = chance(Buffer.allocUnsafe(CHANCE_BYTES));
  const spanIds = 16 * (SPANS_PER_REQUEST / SPANS_PER_TRACE);
  const baseNs = BigInt(Math.floor(nowMs)) * 1_000_000n;
  for (let i = 0; i < SPANS_PER_REQUEST; i++) {
    const trace = 16 * Math.floor(i / SPANS_PER_TRACE);
    ids.copy(out, request.traceAt[i], trace, trace + 16);
    ids.copy(out, request.spanAt[i], spanIds + 8 * i, spanIds + 8 * i + 8);
    const parent = request.parentOf[i];
    if (parent >= 0)
      ids.copy(out, request.parentAt[i], spanIds + 8 * parent, spanIds + 8 * parent + 8);
    const start = baseNs + BigInt(i * 2000);
    out.writeBigUInt64LE(start, request.startAt[i]);
    out.writeBigUInt64LE(start + BigInt(request.durations[i]), request.startAt[i] + 9);
  }
  return out;
}

/** Id bytes from a seed, for data sets that must be the same on every run. */
export function createSeededChance(seed) {
  const random = createRandom(seed);
  return (buffer) => {
    for (let i = 0; i + 4 <= buffer.length; i += 4)
      buffer.writeUInt32LE(Math.floor(random() * 4294967296), i);
    return buffer;
  };
}
