/**
 * The structural walk: CPU nanoseconds per span over 100,000 spans in requests of 500.
 *
 * Alone: `node bench/walk.mjs`. Needs a built tree.
 */
import { pathToFileURL } from 'node:url';
import { encodeTraces, walkLimits, walkTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { createRequests, SPANS_PER_REQUEST } from './payload.mjs';

const SPANS = 100_000;
const NS_PER_MS = 1_000_000n;

export const name = 'walk';

/** The request bodies, the same for the same seed, their times around now. */
export function setup({ seed = 1 } = {}) {
  const requests = createRequests(SPANS / SPANS_PER_REQUEST, seed).map(({ bytes }) => sent(bytes));
  const bytes = requests.reduce((sum, body) => sum + body.length, 0);
  return { requests, bytes };
}

/**
 * Walks everything `rounds` times. CPU time, because machines are shared; the median round, because
 * the first ones also compile the code.
 */
export function run({ rounds = 40, seed = 1 } = {}) {
  const { requests, bytes } = setup({ seed });
  const nowMs = Date.now();
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = process.cpuUsage();
    for (const body of requests) {
      const { verdict, spans, reason } = walkTraces(body, walkLimits, nowMs);
      if (verdict !== 'clean' || spans !== SPANS_PER_REQUEST) {
        throw new Error(`found ${verdict} ${reason} and ${spans} spans, wanted 500 clean ones`);
      }
    }
    const { user, system } = process.cpuUsage(from);
    times.push(((user + system) * 1000) / SPANS);
  }
  times.sort((a, b) => a - b);
  const nsPerSpan = times[rounds >> 1];
  const bytesPerSpan = bytes / SPANS;
  return {
    nsPerSpan,
    bestNsPerSpan: times[0],
    bytesPerSpan,
    gbPerSecond: bytesPerSpan / nsPerSpan,
  };
}

/** The request as if it had just been sent: the payload's own times are stamped by its senders. */
function sent(bytes) {
  const start = BigInt(Date.now()) * NS_PER_MS;
  const traces = decodeTraces(bytes);
  for (const { scopeSpans } of traces.resourceSpans) {
    for (const { spans } of scopeSpans) {
      for (const span of spans) {
        span.endTimeUnixNano = start + (span.endTimeUnixNano - span.startTimeUnixNano);
        span.startTimeUnixNano = start;
      }
    }
  }
  return encodeTraces(traces);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${JSON.stringify({ name, ...run() }, null, 2)}\n`);
}
