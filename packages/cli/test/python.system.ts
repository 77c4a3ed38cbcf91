/**
 * The OpenTelemetry SDK of another language, unmodified: what Python sends is read back.
 *
 * Needs Python and its package index; where either is missing the tests are skipped and say so.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadSpan, readTrace } from './read-back.ts';
import { type Running, serve, withFolder } from './rig.ts';

const run = promisify(execFile);
const INSTALL_MS_MAX = 100_000;
const PACKAGES = ['opentelemetry-sdk', 'opentelemetry-exporter-otlp'];

let server: Running;
let python = '';
let missing = '';
let release: () => void;
let over: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((started, failed) => {
    over = withFolder(async (folder) => {
      server = await serve(join(folder, 'data'));
      await install(folder);
      started();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await server.stop();
    });
    over.catch(failed);
  });
});

afterAll(async () => {
  release?.();
  await over;
});

async function install(folder: string): Promise<void> {
  const place = join(folder, 'venv');
  const options = { timeout: INSTALL_MS_MAX };
  try {
    await run('python3', ['-m', 'venv', place], options);
    python = join(place, 'bin', 'python');
    const quietly = ['-q', '--disable-pip-version-check', '--retries', '1', '--timeout', '10'];
    await run(python, ['-m', 'pip', 'install', ...quietly, ...PACKAGES], options);
  } catch (error) {
    const { message } = error as Error;
    missing = `the Python SDK cannot be installed: ${message.split('\n')[0]}`;
  }
}

describe.each(['http', 'grpc'] as const)('the Python SDK over OTLP/%s', (transport) => {
  it('is read back with its tree, kinds, status, attributes, events and links', async (context) => {
    if (missing !== '') context.skip(missing);
    const { ui, otlp_http: http, otlp_grpc: grpc } = server.ready.listeners;
    const program = fileURLToPath(new URL('./programs/otel_app.py', import.meta.url));
    const address = transport === 'http' ? http.url : `http://127.0.0.1:${grpc.port}`;
    const { stdout } = await run(python, [program, transport, address], { timeout: 60_000 });
    const ids = JSON.parse(stdout) as { traceId: string; rootId: string };
    const spans = await readTrace(ui.url, ids.traceId, 2);
    const root = spans['GET /cart'] as ReadSpan;
    const db = spans['SELECT'] as ReadSpan;

    expect(root).toMatchObject({ spanId: ids.rootId, parentSpanId: '', kind: 2, status: {} });
    expect(root.attributes).toEqual({
      'cart.items': 3,
      'cart.total': 12.5,
      'cart.is_gift': true,
      'cart.tags': ['a', 'größer'],
    });
    expect(root.events).toEqual([{ name: 'cache miss', attributes: { key: 'cart:7' } }]);
    expect(root.resource).toMatchObject({
      'service.name': 'checkout-py',
      'telemetry.sdk.language': 'python',
    });
    expect(root.scope).toMatchObject({ name: 'shop', version: '1.2' });
    expect(db).toMatchObject({ parentSpanId: ids.rootId, kind: 3 });
    expect(db.status).toEqual({ code: 2, message: 'gone' });
    expect(db.events[0]?.attributes).toMatchObject({ 'exception.type': 'ValueError' });
    expect(db.links).toEqual([
      { traceId: ids.traceId, spanId: ids.rootId, attributes: { why: 'retry' } },
    ]);
    expect(db.startNs).toBeGreaterThanOrEqual(root.startNs);
    expect(db.endNs).toBeLessThanOrEqual(root.endNs);
  });
});
