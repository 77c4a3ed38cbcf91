/**
 * One real server in front of another: what the first takes arrives in the second, also when the
 * second was away, and `doctor` and `/metrics` of the first say how that goes.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type Running, run, serve, withFolder } from './rig.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

function body(spanId: string): string {
  const startTimeUnixNano = `${BigInt(Date.now()) * 1_000_000n}`;
  const endTimeUnixNano = `${BigInt(Date.now() + 5) * 1_000_000n}`;
  const span = { traceId, spanId, name: 'GET /', kind: 2, startTimeUnixNano, endTimeUnixNano };
  const service = { key: 'service.name', value: { stringValue: 'shop' } };
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: [service] }, scopeSpans: [{ spans: [span] }] }],
  });
}

async function send(server: Running, spanId: string): Promise<number> {
  const { status } = await fetch(`${server.ready.listeners.otlp_http.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body(spanId),
  });
  return status;
}

async function acceptedBy(server: Running): Promise<number> {
  const { ui } = server.ready.listeners;
  const status = await (await fetch(`${ui.url}/api/v1/status`)).json();
  return (status as { acceptedSpans: number }).acceptedSpans;
}

let folder: string;
let back: Running;
let front: Running;
let release: () => void;
let over: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((started, failed) => {
    over = withFolder(async (made) => {
      folder = made;
      back = await serve(join(folder, 'back'));
      const { url } = back.ready.listeners.otlp_http;
      front = await serve(join(folder, 'front'), [
        ...['--forward.endpoint', url, '--forward.compression', 'gzip'],
        ...['--forward.headers', 'x-team=shop'],
      ]);
      started();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await front.stop();
      await back.stop();
    });
    over.catch(failed);
  });
});
afterAll(async () => {
  release?.();
  await over;
});

it('what the first takes arrives in the second', async () => {
  expect(await send(front, 'b7ad6b7169203331')).toBe(200);
  await eventually(
    () => acceptedBy(back),
    (spans) => spans === 1,
  );
  const trace = await fetch(`${back.ready.listeners.ui.url}/api/v1/traces/${traceId}`);
  expect(trace.status).toBe(200);
});

it('what the second missed arrives when it returns', async () => {
  const { port } = back.ready.listeners.otlp_http;
  await back.stop();
  expect(await send(front, 'b7ad6b7169203332')).toBe(200);
  const { ui } = front.ready.listeners;
  const doctor = () => run(['doctor', '--server', ui.url, '--data-dir', join(folder, 'front')]);
  const { out } = await eventually(doctor, ({ out: text }) => /✕ forward default/.test(text));
  expect(out).toMatch(/forward default .*1 spans sent.*ECONNREFUSED/s);
  back = await serve(join(folder, 'back'), [`--listen.otlp_http=127.0.0.1:${port}`]);
  await eventually(
    () => acceptedBy(back),
    (spans) => spans === 1,
    30_000,
  );
  await eventually(doctor, ({ out: text }) => /✓ forward default .*2 spans sent/.test(text));
  const metrics = await (await fetch(`${ui.url}/metrics`)).text();
  expect(metrics).toContain('clew_forward_spans_sent_total{destination="default"} 2');
  expect(metrics).toContain('clew_forward_up{destination="default"} 1');
});

it('a server that would forward to itself does not start', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const { code, err } = await run([
    ...['serve', '--data-dir', join(folder, 'self'), '--listen.ui', 'off'],
    ...['--listen.otlp_grpc', 'off', '--listen.otlp_http', `127.0.0.1:${port}`],
    ...['--forward.endpoint', `http://localhost:${port}`],
  ]);
  expect(code).not.toBe(0);
  expect(err).toMatch(/own listener otlp_http/);
});
