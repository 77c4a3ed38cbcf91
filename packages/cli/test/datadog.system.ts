/**
 * The stock Datadog tracer, unmodified, pointed at Clew as if it were an agent.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadSpan, readTrace, runApplication } from './read-back.ts';
import { type Running, serve, withFolder } from './rig.ts';

let server: Running;
let release: () => void;
let over: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((started, failed) => {
    over = withFolder(async (folder) => {
      server = await serve(join(folder, 'data'), ['--listen.datadog', '127.0.0.1:0']);
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

type Ids = Record<'root' | 'db' | 'failing' | 'local', { traceId: string; spanId: string }>;

async function trace(...args: string[]): Promise<{ ids: Ids; spans: Record<string, ReadSpan> }> {
  const { listeners } = server.ready as { listeners: Record<string, { url: string }> };
  const ids = await runApplication<Ids>('dd-trace-app.cjs', [
    listeners['datadog']?.url ?? '',
    ...args,
  ]);
  return { ids, spans: await readTrace(listeners['ui']?.url ?? '', ids.root.traceId, 4) };
}

describe.each([
  { version: '0.4', events: 'tag', args: ['0.4'] },
  { version: '0.5', events: 'tag', args: ['0.5'] },
  { version: '0.4', events: 'field', args: ['0.4', 'native'] },
])('dd-trace over $version with events in a $events', ({ args }) => {
  it('is read back with its tree, names, kinds, status, attributes, events and links', async () => {
    const { ids, spans } = await trace(...args);
    const root = spans['GET /cart/:id'] as ReadSpan;
    const db = spans['pg.query'] as ReadSpan;
    const failing = spans['POST /charges'] as ReadSpan;
    const local = spans['render'] as ReadSpan;

    expect(ids.root.traceId.slice(0, 16)).not.toBe('0000000000000000');
    for (const [name, span] of Object.entries({ root, db, failing, local })) {
      const { traceId, spanId } = ids[name as keyof Ids];
      expect(span).toMatchObject({ traceId, spanId });
      expect(span.endNs).toBeGreaterThan(span.startNs);
      if (span !== root) expect(span.parentSpanId).toBe(root.spanId);
    }
    expect(root.parentSpanId).toBe('');
    expect([root, db, failing, local].map(({ kind }) => kind)).toEqual([2, 3, 3, 1]);
    expect(db.startNs).toBeGreaterThanOrEqual(root.startNs);

    expect(root.resource).toMatchObject({
      'service.name': 'checkout',
      'service.version': '1.2.3',
      'deployment.environment.name': 'test',
      'telemetry.sdk.name': 'Datadog',
      'telemetry.sdk.language': 'nodejs',
    });
    expect(db.resource['service.name']).toBe('checkout-postgres');
    expect(root.scope.name).toBe('Datadog');
    expect(root.attributes).toMatchObject({
      'operation.name': 'web.request',
      'span.type': 'web',
      'http.method': 'GET',
      'http.status_code': 200,
      'cart.items': 3,
      'cart.total': 12.5,
      'cart.isGift': 1,
      'team.name': 'shop',
      'sampling.priority': 1,
    });
    expect(db.attributes).toMatchObject({ 'resource.name': 'SELECT * FROM carts WHERE id = ?' });

    expect(db.events).toEqual([
      {
        name: 'row read',
        attributes: { rows: 3, isCached: false, tags: ['a', 'b'], ratio: 0.5 },
      },
    ]);
    expect(failing.status).toEqual({ code: 2, message: 'card refused: größer' });
    expect(failing.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.type': 'TypeError' } },
    ]);
    expect(failing.events[0]?.attributes['exception.stacktrace']).toContain('dd-trace-app.cjs');
    expect(failing.links).toEqual([
      { traceId: db.traceId, spanId: db.spanId, attributes: { why: 'retry' } },
    ]);
    expect(root.status).toEqual({});
  });
});

describe('what tracers ask beside', () => {
  const ask = async (path: string, init: RequestInit = {}) => {
    const { listeners } = server.ready as { listeners: Record<string, { url: string }> };
    const response = await fetch(`${listeners['datadog']?.url}${path}`, init);
    return { status: response.status, text: await response.text() };
  };

  it('is told which endpoints there are', async () => {
    const { status, text } = await ask('/info');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ client_drop_p0s: false, span_events: true });
    expect(JSON.parse(text).endpoints).toContain('/v0.4/traces');
  });

  it.each([
    ['/telemetry/proxy/api/v2/apmtelemetry', 200],
    ['/v0.6/stats', 200],
    ['/v0.7/config', 404],
    ['/evp_proxy/v2/api/v2/llmobs', 404],
    ['/no/such/path', 404],
  ])('POST %s is %i', async (path, status) => {
    expect((await ask(path, { method: 'POST', body: '{}' })).status).toBe(status);
  });

  it.each([
    ['/v0.3/traces', 'OK\n'],
    ['/v0.4/traces', '{"rate_by_service":{}}'],
    ['/v0.5/traces', '{"rate_by_service":{}}'],
  ])('an empty body of %s is accepted with %j', async (path, body) => {
    const empty = path === '/v0.5/traces' ? [0x92, 0x91, 0xa0, 0x90] : [0x90];
    const sent = await ask(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/msgpack' },
      body: new Uint8Array(empty),
    });
    expect(sent).toEqual({ status: 200, text: body });
  });

  it('a body that is none is 400 with the reason', async () => {
    const sent = await ask('/v0.4/traces', {
      method: 'PUT',
      body: new Uint8Array([0xdd, 0, 0, 9]),
    });
    expect(sent.status).toBe(400);
    expect(sent.text).toMatch(/cut off at byte 4/);
  });
});
