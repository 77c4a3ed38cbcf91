/**
 * What forwarding adds: CPU of the sending process per span, from sealed segments on disk to a
 * back-end's answers, for every protocol and compression. Mark: ≤ 2 µs per span.
 *
 * `--segments N` of 100,000 spans each (5); the first of a run warms the code and is not counted.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSender } from '../packages/collector/dist/forward/create-sender.js';
import { readDestinations } from '../packages/collector/dist/forward/destinations.js';
import { openForwarder } from '../packages/collector/dist/forward/forwarder.js';
import { createRequests } from './payload.mjs';
import { writeSegment } from './segments.mjs';

const SINK = fileURLToPath(new URL('sink.mjs', import.meta.url));
const SPANS = 100_000;
const GIB = 2 ** 30;

export const name = 'forward';
export const says = 'forwarding: CPU of the sender per span, by protocol and compression';

const ways = {
  otlpHttp: { protocol: 'otlp_http', at: 'http' },
  otlpGrpc: { protocol: 'otlp_grpc', at: 'grpc' },
  otlpHttpGzip: { protocol: 'otlp_http', at: 'http', compression: 'gzip' },
  zipkin: { protocol: 'zipkin', at: 'http' },
};

/** @param {{ segments?: number, seed?: number }} options */
export async function run({ segments = 5, seed = 1, only } = {}) {
  const requests = createRequests(20, seed);
  const sink = await startSink();
  try {
    const result = {};
    for (const [way, { at, ...row }] of Object.entries(ways)) {
      if (only && only !== way) continue;
      const entry = { name: way, endpoint: sink[at], bytes_max: 16 * GIB, ...row };
      result[way] = await measure(entry, requests, segments);
    }
    return result;
  } finally {
    sink.child.kill();
  }
}

async function measure(entry, requests, segments) {
  const dir = mkdtempSync(join(tmpdir(), 'clew-forward-'));
  const spool = join(dir, 'spool');
  mkdirSync(spool);
  const forwarder = await openForwarder({
    dir: join(dir, 'forward'),
    destinations: readDestinations(
      (key) => (key === 'forward.destinations' ? JSON.stringify([entry]) : undefined),
      {},
    ),
    createSender,
    found: [],
    ledger: { note: () => undefined },
    log: (_level, message, fields) =>
      process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
    nowMs: Date.now,
  });
  try {
    forwarder.start();
    const frames = SPANS / 500;
    const next = (at) => {
      const id = (BigInt(Date.now()) << 22n) | BigInt(at);
      const { path, bytes } = writeSegment(spool, id, requests, {
        spans: SPANS,
        startMs: Date.now(),
      });
      return { id, path, bytes, spans: SPANS, frames };
    };
    await deliver(forwarder, [next(0)]);
    const written = Array.from({ length: segments }, (_, at) => next(at + 1));
    const [cpu, started] = [process.cpuUsage(), performance.now()];
    await deliver(forwarder, written);
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - started) / 1000;
    return {
      cpuMicrosPerSpan: Math.round(((user + system) / (segments * SPANS)) * 100) / 100,
      spansPerSecond: Math.round((segments * SPANS) / seconds),
    };
  } finally {
    await forwarder.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Resolves when the destination has taken everything. */
async function deliver(forwarder, segments) {
  for (const segment of segments) await forwarder.hold(segment);
  while (forwarder.status()[0].waitingBytes > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const [{ droppedSpans }] = forwarder.status();
  if (droppedSpans.size > 0) throw new Error(`found ${[...droppedSpans]} given up, wanted none`);
}

async function startSink() {
  const child = spawn(process.execPath, [SINK], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) =>
    createInterface({ input: child.stdout }).once('line', resolve),
  );
  return { child, ...JSON.parse(line) };
}
