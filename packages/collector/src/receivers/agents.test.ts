/**
 * The doors of the Datadog agent and the X-Ray daemon: what is counted, and what happens to what waits.
 */
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { type Rig, startRig } from '../../test/rig.ts';

let rig: Rig;

let stopped: Promise<void> | undefined;

/** Once, by the test that looks at what is left or after it. */
function stop(): Promise<void> {
  stopped ??= rig.stop();
  return stopped;
}

afterEach(stop);

async function open(name: string): Promise<URL> {
  stopped = undefined;
  rig = await startRig({ [`listen.${name}`]: '127.0.0.1:0', 'spool.seal_after': 20 });
  return new URL(rig.url(name).replace(/^udp:/, 'http:'));
}

function send(to: URL, ...packets: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const next = (error?: Error | null) => {
      const packet = packets.shift();
      if (packet !== undefined && !error)
        return socket.send(packet, Number(to.port), to.hostname, next);
      socket.close();
      return error ? reject(error) : resolve();
    };
    next();
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !isSo(); ) {
    if (Date.now() > end) throw new Error('not in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const HEADER = '{"format":"json","version":1}\n';
const now = Math.floor(Date.now() / 1000);
const document = (more: object) =>
  HEADER +
  JSON.stringify({
    name: 'shop',
    id: '70de5b6f19ff9a0a',
    trace_id: `1-${now.toString(16)}-e7d1852db8c4fd35d88bf49a`,
    start_time: now,
    ...more,
  });

describe('X-Ray documents', () => {
  it('that wait are stored by a stop', async () => {
    const to = await open('xray_udp');
    await send(
      to,
      document({ in_progress: true }),
      document({ id: '70de5b6f19ff9a0b', end_time: now }),
    );
    await until(() => rig.collector.stats().acceptedSpans === 1);
    await stop();
    expect(rig.collector.stats().acceptedSpans).toBe(2);
  });

  it('that are none are counted and sampled into the log', async () => {
    const to = await open('xray_udp');
    await send(to, 'noise', HEADER, document({ id: 'short' }));
    await until(() => rig.logged.some(({ level }) => level === 'warn'));
    await stop();
    expect(rig.engine.ledger).toContainEqual(
      expect.objectContaining({
        outcome: 'refused',
        reason: 'malformed-body',
        listener: 'xray_udp',
        requests: 3,
      }),
    );
    expect(rig.engine.spans()).toBe(0);
  });
});

describe('Datadog bodies', () => {
  it('that are none are answered in text, counted by reason, and nothing of them is stored', async () => {
    const to = await open('datadog');
    const answer = await fetch(new URL('/v0.4/traces', to), { method: 'PUT', body: 'noise' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(
      /wanted? a list of traces of the Datadog trace API 0\.4|not a list of traces/,
    );
    await stop();
    expect(rig.engine.ledger).toContainEqual(
      expect.objectContaining({
        outcome: 'refused',
        reason: 'malformed-body',
        listener: 'datadog',
      }),
    );
    expect(rig.engine.spans()).toBe(0);
  });

  it('of web pages are refused', async () => {
    const to = await open('datadog');
    const answer = await fetch(new URL('/v0.4/traces', to), {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' },
      body: new Uint8Array([0x90]),
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/a request of a web page/);
  });

  it('of telemetry may be larger than a page usually is', async () => {
    const to = await open('datadog');
    const body = JSON.stringify({ dependencies: 'x'.repeat(200_000) });
    const answer = await fetch(new URL('/telemetry/proxy/api/v2/apmtelemetry', to), {
      method: 'POST',
      body,
    });
    expect(answer.status).toBe(200);
  });
});
