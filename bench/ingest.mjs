/**
 * Socket to queryable: the real server, a generator beside it, CPU of every process.
 *
 * Three phases: the walk alone at 100,000 spans/s (CPU of collector and engine, merges stopped); the
 * real server at 20,000 spans/s (acknowledgements, time to searchable); and at 95,000 spans/s with
 * a query stream on the same cores, a question a second, as a person asks. `--seconds N` sets the length of the last.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openEngine } from '@clew/store';
import { startClew } from './clew.mjs';
import { usage } from './processes.mjs';

const BARE = fileURLToPath(new URL('bare-server.mjs', import.meta.url));
const SENDER = fileURLToPath(new URL('sender.mjs', import.meta.url));
const WALK_SPANS_PER_SECOND = 100_000;
// A little above the mark of 90,000: what is sustained has to be less than what bursts.
const SUSTAINED_SPANS_PER_SECOND = 95_000;
const STEADY_SPANS_PER_SECOND = 20_000;
const SETTLED_MS_MAX = 120_000;

export const name = 'ingest';
export const says =
  'socket to queryable: spans/s, CPU per span of each process, latencies, memory, disk';

/**
 * @param {{ seconds?: number, rate?: number, every?: number }} options `rate` 0 sends as fast as answers return, `every` 0
 *   asks nothing
 */
