/**
 * Forwarding over TLS: authorities of one's own, certificates of the client, and what is refused. Skipped where there is no
 * openssl.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server as GrpcServer, type Metadata, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates, opensslMissing } from './certificates.ts';
import { post, type Rig, startRig } from './rig.ts';
import { request } from './traffic.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const missing = opensslMissing();
if (missing !== undefined) console.warn(`TLS tests are skipped: ${missing}`);

let dir: string;
let https: Server;
let grpc: GrpcServer;
let grpcPort: number;
let httpsPort: number;
let taken: { listener: string; subject: string | undefined }[] = [];
let rig: Rig | undefined;

describe.skipIf(missing !== undefined)('over TLS', () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'clew-tls-'));
    makeCertificates(dir);
    const [key, cert, ca] = ['server.key', 'server.pem', 'ca.pem'].map((name) =>
      readFileSync(join(dir, name)),
    ) as [Buffer, Buffer, Buffer];
    https = createServer({ key, cert, ca, requestCert: true, rejectUnauthorized: false });
    https.on('request', (incoming, response) => {
      const { authorized } = incoming.socket as unknown as { authorized: boolean };
      const subject = authorized ? 'client' : undefined;
      incoming.resume().once('end', () => {
        taken.push({ listener: 'https', subject });
        response.writeHead(200).end();
      });
    });
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    httpsPort = (https.address() as AddressInfo).port;
    grpc = new GrpcServer();
    const identity = (bytes: Buffer) => bytes;
    grpc.addService(
      {
        call: {
          path: EXPORT,
          requestStream: false,
          responseStream: false,
          requestSerialize: identity,
          requestDeserialize: identity,
          responseSerialize: identity,
          responseDeserialize: identity,
        },
      },
      {
        call: (
          { metadata }: { readonly metadata: Metadata },
          done: (error: null, answer: Buffer) => void,
        ) => {
          taken.push({ listener: 'grpc', subject: String(metadata.get('x-tenant')) });
          done(null, Buffer.alloc(0));
        },
      },
    );
    grpcPort = await new Promise((resolve, reject) => {
      const login = ServerCredentials.createSsl(ca, [{ private_key: key, cert_chain: cert }], true);
      grpc.bindAsync('127.0.0.1:0', login, (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  });
  afterAll(() => {
    https?.closeAllConnections();
    https?.close();
    grpc?.forceShutdown();
    rmSync(dir, { recursive: true, force: true });
  });
  afterEach(async () => {
    await rig?.stop();
    rig = undefined;
    taken = [];
  });

  const file = (name: string) => join(dir, name);

  async function forward(entry: Record<string, unknown>): Promise<Rig> {
    const row = { name: 'tls', ...entry };
    rig = await startRig({
      'spool.seal_after': 10,
      'forward.destinations': JSON.stringify([row]),
    });
    expect((await post(rig.http, request())).status).toBe(200);
    return rig;
  }

  async function until(isSo: () => boolean): Promise<void> {
    for (let left = 500; !isSo(); left -= 1) {
      if (left === 0) throw new Error(`not within 10 s: ${isSo}`);
      await sleep(20);
    }
  }

  const trust = () => ({
    'tls.ca': file('ca.pem'),
    'tls.cert': file('client.pem'),
    'tls.key': file('client.key'),
  });

  test.each(['otlp_http', 'zipkin'])(
    '%s with an authority and a certificate of one’s own',
    async (protocol) => {
      await forward({ protocol, endpoint: `https://localhost:${httpsPort}`, ...trust() });
      await until(() => taken.length === 1);
      expect(taken).toEqual([{ listener: 'https', subject: 'client' }]);
    },
  );

  test('gRPC with both, and headers as metadata', async () => {
    await forward({
      protocol: 'otlp_grpc',
      endpoint: `https://localhost:${grpcPort}`,
      headers: { 'X-Tenant': 'shop' },
      compression: 'gzip',
      ...trust(),
    });
    await until(() => taken.length === 1);
    expect(taken).toEqual([{ listener: 'grpc', subject: 'shop' }]);
  });

  test('an authority that nobody knows is not trusted, and nothing is lost by it', async () => {
    const { collector } = await forward({ endpoint: `https://localhost:${httpsPort}` });
    const status = () => collector.stats().forward[0];
    await until(() => status()?.isUp === false);
    expect(status()?.failure).toMatch(/certificate/i);
    expect(status()).toMatchObject({ sentSpans: 0 });
    expect(status()?.waitingBytes).toBeGreaterThan(0);
    expect(taken).toEqual([]);
  });

  test('tls.insecure takes any certificate', async () => {
    await forward({ endpoint: `https://127.0.0.1:${httpsPort}`, 'tls.insecure': true });
    await until(() => taken.length === 1);
  });

  test('half a client certificate is an error at start', async () => {
    await expect(
      forward({ endpoint: 'https://localhost:1', 'tls.cert': file('client.pem') }),
    ).rejects.toThrow(/found only one of tls.cert and tls.key/);
  });
});
