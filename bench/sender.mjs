/**
 * The load generator: a process of its own that sends stamped requests over keep-alive connections.
 *
 *   node bench/sender.mjs URL SECONDS SPANS_PER_SECOND CONNECTIONS
 *
 * Prints one JSON line: what was acknowledged and refused, and how long acknowledgements took.
 * SPANS_PER_SECOND 0 sends as fast as acknowledgements return.
 */
import { Agent, request } from 'node:http';
import { createRequests, SPANS_PER_REQUEST, stamp } from './payload.mjs';

const [url, seconds, spansPerSecond, connections] = [
  process.argv[2],
  ...process.argv.slice(3).map(Number),
];
const requests = createRequests(16);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const latenciesMs = [];
const counts = { acknowledged: 0, refused: 0, failed: 0 };
const startMs = Date.now();
const untilMs = startMs + seconds * 1000;
let sent = 0;
let latest;

await Promise.all(Array.from({ length: connections }, runConnection));
agent.destroy();
latenciesMs.sort((a, b) => a - b);
const cpu = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({
    ...counts,
    seconds: (Date.now() - startMs) / 1000,
    ackMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    latest,
  })}\n`,
);

async function runConnection() {
  while (Date.now() < untilMs) {
    const turn = sent++;
    if (spansPerSecond > 0)
      await waitUntil(startMs + (turn * SPANS_PER_REQUEST * 1000) / spansPerSecond);
    if (Date.now() >= untilMs) return;
    const body = stamp(requests[turn % requests.length], Date.now());
    const sentMs = performance.now();
    const status = await post(body);
    latenciesMs.push(performance.now() - sentMs);
    count(status);
    if (status === 200)
      latest = body.subarray(requests[turn % requests.length].traceAt[0]).toString('hex', 0, 16);
  }
}

function count(status) {
  if (status === 200) counts.acknowledged += SPANS_PER_REQUEST;
  else if (status === 0) counts.failed += SPANS_PER_REQUEST;
  else counts.refused += SPANS_PER_REQUEST;
}

function post(body) {
  return new Promise((resolve) => {
    const call = request(
      `${url}/v1/traces`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode));
      },
    );
    call.once('error', () => resolve(0));
    call.end(body);
  });
}

function waitUntil(ms) {
  const left = ms - Date.now();
  return left > 0 ? new Promise((resolve) => setTimeout(resolve, left)) : undefined;
}

function quantile(q) {
  return latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(q * latenciesMs.length))] ?? 0;
}