export async function run({ seconds = 60, rate = SUSTAINED_SPANS_PER_SECOND, every = 1000 } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-ingest-'));
  try {
    const walk = await measureWalk();
    const clew = await startClew({ dataDir });
    const result = await measureAll(clew, { seconds, rate, every }).finally(clew.stop);
    const spans = result.full.accepted + result.steady.accepted;
    return { walk, ...result, diskBytesPerSpan: await diskBytesPerSpan(dataDir, spans) };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Socket to table alone: no faces, no questions, no merges. The first seconds warm the code. */
async function measureWalk() {
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-walk-'));
  const child = spawn(process.execPath, [BARE, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const line = await new Promise((resolve) =>
      createInterface({ input: child.stdout }).once('line', resolve),
    );
    const { url } = JSON.parse(line);
    const rate = WALK_SPANS_PER_SECOND;
    await send(url, { seconds: 5, rate, connections: 4 });
    await loaded(child);
    const before = usage(child.pid);
    const sent = await send(url, { seconds: 20, rate, connections: 4 });
    await loaded(child);
    const cost = perSpan(before, usage(child.pid), sent.acknowledged);
    return { spansPerSecond: Math.round(sent.acknowledged / sent.seconds), cpuMicrosPerSpan: cost };
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function loaded(child) {
  child.send('load');
  return new Promise((resolve) => child.once('message', resolve));
}

async function measureAll(clew, { seconds, rate, every }) {
  const idle = usage(clew.pid);
  // First, so that the merges of the flood do not stand beside it.
  const steady = await measure(clew, {
    seconds: 20,
    rate: STEADY_SPANS_PER_SECOND,
    connections: 4,
  });
  const searchableMs = await timesToSearchable(clew, 20);
  const full = await measure(clew, { seconds, rate, connections: 4, every });
  return { idleMiB: mib(idle.rssBytes), steady, searchableMs, full };
}

async function measure(clew, { seconds, rate, connections, every }) {
  const before = usage(clew.pid);
  const acceptedBefore = (await status(clew)).acceptedSpans;
  const peak = watchMemory(clew.pid);
  const asker = every ? askUntilStopped(clew, every) : undefined;
  const sent = await send(clew.otlpHttp, { seconds, rate, connections });
  const queries = await asker?.stop();
  const sentUsage = usage(clew.pid);
  await untilQueryable(clew, sent.latest);
  const loaded = usage(clew.pid);
  const memory = peak.stop();
  const accepted = (await status(clew)).acceptedSpans - acceptedBefore;
  return {
    spans: sent.acknowledged,
    accepted,
    refused: sent.refused + sent.failed,
    spansPerSecond: Math.round(sent.acknowledged / sent.seconds),
    cpuMicrosPerSpan: perSpan(before, loaded, sent.acknowledged),
    collectorMicrosPerSpan: perSpan(before, sentUsage, sent.acknowledged).collector,
    generatorMicrosPerSpan: round((sent.cpuSeconds * 1e6) / sent.acknowledged),
    ackMs: sent.ackMs,
    peakMiB: mib(memory.peak),
    lastMiB: mib(memory.last),
    ...(queries ? { queries } : {}),
  };
}

function send(url, { seconds, rate, connections }) {
  return new Promise((resolve, reject) => {
    const args = [SENDER, url, seconds, rate, connections].map(String);
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`sender ended with ${code}`)),
    );
  });
}

/** A question every `--every` milliseconds, or after the last where that took longer: counts and p95. */
function askUntilStopped(clew, everyMs) {
  const paths = [
    '/api/v1/search?service=orders&limit=20',
    '/api/v1/search?status=error&limit=20',
    '/api/v1/services',
    '/api/v1/search?attr=user.id%3Dcustomer-77&limit=20',
  ];
  const tookMs = [];
  let failed = 0;
  let isStopped = false;
  const loop = (async () => {
    for (let turn = 0; !isStopped; turn++) {
      const start = performance.now();
      const response = await fetch(clew.ui + paths[turn % paths.length]);
      await response.arrayBuffer();
      if (response.ok) tookMs.push(performance.now() - start);
      else failed++;
      await new Promise((resolve) => setTimeout(resolve, start + everyMs - performance.now()));
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await loop;
      tookMs.sort((a, b) => a - b);
      return {
        answered: tookMs.length,
        failed,
        p95Ms: round(tookMs[Math.floor(tookMs.length * 0.95)]),
      };
    },
  };
}

async function untilQueryable(clew, traceId) {
  const deadline = Date.now() + SETTLED_MS_MAX;
  while (Date.now() < deadline) {
    const response = await fetch(`${clew.ui}/api/v1/traces/${traceId}/summary`);
    await response.arrayBuffer();
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(
    `trace ${traceId} was not queryable ${SETTLED_MS_MAX} ms after its acknowledgement`,
  );
}

/** Acknowledge one span with a name of its own, then search for it until it is found. */
async function timesToSearchable(clew, rounds) {
  const took = [];
  for (let round = 0; round < rounds; round++) {
    const name = `probe-${round}-${Date.now()}`;
    await postProbe(clew.otlpHttp, name);
    const start = performance.now();
    for (;;) {
      const response = await fetch(`${clew.ui}/api/v1/search?by=span&operation=${name}&limit=1`);
      if ((await response.json()).spans?.length === 1) break;
      if (performance.now() - start > 10_000) throw new Error(`${name} was not found within 10 s`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    took.push(performance.now() - start);
  }
  took.sort((a, b) => a - b);
  return { p50: round(took[Math.floor(rounds / 2)]), max: round(took[rounds - 1]) };
}

function postProbe(url, name) {
  const hex = (bytes) =>
    Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) =>
      b.toString(16).padStart(2, '0'),
    ).join('');
  const nowNs = `${Date.now()}000000`;
  const span = {
    traceId: hex(16),
    spanId: hex(8),
    name,
    kind: 1,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
  };
  return fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
}

function watchMemory(pid) {
  let peak = 0;
  let last = 0;
  const timer = setInterval(() => {
    last = usage(pid).rssBytes;
    peak = Math.max(peak, last);
  }, 1000);
  return {
    stop: () => {
      clearInterval(timer);
      return { peak, last };
    },
  };
}

async function status(clew) {
  return (await fetch(`${clew.ui}/api/v1/status`)).json();
}

/** Bytes of the live parts per span, asked of the engine after the server has ended and merges are done. */
async function diskBytesPerSpan(dataDir, spans) {
  const engine = await openEngine({ place: { kind: 'embedded', dataDir }, log: () => {} });
  const text =
    'select sum(bytes_on_disk) as bytes from system.parts where active and database = currentDatabase()';
  const { rows } = await engine.rows({ text, params: {} }, { secondsMax: 10, rowsMax: 1 });
  await engine.close();
  return round(Number(rows[0].bytes) / spans);
}

function perSpan(before, after, spans) {
  const names = Object.keys(after.cpuSeconds);
  const each = Object.fromEntries(
    names.map((name) => [
      name,
      round(((after.cpuSeconds[name] - (before.cpuSeconds[name] ?? 0)) * 1e6) / spans),
    ]),
  );
  return { ...each, all: round(Object.values(each).reduce((sum, used) => sum + used, 0)) };
}

const mib = (bytes) => Math.round(bytes / 2 ** 20);
const round = (value) => Math.round(value * 100) / 100;
