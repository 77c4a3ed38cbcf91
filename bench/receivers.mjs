/**
 * What a span costs the collector by the protocol it came in, beside OTLP; and whether datagrams are lost.
 *
 *   npm run bench -- receivers [--requests 100] [--packets 5000] [--seconds 5]
 *
 * CPU of the collector's process alone (the engine is another), everything included: socket, translation, walk,
 * append. The same spans in every protocol. Mark: 12 µs a span; no packet lost at 5,000 a second.
 */
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  createBodies,
  datadogBody,
  jaegerBody,
  jaegerPacket,
  otlpBody,
  zipkinBody,
} from './foreign-payload.mjs';
import { processOf } from './processes.mjs';

const SERVER = fileURLToPath(new URL('./bare-server.mjs', import.meta.url));
const SPANS_PER_REQUEST = 500;
/** Some 17 kB: what a busy client puts into one datagram. */
const SPANS_PER_PACKET = 50;
const OPEN = ['zipkin', 'jaeger_http', 'jaeger_udp', 'jaeger_udp_binary', 'datadog'];

const http = [
  {
    name: 'otlp',
    listener: 'otlp_http',
    path: '/v1/traces',
    type: 'application/x-protobuf',
    encode: otlpBody,
  },
  {
    name: 'zipkinJson',
    listener: 'zipkin',
    path: '/api/v2/spans',
    type: 'application/json',
    encode: zipkinBody,
  },
  {
    name: 'jaegerHttp',
    listener: 'jaeger_http',
    path: '/api/traces',
    type: 'application/x-thrift',
    encode: jaegerBody,
  },
  {
    name: 'datadogMsgpack',
    listener: 'datadog',
    path: '/v0.4/traces',
    type: 'application/msgpack',
    encode: datadogBody,
  },
];

export async function run({ requests = 100, packets = 5000, seconds = 5, rounds = 3 } = {}) {
  const server = await startServer();
  const result = {};
  try {
    for (let round = 0; round < rounds + 1; round += 1) {
      for (const protocol of http) {
        const cost = await measureHttp(server, protocol, requests, round);
        note(result, protocol.name, cost, round);
      }
      note(result, 'jaegerCompactUdp', await measureUdp(server, requests, round), round);
    }
    const usPerSpan = Object.fromEntries(
      Object.entries(result).map(([name, costs]) => [name, median(costs)]),
    );
    return { usPerSpan, loss: await measureLoss(server, packets, seconds) };
  } finally {
    await server.stop();
  }
}

/** The first round compiles the code and is left out. */
function note(result, name, cost, round) {
  if (round > 0) result[name] = [...(result[name] ?? []), cost];
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

async function measureHttp(server, { listener, path, type, encode }, count, seed) {
  const bodies = createBodies(encode, { count, spansPerBody: SPANS_PER_REQUEST, seed });
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const cost = await costOf(server, count * SPANS_PER_REQUEST, async () => {
    const send = (body) => post(server.urls[listener] + path, type, body, agent);
    for (let at = 0; at < bodies.length; at += 2)
      await Promise.all(bodies.slice(at, at + 2).map(send));
  });
  agent.destroy();
  return cost;
}

async function measureUdp(server, count, seed) {
  const bodies = createBodies(jaegerPacket, {
    count: (count * SPANS_PER_REQUEST) / SPANS_PER_PACKET,
    spansPerBody: SPANS_PER_PACKET,
    seed,
  });
  return costOf(server, count * SPANS_PER_REQUEST, async () => {
    const socket = createSocket('udp4');
    // Two packets a millisecond, 100,000 spans a second: more would only fill the system's buffer.
    for (let at = 0; at < bodies.length; at += 2) {
      for (const body of bodies.slice(at, at + 2)) await sendPacket(socket, server, body);
      await sleep(1);
    }
    socket.close();
  });
}

/** CPU microseconds a span while `work` runs and until all its spans are acknowledged. */
async function costOf(server, spans, work) {
  await server.loaded();
  const before = await server.stats();
  const from = processOf(server.pid).cpuSeconds;
  await work();
  const arrived = await server.until(
    (stats) => stats.acceptedSpans - before.acceptedSpans >= spans,
  );
  const used = processOf(server.pid).cpuSeconds - from;
  return (used * 1e6) / (arrived.acceptedSpans - before.acceptedSpans);
}

async function measureLoss(server, packetsPerSecond, seconds) {
  const count = packetsPerSecond * seconds;
  const bodies = createBodies(jaegerPacket, { count, spansPerBody: 2, seed: 99 });
  await server.loaded();
  const before = await server.stats();
  const socket = createSocket('udp4');
  const started = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = Math.min(
      count,
      Math.ceil(((performance.now() - started) * packetsPerSecond) / 1000),
    );
    for (; sent < due; sent += 1) sendPacket(socket, server, bodies[sent]);
    await sleep(1);
  }
  const elapsedMs = performance.now() - started;
  await server.until((stats) => stats.acceptedSpans - before.acceptedSpans >= 2 * count);
  socket.close();
  const arrived = (await server.stats()).acceptedSpans - before.acceptedSpans;
  return {
    packetsSent: count,
    packetsPerSecond: Math.round((count * 1000) / elapsedMs),
    packetsLost: count - arrived / 2,
  };
}

function sendPacket(socket, server, body) {
  const { port, hostname } = new URL(server.urls.jaeger_udp);
  return new Promise((resolve) => socket.send(body, Number(port), hostname, resolve));
}

function post(url, type, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode < 300) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject).end(body);
  });
}

async function startServer() {
  const dir = mkdtempSync(join(tmpdir(), 'clew-bench-'));
  const open = Object.fromEntries(OPEN.map((name) => [`listen.${name}`, '127.0.0.1:0']));
  const child = fork(SERVER, [dir, JSON.stringify(open)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const ask = async (what) => {
    child.send(what);
    const [answer] = await once(child, 'message');
    return answer;
  };
  return {
    pid: child.pid,
    urls: JSON.parse(line).urls,
    loaded: () => ask('load'),
    stats: () => ask('stats'),
    async until(isSo) {
      for (const end = performance.now() + 10_000; ; ) {
        const stats = await ask('stats');
        if (isSo(stats) || performance.now() > end) return stats;
        await sleep(20);
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
