/** Exporters over TLS, with certificates made for the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diag } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OtlpHttpExporter } from './otlp-http.ts';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'clew-tls-'));
const path = (name: string) => join(folder, name);
const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
afterAll(() => rmSync(folder, { recursive: true }));

/** A certificate of our own authority for `name`. */
function certify(name: string): void {
  const subject = ['-subj', `/CN=${name}`];
  run(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    ...subject,
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  );
  run(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    `${name}.pem`,
    '-days',
    '1',
    '-copy_extensions',
    'copy',
  );
}

describe.skipIf(!hasOpenssl())('OTLP over TLS (needs openssl for its certificates)', () => {
  beforeAll(() => {
    run(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '1',
      '-subj',
      '/CN=Test authority',
    );
    certify('localhost');
    certify('client');
  });

  it('I7 proves itself and checks the server, with files that the environment names', async () => {
    const seen: unknown[] = [];
    const server = createServer(
      {
        ca: readFileSync(path('ca.pem')),
        key: readFileSync(path('localhost.key')),
        cert: readFileSync(path('localhost.pem')),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
        seen.push(subject.CN);
        request.resume().on('end', () => response.end());
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    };
    const trusting = new OtlpHttpExporter(
      {},
      {
        ...env,
        OTEL_EXPORTER_OTLP_CERTIFICATE: path('ca.pem'),
        OTEL_EXPORTER_OTLP_CLIENT_KEY: path('client.key'),
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: path('client.pem'),
      },
    );
    const batch = { body: new Uint8Array(2), spans: 1 };
    expect(await trusting.send(batch)).toBe(true);
    expect(seen).toEqual(['client']);
    diag.disable();
    const wary = new OtlpHttpExporter({}, env);
    expect(await wary.send(batch)).toBe(false);
    await Promise.all([trusting.shutdown(), wary.shutdown()]);
    server.close();
    server.closeAllConnections();
  });
});
