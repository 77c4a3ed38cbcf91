/**
 * The structural walk of OTLP bytes: nanoseconds per span.
 *
 * 100,000 spans in requests of 500, ten attributes each, about 414 bytes a span, from a seed.
 * Run `npm run build` first, then `node bench/walk.mjs`.
 */

import { pathToFileURL } from 'node:url';
import { attributesOf, encodeTraces, walkLimits, walkTraces } from '@clew/wire';

const SPANS = 100_000;
const SPANS_PER_REQUEST = 500;
const NOW_MS = 1_750_000_000_000;
const SEED = 20;

export const name = 'walk';

/** The request bodies, the same for the same seed. */
export function setup() {
  const random = seeded(SEED);
  const requests = [];
  for (let i = 0; i < SPANS / SPANS_PER_REQUEST; i += 1) {
    requests.push(encodeTraces(request(random, i)));
  }
  return { requests, bytes: requests.reduce((sum, body) => sum + body.length, 0) };
}

/** Walks everything once; returns the spans found. */
export function run({ requests }) {
  let spans = 0;
  for (const body of requests) {
    const walk = walkTraces(body, walkLimits, NOW_MS);
    if (walk.verdict !== 'clean') {
      throw new Error(`found ${walk.verdict} (${walk.reason}), wanted clean bytes`);
    }
    spans += walk.spans;
  }
  return spans;
}

function request(random, i) {
  const service = `service-${i % 20}`;
  const spans = Array.from({ length: SPANS_PER_REQUEST }, () => span(random));
  const resource = { attributes: attributesOf({ 'service.name': service, 'host.name': `h${i}` }) };
  const scope = { name: '@shop/http', version: '1.4.2' };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
}

function span(random) {
  const start = BigInt(NOW_MS - 1 - Math.floor(random() * 60_000)) * 1_000_000n;
  const order = Math.floor(random() * 1e9);
  return {
    traceId: randomBytes(random, 16),
    spanId: randomBytes(random, 8),
    parentSpanId: randomBytes(random, 8),
    name: `GET /api/orders/${order % 50}`,
    kind: 1 + Math.floor(random() * 5),
    startTimeUnixNano: start,
    endTimeUnixNano: start + BigInt(Math.floor(random() * 5e8)),
    attributes: attributesOf({
      'http.request.method': 'GET',
      'http.route': '/api/orders/{id}',
      'http.response.status_code': random() < 0.02 ? 500 : 200,
      'url.path': `/api/orders/${order}`,
      'server.address': 'orders.shop.internal',
      'server.port': 8080,
      'user.id': `user-${Math.floor(random() * 1e6)}`,
      'order.total': random() * 500,
      'cache.hit': random() < 0.5,
      'user_agent.original': 'shop-client/2.3 (node 20)',
    }),
    status: random() < 0.02 ? { code: 2, message: 'upstream timed out' } : { code: 0 },
    flags: 257,
  };
}

function randomBytes(random, size) {
  return Uint8Array.from({ length: size }, () => 1 + Math.floor(random() * 255));
}

/** Mulberry32: small, fast and good enough for a payload. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function main() {
  const prepared = setup();
  const rounds = 25;
  const times = [];
  for (let i = 0; i < rounds; i += 1) {
    const from = process.hrtime.bigint();
    const spans = run(prepared);
    times.push(Number(process.hrtime.bigint() - from) / spans);
  }
  times.sort((a, b) => a - b);
  const median = times[rounds >> 1];
  const bytesPerSpan = prepared.bytes / SPANS;
  console.log(
    `walk: ${median.toFixed(0)} ns/span (best ${times[0].toFixed(0)}), ` +
      `${bytesPerSpan.toFixed(0)} bytes/span, ${(bytesPerSpan / median).toFixed(2)} GB/s`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main();
}
