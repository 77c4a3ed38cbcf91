/**
 * The OpenTelemetry SDK of another language, unmodified: what Python sends over OTLP, to a Jaeger agent and to Zipkin is
 * read back.
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
const CURRENT = [
  'opentelemetry-sdk',
  'opentelemetry-exporter-otlp',
  'opentelemetry-exporter-zipkin-json',
];
/** The last that had an exporter for Jaeger's agents. */
const OLD = [
  'opentelemetry-sdk==1.21.0',
  'opentelemetry-exporter-jaeger-thrift==1.21.0',
  'setuptools<81',
];

let server: Running;
let current = '';
let old = '';
let missing = '';
let release: () => void;
let over: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((started, failed) => {
    over = withFolder(async (folder) => {
      const doors = ['--listen.zipkin', '127.0.0.1:0', '--listen.jaeger_udp', '127.0.0.1:0'];
      server = await serve(join(folder, 'data'), doors);
      await installAll(folder);
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

async function installAll(folder: string): Promise<void> {
  try {
    [current, old] = await Promise.all([
      install(join(folder, 'current'), CURRENT),
      install(join(folder, 'old'), OLD),
    ]);
  } catch (error) {
    const { message } = error as Error;
    missing = `the Python SDK cannot be installed: ${message.split('\n')[0]}`;
  }
}

/** Resolves with the path of a Python that has the packages. */
async function install(place: string, packages: readonly string[]): Promise<string> {
  const options = { timeout: INSTALL_MS_MAX };
  await run('python3', ['-m', 'venv', place], options);
  const python = join(place, 'bin', 'python');
  const quietly = ['-q', '--disable-pip-version-check', '--retries', '1', '--timeout', '10'];
  await run(python, ['-m', 'pip', 'install', ...quietly, ...packages], options);
  return python;
}

async function trace(
  python: string,
  transport: string,
  address: string,
): Promise<{ ids: { traceId: string; rootId: string }; root: ReadSpan; db: ReadSpan }> {
  const program = fileURLToPath(new URL('./programs/otel_app.py', import.meta.url));
  const { stdout } = await run(python, [program, transport, address], { timeout: 60_000 });
  const ids = JSON.parse(stdout) as { traceId: string; rootId: string };
  const spans = await readTrace(server.ready.listeners.ui.url, ids.traceId, 2);
  return { ids, root: spans['GET /cart'] as ReadSpan, db: spans['SELECT'] as ReadSpan };
}

/** What every protocol keeps. */
function expectTree({ ids, root, db }: Awaited<ReturnType<typeof trace>>): void {
  expect(root).toMatchObject({ spanId: ids.rootId, parentSpanId: '', kind: 2, status: {} });
  expect(root.resource['service.name']).toBe('checkout-py');
  expect(root.scope).toMatchObject({ name: 'shop', version: '1.2' });
  expect(db).toMatchObject({ parentSpanId: ids.rootId, kind: 3 });
  expect(db.status).toEqual({ code: 2, message: 'gone' });
  expect(db.events[0]?.attributes).toMatchObject({ 'exception.type': 'ValueError' });
  expect(db.startNs).toBeGreaterThanOrEqual(root.startNs);
  expect(db.endNs).toBeLessThanOrEqual(root.endNs);
}

describe.each(['http', 'grpc'] as const)('the Python SDK over OTLP/%s', (transport) => {
  it('is read back with its tree, kinds, status, attributes, events and links', async (context) => {
    if (missing !== '') context.skip(missing);
    const { otlp_http: http, otlp_grpc: grpc } = server.ready.listeners;
    const address = transport === 'http' ? http.url : `http://127.0.0.1:${grpc.port}`;
    const found = await trace(current, transport, address);
    expectTree(found);
    expect(found.root.resource['telemetry.sdk.language']).toBe('python');
    expect(found.root.attributes).toEqual({
      'cart.items': 3,
      'cart.total': 12.5,
      'cart.is_gift': true,
      'cart.tags': ['a', 'größer'],
    });
    expect(found.root.events).toEqual([{ name: 'cache miss', attributes: { key: 'cart:7' } }]);
    const { traceId, rootId } = found.ids;
    expect(found.db.links).toEqual([{ traceId, spanId: rootId, attributes: { why: 'retry' } }]);
  });
});

describe('the Python SDK with its exporter', () => {
  const listener = (name: string) => {
    const { listeners } = server.ready as { listeners: Record<string, { url: string }> };
    return new URL(listeners[name]?.url.replace(/^udp:/, 'http:') ?? '');
  };

  it('for a Jaeger agent is read back with its tree, types, events and links', async (context) => {
    if (missing !== '') context.skip(missing);
    const found = await trace(old, 'jaeger', listener('jaeger_udp').host);
    expectTree(found);
    // The exporter makes text of lists, and tags of the span of the resource.
    expect(found.root.attributes).toMatchObject({
      'telemetry.sdk.language': 'python',
      'cart.items': 3,
      'cart.total': 12.5,
      'cart.is_gift': true,
    });
    expect(found.root.events).toEqual([{ name: 'cache miss', attributes: { key: 'cart:7' } }]);
    expect(found.db.links.map(({ spanId }) => spanId)).toEqual([found.ids.rootId]);
  });

  it('for Zipkin is read back with its tree, texts and events', async (context) => {
    if (missing !== '') context.skip(missing);
    const found = await trace(current, 'zipkin', listener('zipkin').origin);
    expectTree(found);
    expect(found.root.resource['telemetry.sdk.language']).toBe('python');
    expect(found.root.attributes).toMatchObject({ 'cart.items': '3', 'cart.is_gift': 'true' });
    expect(found.root.events).toEqual([{ name: 'cache miss', attributes: { key: 'cart:7' } }]);
  });
});
