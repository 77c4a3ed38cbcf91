/**
 * The stock X-Ray SDK, unmodified, pointed at Clew as if it were the daemon.
 */
import { createSocket } from 'node:dgram';
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
      const doors = ['--listen.xray_udp', '127.0.0.1:0', '--listen.xray_http', '127.0.0.1:0'];
      server = await serve(join(folder, 'data'), doors);
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

const listener = (name: string) => {
  const { listeners } = server.ready as { listeners: Record<string, { url: string }> };
  return new URL(listeners[name]?.url.replace(/^udp:/, 'http:') ?? '');
};
const ui = () => listener('ui').origin;

type Ids = Record<'segment' | 'db' | 'dynamo' | 'local' | 'inner', { spanId: string }> & {
  segment: { traceId: string };
};

describe('aws-xray-sdk-core', () => {
  it('is read back with its tree, kinds, status, blocks and exceptions', async () => {
    const ids = await runApplication<Ids>('xray-app.cjs', [
      `tcp:${listener('xray_http').host} udp:${listener('xray_udp').host}`,
    ]);
    const traceId = ids.segment.traceId.slice(2).replace('-', '');
    const spans = await readTrace(ui(), traceId, 5);
    const root = spans['checkout'] as ReadSpan;
    const db = spans['carts@db.shop.test'] as ReadSpan;
    const dynamo = spans['DynamoDB'] as ReadSpan;
    const local = spans['render'] as ReadSpan;
    const inner = spans['template'] as ReadSpan;

    expect(root.spanId).toBe(ids.segment.spanId);
    expect([db, dynamo, local].map(({ parentSpanId }) => parentSpanId)).toEqual(
      Array(3).fill(root.spanId),
    );
    expect(inner).toMatchObject({ parentSpanId: local.spanId, spanId: ids.inner.spanId });
    expect([root, db, dynamo, local].map(({ kind }) => kind)).toEqual([2, 3, 3, 1]);
    for (const span of [root, db, dynamo, local, inner]) {
      expect(span.resource['service.name']).toBe('checkout');
      expect(span.endNs).toBeGreaterThanOrEqual(span.startNs);
    }
    expect(root.resource).toMatchObject({
      'telemetry.sdk.name': 'X-Ray for Node.js',
      'telemetry.sdk.language': 'nodejs',
    });

    expect(root.attributes).toMatchObject({
      'http.method': 'GET',
      'http.url': 'http://shop.test/cart/7',
      'http.client_ip': '10.0.0.9',
      'http.status_code': 200,
      cart_items: 3,
      is_gift: true,
      tier: 'gold',
      'enduser.id': 'u-17',
      'aws.xray.metadata.shop': '{"cart":{"lines":[{"sku":"a1","n":2}],"note":"größer"}}',
    });
    expect(db.attributes).toMatchObject({
      'db.system': 'PostgreSQL',
      'db.statement': 'SELECT * FROM carts WHERE id = ?',
      'db.name': 'carts',
      'db.user': 'shop',
    });
    expect(dynamo.attributes).toMatchObject({
      'aws.operation': 'GetItem',
      'aws.table_name': 'carts',
      'aws.service': 'DynamoDB',
      'aws.xray.throttle': true,
    });
    expect(dynamo.status).toEqual({ code: 2 });
    expect(inner.status).toEqual({ code: 2, message: 'no such template' });
    expect(inner.events).toMatchObject([
      {
        name: 'exception',
        attributes: { 'exception.type': 'TypeError', 'exception.message': 'no such template' },
      },
    ]);
  });

  it('gets an answer to its questions about sampling that it can read', async () => {
    const ask = async (path: string) => {
      const url = new URL(path, listener('xray_http'));
      const response = await fetch(url, { method: 'POST', body: '{}' });
      return response.json();
    };
    expect(await ask('/GetSamplingRules')).toEqual({ SamplingRuleRecords: [] });
    expect(await ask('/SamplingTargets')).toMatchObject({ LastRuleModification: 0 });
  });
});

describe('documents in progress', () => {
  const start = Math.floor(Date.now() / 1000);
  const time = start.toString(16);
  const send = (...documents: object[]) =>
    new Promise<void>((resolve, reject) => {
      const socket = createSocket('udp4');
      const { hostname, port } = listener('xray_udp');
      const text = documents.map((one) => `{"format":"json","version":1}\n${JSON.stringify(one)}`);
      const next = (error?: Error | null) => {
        const packet = text.shift();
        if (error || packet === undefined) {
          socket.close();
          return error ? reject(error) : resolve();
        }
        socket.send(packet, Number(port), hostname, next);
      };
      next();
    });

  it('are stored once, when they are complete', async () => {
    const rest = 'e7d1852db8c4fd35d88bf49a';
    const segment = { name: 'slow', id: '70de5b6f19ff9a0a', trace_id: `1-${time}-${rest}` };
    await send(
      { ...segment, start_time: start, in_progress: true },
      { ...segment, start_time: start, end_time: start + 0.25 },
    );
    const { slow } = await readTrace(ui(), time + rest, 1);
    expect(slow!.endNs - slow!.startNs).toBe(250_000_000n);
    expect(slow!.attributes).toEqual({});
  });
});
